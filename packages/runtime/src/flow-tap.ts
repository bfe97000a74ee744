/** One message as it crossed the node's edge: what ladder, trace and capture read. */
export interface FlowEvent {
  readonly leg: "sip" | "xmpp";
  readonly direction: "inbound" | "outbound";
  /** The other end: `tls:203.0.113.5:5061` or a full JID. */
  readonly remote: string;
  /** Start line or stanza in a few words, without its body: `SUBSCRIBE sip:bob@contoso.example`. */
  readonly summary: string;
  /** Whom it is from and to: user at domain, lower case, without scheme, parameters or resource. */
  parties(): readonly string[];
  /** The octets as text, made only when asked for. Bodies included: the reader masks. */
  text(): string;
}

/** Watches every message; undefined where nobody watches, so that the hot path pays one comparison. */
export interface FlowTap {
  flow(event: FlowEvent): void;
}
