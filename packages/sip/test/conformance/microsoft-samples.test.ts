import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import {
  buildResponse,
  checkMandatory,
  MessageProblem,
  parseMessage,
  type SipMessage,
  serialize,
} from "../../src/index.ts";

interface Sample {
  readonly file: string;
  readonly startLine: string;
  readonly bytes: number;
  readonly contentType?: string | null;
}

/** These may not be copied into the project; they lie beside it where they are at hand. */
const folder = join(import.meta.dirname, "../../../../../shared/testdata/lync-samples");
const isHere = existsSync(join(folder, "index.json"));
const files = isHere
  ? (JSON.parse(readFileSync(join(folder, "index.json"), "utf8")) as { readonly files: readonly Sample[] }).files
  : [];

function octetsOf({ file }: Sample): Buffer {
  return readFileSync(join(folder, file));
}

function parsed(sample: Sample): SipMessage {
  const message = parseMessage(octetsOf(sample), "datagram");
  if (message instanceof MessageProblem) assert.fail(message.reason);
  return message;
}

/** Slips of their sources, and what we say to them. */
const slips = new Map([
  ["wm-message.sip", "body shorter than Content-Length"],
  ["ms-sip-4_2-19-301.sip", "CSeq: CSeq method expected"],
]);

describe("messages of OCS, Lync and their clients", {
  skip: isHere ? false : "samples are not beside the project",
}, () => {
  for (const sample of files) {
    const slip = slips.get(sample.file);
    if (slip !== undefined) {
      test(`${sample.file}: ${slip}`, () => {
        const message = parseMessage(octetsOf(sample), "datagram");
        const found = message instanceof MessageProblem ? message : checkMandatory(message);
        assert.equal(found?.reason, slip);
      });
      continue;
    }

    test(`${sample.file} is read, checked and sent on octet by octet`, () => {
      const message = parsed(sample);
      assert.equal(checkMandatory(message)?.reason, undefined);
      const sent = serialize(message);
      assert.equal(sent.compare(octetsOf(sample).subarray(0, sent.length)), 0);
      const type = sample.contentType?.split(";")[0]?.trim().toLowerCase();
      assert.equal(message.contentType?.type, type ?? message.contentType?.type);
    });

    test(`${sample.file}: its answer repeats Via, From, Call-ID and CSeq lines`, () => {
      const message = parsed(sample);
      if (message.kind === "response") return;
      const answer = serialize(buildResponse(message, 200, { toTag: "t" })).toString("latin1");
      for (const [name, value] of message.headers.entries()) {
        if (/^(v|via|f|from|i|call-id|cseq)$/i.test(name)) assert.ok(answer.includes(value), name);
      }
    });
  }
});
