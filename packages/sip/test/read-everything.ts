import assert from "node:assert/strict";
import { parseSipUri, type SipMessage, SipUri, StreamFramer } from "../src/index.ts";

/** Each name is looked for in all lines. */
const MOST_NAMES = 50;

/** Touches every accessor: none of them throws once `checkMandatory` has found nothing. */
export function readEverything(message: SipMessage): void {
  message.vias.map((via) => [via.text, via.branch, via.parameters.entries()]);
  for (const address of [message.from, message.to, ...message.contacts, ...message.routes, ...message.recordRoutes]) {
    assert.equal(typeof address.text, "string");
    address.parameters.entries().map(([key]) => address.parameters.get(key));
    assert.equal(typeof (address.displayName ?? ""), "string");
    const uri = parseSipUri(address.uri);
    if (uri instanceof SipUri) uri.parameters.entries();
  }
  assert.ok([
    message.callId,
    message.cseq,
    message.maxForwards,
    message.expires,
    message.contentType,
    message.event,
    message.subscriptionState,
  ]);
  const names = new Set(message.headers.entries().map(([name]) => name.toLowerCase()));
  for (const name of [...names].slice(0, MOST_NAMES))
    assert.ok(message.all(name).length > 0 && message.values(name).length >= 0);
}

/** What a framer tells of a stream that comes in chunks of these sizes, in turn. */
export function framed(octets: Buffer, sizes: readonly number[]): readonly string[] {
  const events: string[] = [];
  const framer = new StreamFramer({
    message: (message, bytes) => events.push(`${message.kind} ${Buffer.from(bytes).toString("latin1")}`),
    ping: () => events.push("ping"),
    fatal: (problem) => events.push(`fatal ${problem.status} ${problem.reason} ${problem.message?.method}`),
  });
  let from = 0;
  for (let turn = 0; from < octets.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    framer.push(octets.subarray(from, from + size));
    from += size;
  }
  return events;
}
