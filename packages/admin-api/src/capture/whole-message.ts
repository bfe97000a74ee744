import type { TraceEvent } from "../trace.ts";

const encoder = new TextEncoder();
const FILL = 0x20;

/**
 * A message as octets. The body of a SIP message is as long as its Content-Length says (RFC 3261 §18.3), also where it was
 * masked or cut: a reader of a stream of them finds each.
 */
export function wholeMessage({ leg, text }: Pick<TraceEvent, "leg" | "text">): Uint8Array {
  const end = text.indexOf("\r\n\r\n");
  const octets = encoder.encode(text);
  if (leg === "xmpp" || end < 0) return octets;
  const head = encoder.encode(text.slice(0, end + 4));
  const length = /^(?:content-length|l)[ \t]*:[ \t]*(\d{1,7})[ \t]*$/im.exec(text.slice(0, end))?.[1];
  if (length === undefined) return octets;
  const whole = new Uint8Array(head.length + Number(length)).fill(FILL);
  whole.set(octets.subarray(0, whole.length));
  return whole;
}
