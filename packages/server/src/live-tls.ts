import type { Connection as ConnectionView, EffectiveTls } from "@interpres/admin-api";
import { PEER_AUTH_CONTEXT, type Trust } from "@interpres/federation";
import type { Connection, PresentedCertificate } from "@interpres/sip";
import type { LiveTls } from "./admin/admin-context.ts";
import { instantText } from "./admin/http/instant.ts";
import { CertificateFetcher } from "./admin/trust/fetch-certificates.ts";
import type { NodeParts, SipHalf } from "./node-parts.ts";

/** The TLS contexts of the SIP edge and the connections under them. */
export function liveTls({ federation, transport, transactions }: SipHalf): LiveTls {
  return {
    effective: (context) => effective(federation.trustOf(context), transport.connections()),
    drain: (context) => {
      const trust = federation.trustOf(context);
      const isUnderWay = (connection: Connection): boolean => transactions.isUnderWay(connection);
      return transport.drain((connection) => isOlder(connection, trust), isUnderWay);
    },
    peersVerifiedWith: (fingerprint256) => {
      const verified = transport.connections().filter(({ certificate }) => isVerifiedWith(certificate, fingerprint256));
      return [...new Set(verified.map(({ identity, remoteAddress }) => identity?.label ?? remoteAddress))];
    },
  };
}

/** Looks at certificates of peers as this node sees and would judge them. */
export function certificateFetcher(
  { clock }: NodeParts,
  { federation, resolver, mayConnect }: SipHalf,
): CertificateFetcher {
  const source = federation.tlsContextSource;
  return new CertificateFetcher({
    clock,
    resolver,
    mayConnect,
    context: () => source.clientOptions(),
    identity: () => {
      const { cert, key, ca } = source.serverOptions();
      return { cert, key, ca };
    },
    review: (connection) => federation.connectionGate.review(connection).objections,
  });
}

function effective(trust: Trust, connections: readonly Connection[]): EffectiveTls {
  const { context, generation } = trust.stamp;
  const { ciphers, inboundCiphers, ...facts } = trust.effective();
  const agreed = connections.filter(({ tls }) => tls?.context === context);
  const older = agreed.filter((connection) => isOlder(connection, trust));
  return {
    ...facts,
    ciphers: [...ciphers],
    inboundCiphers: [...inboundCiphers],
    usedBy: context === PEER_AUTH_CONTEXT ? ["sipTls", "outbound"] : [],
    generation,
    since: instantText(trust.since),
    openConnections: {
      current: agreed.length - older.length,
      older: older.length,
      draining: older.filter(({ isRetired }) => isRetired === true).length,
    },
  };
}

function isOlder({ tls }: Connection, { stamp }: Trust): boolean {
  return tls !== undefined && tls.context === stamp.context && tls.generation < stamp.generation;
}

function isVerifiedWith(certificate: PresentedCertificate | undefined, fingerprint256: string): boolean {
  const chain = certificate?.chain ?? [];
  return chain.some((fingerprint) => fingerprint.replaceAll(":", "").toLowerCase() === fingerprint256);
}

/** A connection as the API shows it. */
export function connectionView(connection: Connection, { federation }: SipHalf): ConnectionView {
  const { id, protocol, direction, remoteAddress, remotePort, localPort, identity, tls, isRetired } = connection;
  return {
    id: String(id),
    protocol,
    direction,
    remoteAddress,
    remotePort,
    localPort,
    peer: identity?.label ?? null,
    tls: tls === undefined ? null : { ...tls, isCurrent: !isOlder(connection, federation.trustOf(tls.context)) },
    isDraining: isRetired === true,
  };
}
