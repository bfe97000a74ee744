import { createSecureContext, type SecureContext } from "node:tls";
import type { CertificateStore } from "@interpres/federation";
import type { Service } from "@interpres/runtime";
import type { XmppServer } from "@interpres/xmpp";
import { again, type BoundPorts, type ListenerAddress } from "./listener.ts";

interface Parts {
  readonly xmpp: XmppServer;
  readonly listener: ListenerAddress;
  readonly bound: BoundPorts;
}

/** The XMPP client listener; on stop every client is told. */
export function xmppClientService({ xmpp, listener, bound }: Parts): Service {
  return {
    name: "xmpp-client",
    start: async (broke) => {
      const address = { ...again(listener, bound.xmppClient), security: "starttls" } as const;
      bound.xmppClient = (await xmpp.listen(address, broke)).port;
    },
    stop: () => xmpp.stopListening(),
  };
}

/** The certificate for clients as a TLS context, made anew when it changes; RFC 7590 §3.1 asks for TLS 1.2 or later. */
export function clientSecureContext(certificates: CertificateStore): () => SecureContext {
  const make = (): SecureContext => {
    const { chainPem, keyPem } = certificates.own("xmpp");
    return createSecureContext({ cert: chainPem, key: keyPem, minVersion: "TLSv1.2" });
  };
  let context = make();
  certificates.onChange(() => {
    context = make();
  });
  return () => context;
}
