/**
 * What the peer of a decision event is looked for by, in lower case: `bob@contoso.example` or `contoso.example`. Of a SIP
 * URI scheme, port, parameters and headers are left out (RFC 3261 §19.1.1); the name of a certificate is itself.
 */
export function peerAddress(peer: string): string {
  const scheme = /^sips?:/i.exec(peer)?.[0] ?? "";
  const address = peer.slice(scheme.length);
  const start = address.indexOf("@") + 1;
  if (scheme === "" && start === 0) return peer.toLowerCase();
  const [host = ""] = /^(?:\[[^\]]*\]|[^:;?/]*)/.exec(address.slice(start)) ?? [];
  return (address.slice(0, start) + host).toLowerCase();
}

/** The domain of a peer, in lower case; of one that is a domain or the name of a certificate, itself. */
export function peerDomain(peer: string): string {
  const address = peerAddress(peer);
  return address.slice(address.indexOf("@") + 1);
}
