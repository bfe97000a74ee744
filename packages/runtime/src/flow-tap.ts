/** One end of a connection: an address as text, IPv4 never in its IPv6-mapped form. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** The two ends of the connection a message crossed, and the protocol below it: TLS and WebSockets stand on TCP. */
export interface FlowPath {
  readonly protocol: "tcp" | "udp";
  readonly local: Endpoint;
  readonly remote: Endpoint;
}

/** One message as it crossed the node's edge: what ladder, trace and capture read. */
export interface FlowEvent {
  readonly leg: "sip" | "xmpp";
  readonly direction: "inbound" | "outbound";
  /** The other end: `tls:203.0.113.5:5061` or a full JID. */
  readonly remote: string;
  /** Start line or stanza in a few words, without its body: `SUBSCRIBE sip:bob@contoso.example`. */
  readonly summary: string;
  path(): FlowPath;
  /** Whom it is from and to: user at domain, lower case, without scheme, parameters or resource. */
  parties(): readonly string[];
  /** The octets as text, made only when asked for. Bodies included: the reader masks. */
  text(): string;
}

/** Watches every message; undefined where nobody watches, so that the hot path pays one comparison. */
export interface FlowTap {
  flow(event: FlowEvent): void;
}
