import type { SipRequest } from "../message/message.ts";
import type { Via } from "../message/via.ts";

/** Where a message came from, as the socket says. */
export interface PacketSource {
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/**
 * The request with `received` in its top Via when sent-by is not the address it came from (RFC 3261 §18.2.1), and with
 * `received` and `rport` when it asks for them (RFC 3581 §4). What the sender wrote into either does not count. Without
 * a readable Via the request stays as it is: nobody can answer it.
 */
export function withSource(request: SipRequest, source: PacketSource): SipRequest {
  const via = request.readableTopVia;
  if (via === undefined) return request;
  const isMarked = via.parameters.has("rport") || via.parameters.has("received");
  if (isMarked) return request.withTopVia(remarked(via, source));
  if (isSameAddress(via.host, source.remoteAddress)) return request;
  return request.withTopVia(`${via.text};received=${source.remoteAddress}`);
}

/** Parameters in their order, `rport` filled in where it stands, `received` once and last. */
function remarked(via: Via, { remoteAddress, remotePort }: PacketSource): string {
  const { text } = via;
  const semicolon = text.indexOf(";");
  let value = semicolon < 0 ? text : text.slice(0, semicolon).trimEnd();
  for (const [name, content] of via.parameters.entries()) {
    const lowerName = name.toLowerCase();
    if (lowerName === "received") continue;
    if (lowerName === "rport") value += `;${name}=${remotePort}`;
    else value += content === undefined ? `;${name}` : `;${name}=${content}`;
  }
  return `${value};received=${remoteAddress}`;
}

function isSameAddress(sentBy: string, address: string): boolean {
  return sentBy === address || sentBy.toLowerCase() === `[${address}]`;
}
