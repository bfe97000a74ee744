import { headerId } from "./header-name.ts";
import type { SipMessage } from "./message.ts";

/** The octets of a message. Content-Length is always there and right: a datagram may have come without (RFC 3261 §18.3). */
export function serialize(message: SipMessage): Buffer {
  const { headers, body } = message;
  const text = headers.indexOf(headerId.contentLength) < 0 ? withLength(headers.text, body.length) : headers.text;
  const octets = Buffer.allocUnsafe(text.length + body.length);
  octets.write(text, 0, "latin1");
  if (body.length > 0) octets.set(body, text.length);
  return octets;
}

function withLength(text: string, length: number): string {
  return `${text.slice(0, -2)}Content-Length: ${length}\r\n\r\n`;
}
