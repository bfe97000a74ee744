import assert from "node:assert/strict";
import { settled } from "@interpres/testkit";
import { defaultXmlLimits, XmlStreamParser } from "../../src/xml/index.ts";
import { MemoryDoor } from "./memory-door.ts";

const LF = 0x0a;
const AFTER = "after";
const MOST_CHUNKS = 24;
const LONGEST_WAIT_MS = 3_600_000;

const HEADER =
  "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='local.example' version='1.0'>";
/** What a client says until it has a resource. TLS is pretended; the password is right whatever it is. */
const SIGN_IN = [
  HEADER,
  "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
  HEADER,
  `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${Buffer.from("\0alice\0pencil").toString("base64")}</auth>`,
  HEADER,
  "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>desk</resource></bind></iq>",
];

/**
 * What a client sends, in chunks, behind a first line that says whether it has signed in before ("after") or not. Whatever
 * comes: no fault is logged, what we write is well-formed, and when the client is gone nothing of it is left.
 */
export async function fuzzStreams(input: Buffer): Promise<void> {
  const door = await MemoryDoor.open();
  const end = input.indexOf(LF);
  if (input.toString("latin1", 0, Math.max(0, end)) === AFTER) {
    for (const text of SIGN_IN) await door.say(Buffer.from(text));
    assert.equal(door.world.core.sessions.size, 2, "not signed in");
  }
  const octets = input.subarray(end + 1);
  // The size comes from the input, so that a finding needs nothing but its octets.
  const size = Math.max(1 + (octets.at(-1) ?? 0), Math.ceil(octets.length / MOST_CHUNKS));
  for (let at = 0; at < octets.length; at += size) await door.say(octets.subarray(at, at + size));
  await door.world.clock.elapse(1000);
  door.check();
  checkWritten(door.written);
  await checkNothingLeft(door);
}

/** Each stream header begins a document. */
function checkWritten(written: string): void {
  for (const document of written.split(/(?=<\?xml)/)) {
    if (document === "") continue;
    const parser = new XmlStreamParser(
      { opened: ignore, element: ignore, closed: ignore, failed: (fault) => assert.fail(`${fault}: ${document}`) },
      { ...defaultXmlLimits, stanzaBytes: 1_000_000, attributes: 1000 },
    );
    parser.push(Buffer.from(document));
  }
}

async function checkNothingLeft(door: MemoryDoor): Promise<void> {
  door.leave();
  await settled();
  await door.world.clock.elapse(LONGEST_WAIT_MS);
  door.check();
  assert.deepEqual({ ...door.left }, { connections: 0, sessions: 0, timers: 0 });
}

function ignore(): void {
  return;
}
