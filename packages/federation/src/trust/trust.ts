import { type ConnectionOptions, createSecureContext, type SecureContext, type TlsOptions } from "node:tls";
import type { TlsContextSource } from "@interpres/sip";
import type { CertificateStore } from "./certificate-store.ts";
import { secureContextOptions } from "./tls-context.ts";
import type { TlsContext } from "./tls-settings.ts";

/**
 * TLS of the SIP edge: the peer-auth context with our certificate and the trust store. Both ends use it, since a
 * federation peer is client and server by turns. Who is admitted is `ConnectionAdmission`'s decision.
 */
export class Trust implements TlsContextSource {
  readonly #context: () => TlsContext;
  readonly #certificates: CertificateStore;
  readonly #listeners: (() => void)[] = [];
  /** Reading certificates and roots takes milliseconds; outbound connections share the result. */
  #client: SecureContext | undefined;

  constructor({
    context,
    certificates,
  }: { readonly context: () => TlsContext; readonly certificates: CertificateStore }) {
    this.#context = context;
    this.#certificates = certificates;
    certificates.onChange(() => this.changed());
  }

  serverOptions(): TlsOptions {
    return secureContextOptions(this.#context(), this.#certificates);
  }

  clientOptions(): ConnectionOptions {
    this.#client ??= createSecureContext(secureContextOptions(this.#context(), this.#certificates));
    return { secureContext: this.#client };
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Context or certificates are others now: new connections get the new ones, existing ones stay. */
  changed(): void {
    this.#client = undefined;
    for (const listener of this.#listeners) listener();
  }
}
