import type { SipMessage } from "./message.ts";
import { asBuffer } from "./octet-text.ts";

/** The octets of a message. Content-Length is right: parsers and builders see to it. */
export function serialize({ headers: { text }, body }: SipMessage): Buffer {
  const octets = Buffer.allocUnsafe(text.length + body.length);
  octets.write(text, 0, "latin1");
  if (body.length > 0) asBuffer(body).copy(octets, text.length);
  return octets;
}
