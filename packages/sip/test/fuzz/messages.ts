import assert from "node:assert/strict";
import {
  buildResponse,
  checkMandatory,
  MalformedMessageError,
  MessageProblem,
  parseHostPort,
  parseMediaType,
  parseMessage,
  parseNameAddr,
  parseSipUri,
  parseVia,
  type SipMessage,
  SipUri,
  serialize,
  unescapeUri,
  unquote,
  uriEquals,
} from "../../src/index.ts";
import { framed, readEverything } from "../read-everything.ts";

/** How much of an input is also read as single values. */
const LONGEST_VALUE = 2048;

/** Octets as a datagram, as a stream in chunks, and line by line as values of header fields (RFC 3261 §7, §18.3, §25). */
export function fuzzMessages(input: Buffer): void {
  readMessage(input, "datagram");
  readMessage(input, "stream");
  // The sizes come from the input, so that a finding needs nothing but its octets.
  const sizes = [1 + (input.at(-1) ?? 0), 1 + ((input.at(-2) ?? 0) % 16)];
  assert.deepEqual(framed(input, sizes), framed(input, [input.length + 1]));
  for (const line of input.toString("latin1", 0, LONGEST_VALUE).split("\r\n"))
    readValue(line.replace(/^[\w-]+: ?/, ""));
}

function readMessage(octets: Buffer, framing: "datagram" | "stream"): void {
  const message = parseMessage(octets, framing);
  if (message instanceof MessageProblem) {
    if (message.message !== undefined) assert.ok(serialize(buildResponse(message.message, message.status, {})));
    return;
  }
  const problem = checkMandatory(message);
  const answered = problem?.message ?? (message.kind === "request" ? message : undefined);
  if (answered !== undefined) assert.equal(reparsed(buildResponse(answered, 400, { toTag: "t" })).kind, "response");
  if (problem !== undefined) {
    readOrMalformed(message);
    return;
  }
  readEverything(message);
  assert.deepEqual(shapeOf(reparsed(message)), shapeOf(message));
}

/** What we send on is what we understood. */
function shapeOf(message: SipMessage): unknown {
  const start = message.kind === "request" ? [message.method, message.requestUri] : [message.status, message.reason];
  const { from, to, callId, cseq, topVia } = message;
  return [...start, from.text, to.text, callId, cseq.number, topVia.text, Buffer.from(message.body).toString("hex")];
}

function reparsed(message: SipMessage): SipMessage {
  const again = parseMessage(serialize(message), "stream");
  if (again instanceof MessageProblem) assert.fail(`not read again: ${again.reason}`);
  return again;
}

function readOrMalformed(message: SipMessage): void {
  try {
    readEverything(message);
  } catch (error) {
    if (!(error instanceof MalformedMessageError)) throw error;
  }
}

function readValue(text: string): void {
  for (const parse of [parseNameAddr, parseVia, parseMediaType, parseHostPort]) parse(text);
  unquote(text);
  unescapeUri(text);
  const uri = parseSipUri(text);
  if (!(uri instanceof SipUri)) return;
  assert.ok(uriEquals(uri, uri), "a URI equals itself");
  const again = parseSipUri(uri.toString());
  assert.ok(again instanceof SipUri && uriEquals(uri, again), "a URI equals what is written of it");
}
