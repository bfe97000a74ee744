/** Namespace names of the stream and stanza layers (RFC 6120 §17 and the XEPs named); features keep theirs beside their code. */
export const NS = {
  xml: "http://www.w3.org/XML/1998/namespace",
  client: "jabber:client",
  server: "jabber:server",
  streams: "http://etherx.jabber.org/streams",
  streamErrors: "urn:ietf:params:xml:ns:xmpp-streams",
  stanzaErrors: "urn:ietf:params:xml:ns:xmpp-stanzas",
  tls: "urn:ietf:params:xml:ns:xmpp-tls",
  sasl: "urn:ietf:params:xml:ns:xmpp-sasl",
  bind: "urn:ietf:params:xml:ns:xmpp-bind",
  session: "urn:ietf:params:xml:ns:xmpp-session",
  /** XEP-0198 */
  streamManagement: "urn:xmpp:sm:3",
  /** RFC 7395 */
  framing: "urn:ietf:params:xml:ns:xmpp-framing",
  /** XEP-0114 */
  component: "jabber:component:accept",
} as const;
