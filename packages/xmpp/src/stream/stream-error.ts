import { type Element, el, NS } from "../xml/index.ts";

/** The defined conditions of RFC 6120 §4.9.3. */
export type StreamErrorCondition =
  | "bad-format"
  | "bad-namespace-prefix"
  | "conflict"
  | "connection-timeout"
  | "host-gone"
  | "host-unknown"
  | "improper-addressing"
  | "internal-server-error"
  | "invalid-from"
  | "invalid-namespace"
  | "invalid-xml"
  | "not-authorized"
  | "not-well-formed"
  | "policy-violation"
  | "remote-connection-failed"
  | "reset"
  | "resource-constraint"
  | "restricted-xml"
  | "see-other-host"
  | "system-shutdown"
  | "undefined-condition"
  | "unsupported-encoding"
  | "unsupported-feature"
  | "unsupported-stanza-type"
  | "unsupported-version";

/** `<stream:error/>` of RFC 6120 §4.9.2; after it the stream is closed (§4.9.1.1). `application` as in §4.9.4. */
export function streamError(condition: StreamErrorCondition, application?: Element): Element {
  const defined = el(condition, NS.streamErrors, {});
  const children = application === undefined ? [defined] : [defined, application];
  return el("error", NS.streams, {}, ...children);
}
