import { X509Certificate } from "node:crypto";
import {
  type ConnectionOptions,
  createSecureContext,
  type SecureContext,
  type SecureContextOptions,
  type TlsOptions,
} from "node:tls";
import { isDeepStrictEqual } from "node:util";
import type { Clock } from "@interpres/runtime";
import type { TlsContextSource, TlsContextStamp } from "@interpres/sip";
import type { CertificateStore } from "./certificate-store.ts";
import type { KeyType } from "./cipher-suites.ts";
import { type EffectiveTls, effectiveTls, secureContextOptions } from "./tls-context.ts";
import type { TlsContext } from "./tls-settings.ts";

interface TrustInit {
  /** The context in force, read at each use. */
  readonly context: () => TlsContext;
  readonly certificates: CertificateStore;
  readonly clock: Clock;
}

/**
 * TLS of the SIP edge: one context with our certificate and the trust store. Both ends use it, since a federation peer
 * is client and server by turns. Who is admitted is `ConnectionAdmission`'s decision.
 */
export class Trust implements TlsContextSource {
  readonly #init: TrustInit;
  readonly #listeners: (() => void)[] = [];
  #options: SecureContextOptions;
  #generation = 1;
  #since: number;
  /** Reading certificates and roots takes milliseconds; outbound connections share the result. */
  #client: SecureContext | undefined;

  constructor(init: TrustInit) {
    this.#init = init;
    this.#since = init.clock.now();
    this.#options = this.#wanted();
    init.certificates.onChange(() => this.changed());
  }

  get stamp(): TlsContextStamp {
    return { context: this.#init.context().name, generation: this.#generation };
  }

  /** When this generation began, milliseconds since 1970. */
  get since(): number {
    return this.#since;
  }

  serverOptions(): TlsOptions {
    return { ...this.#options };
  }

  clientOptions(): ConnectionOptions {
    this.#client ??= createSecureContext(this.#options);
    return { secureContext: this.#client };
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** What the runtime makes of the context in force. */
  effective(): EffectiveTls {
    return effectiveTls(this.#init.context(), this.#ownKey());
  }

  /** For people, after a handshake that failed. */
  ourSide(): { readonly effective: EffectiveTls; readonly certificate: string } {
    const { subject, issuer } = new X509Certificate(this.#init.certificates.own("sip").chainPem);
    const name = (lines: string): string => lines.split("\n").join(", ");
    return { effective: this.effective(), certificate: `${name(subject)} issued by ${name(issuer)}` };
  }

  /** Context or certificates may be others now: if so, new connections get the new ones; existing ones stay. */
  changed(): void {
    const next = this.#wanted();
    if (isDeepStrictEqual(next, this.#options)) return;
    this.#options = next;
    this.#client = undefined;
    this.#generation += 1;
    this.#since = this.#init.clock.now();
    for (const listener of this.#listeners) listener();
  }

  #wanted(): SecureContextOptions {
    const { context, certificates } = this.#init;
    return secureContextOptions(context(), certificates);
  }

  #ownKey(): KeyType {
    const { chainPem } = this.#init.certificates.own("sip");
    return new X509Certificate(chainPem).publicKey.asymmetricKeyType === "ec" ? "ec" : "rsa";
  }
}
