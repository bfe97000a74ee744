import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { serialize } from "../message/serialize.ts";
import { defaultFramerLimits, StreamFramer } from "./framer.ts";

const head =
  "MESSAGE sip:a@b SIP/2.0\r\nVia: SIP/2.0/TLS h;branch=z9hG4bK1\r\nFrom: <sip:x@y>;tag=q\r\nTo: sip:a@b\r\nCall-ID: 1\r\nCSeq: 1 MESSAGE\r\n";
const hello = `${head}Content-Length: 5\r\n\r\nhello`;

interface Heard {
  readonly events: string[];
  readonly octets: Uint8Array[];
  readonly framer: StreamFramer;
}

function listening(limits = defaultFramerLimits): Heard {
  const events: string[] = [];
  const octets: Uint8Array[] = [];
  const framer = new StreamFramer(
    {
      message: (message, bytes) => {
        octets.push(bytes);
        if (message.kind === "syntax-problem") events.push(`problem ${message.status}`);
        else {
          assert.equal(serialize(message).compare(bytes), 0);
          events.push(`message ${Buffer.from(message.body).toString("latin1")}`);
        }
      },
      ping: () => events.push("ping"),
      fatal: (problem) => events.push(`fatal ${problem.status}${problem.message === undefined ? "" : " answerable"}`),
    },
    limits,
  );
  return { events, octets, framer };
}

function heard(text: string, size = Number.POSITIVE_INFINITY): readonly string[] {
  const { events, framer } = listening();
  const bytes = Buffer.from(text, "latin1");
  for (let from = 0; from < bytes.length; from += size) framer.push(bytes.subarray(from, from + size));
  return events;
}

describe("stream framing (RFC 3261 §18.3)", () => {
  const rows: readonly (readonly [string, string, readonly string[]])[] = [
    ["one message", hello, ["message hello"]],
    ["two at once", hello + hello, ["message hello", "message hello"]],
    ["line ends before a start line are nothing", `\r\n${hello}\r\n${hello}`, ["message hello", "message hello"]],
    [
      "a double CRLF between messages is a ping",
      `${hello}\r\n\r\n${hello}`,
      ["message hello", "ping", "message hello"],
    ],
    ["so are two and a half", "\r\n\r\n\r\n\r\n\r\n", ["ping", "ping"]],
    ["bare line feeds are no ping", "\n\n\n\n", []],
    ["a body may hold a message", `${head}l: ${hello.length}\r\n\r\n${hello}`, [`message ${hello}`]],
    ["no body", `${head}l: 0\r\n\r\n${hello}`, ["message ", "message hello"]],
    [
      "the length may stand anywhere",
      `${hello.replace("Content-Length: 5\r\n", "").replace("Via", "l:5\r\nVia")}`,
      ["message hello"],
    ],
    [
      "a wrong start line leaves the stream in step",
      `${hello.replace("SIP/2.0", "SIP/7.0")}${hello}`,
      ["problem 505", "message hello"],
    ],
    ["no length", `${head}\r\nhello`, ["fatal 400 answerable"]],
    ["negative length", `${head}l: -5\r\n\r\n${hello}`, ["fatal 400 answerable"]],
    ["signed length", `${head}l: +5\r\n\r\nhello${hello}`, ["fatal 400 answerable"]],
    ["hexadecimal length", `${head}l: 0x5\r\n\r\nhello${hello}`, ["fatal 400 answerable"]],
    ["two lengths", `${head}l: 5\r\nContent-Length: 0\r\n\r\nhello${hello}`, ["fatal 400 answerable"]],
    ["the same length twice", `${head}l: 5\r\nl: 5\r\n\r\nhello${hello}`, ["fatal 400 answerable"]],
    ["a line without colon", `${head}l 5\r\n\r\nhello`, ["fatal 400 answerable"]],
    ["a bare LF", `${head}X: a\nl: 0\r\nl: 5\r\n\r\nhello`, ["fatal 400 answerable"]],
    ["a bare CR", `${head}X: a\rl: 0\r\nl: 5\r\n\r\nhello`, ["fatal 400 answerable"]],
    ["a bare CR at the end of the header", `${head}l: 5\r\n\r\r\n\r\n`, ["fatal 400 answerable"]],
    ["too much body announced", `${head}l: 1048577\r\n\r\n`, ["fatal 413 answerable"]],
    ["nonsense", `${"\xff\0".repeat(50)}\r\n\r\n`, ["fatal 400"]],
    ["an HTTP request", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", ["fatal 400"]],
  ];
  for (const [what, text, events] of rows) {
    test(what, () => assert.deepEqual(heard(text), events));
    for (const size of [1, 2, 3, 7, 64]) {
      test(`${what}, ${size} octets at a time`, () => assert.deepEqual(heard(text, size), events));
    }
  }

  test("nothing is heard after a fatal problem", () => {
    assert.deepEqual(heard(`${head}l: x\r\n\r\n${hello}\r\n\r\n${hello}`, 5), ["fatal 400 answerable"]);
  });

  test("nothing is heard after close, not even from the same chunk", () => {
    const events: string[] = [];
    const framer = new StreamFramer({
      message: () => {
        events.push("message");
        framer.close();
      },
      ping: () => events.push("ping"),
      fatal: () => events.push("fatal"),
    });
    framer.push(Buffer.from(`${hello}\r\n\r\n${hello}`));
    framer.push(Buffer.from(hello));
    assert.deepEqual(events, ["message"]);
  });

  test("a header above the limit ends the stream, whether it ends or not", () => {
    for (const text of [`${head}X: ${"y".repeat(70_000)}`, `${head}X: ${"y".repeat(70_000)}\r\nl: 0\r\n\r\n`]) {
      assert.deepEqual(heard(text), ["fatal 413"]);
      assert.deepEqual(heard(text, 1000), ["fatal 413"]);
    }
  });

  test("takes a long message one octet at a time", () => {
    const body = "x".repeat(100_000);
    assert.equal(heard(`${head}X: ${"y".repeat(60_000)}\r\nl: ${body.length}\r\n\r\n${body}`, 1).length, 1);
  });

  test("a small message does not keep a large chunk, nor a chunk keep growing", () => {
    const { octets, framer } = listening();
    const chunk = Buffer.from(new ArrayBuffer(65_536));
    chunk.write(hello + hello);
    framer.push(chunk.subarray(0, hello.length + hello.length + 10).fill("\r\n", hello.length * 2));
    for (const bytes of octets) assert.ok(bytes.buffer.byteLength <= hello.length * 4);
    assert.equal(octets.length, 2);
    assert.equal(framer.pendingOctets, 0);
  });

  test("tells how many octets wait", () => {
    const { framer } = listening();
    framer.push(Buffer.from(hello.slice(0, 100)));
    assert.equal(framer.pendingOctets, 100);
    framer.push(Buffer.from(hello.slice(100)));
    assert.equal(framer.pendingOctets, 0);
  });
});
