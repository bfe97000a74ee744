import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { SipRequest, SipResponse } from "./message.ts";
import { MessageProblem } from "./message-problem.ts";
import { type Framing, parseMessage } from "./parse.ts";

const lines = [
  "Via: SIP/2.0/TLS h:5061;branch=z9hG4bKx",
  "From: <sip:x@y>;tag=q",
  "To: sip:a@b",
  "Call-ID: c1",
  "CSeq: 1 MESSAGE",
];

function octets(startLine: string, more: readonly string[] = [], body = ""): Buffer {
  return Buffer.from(`${[startLine, ...lines, ...more].join("\r\n")}\r\n\r\n${body}`, "latin1");
}

function message(bytes: Uint8Array, framing: Framing = "stream"): SipRequest | SipResponse {
  const parsed = parseMessage(bytes, framing);
  if (parsed instanceof MessageProblem) assert.fail(`${parsed.status} ${parsed.reason}`);
  return parsed;
}

function refused(bytes: Uint8Array, framing: Framing = "stream"): MessageProblem {
  const parsed = parseMessage(bytes, framing);
  if (!(parsed instanceof MessageProblem)) assert.fail("accepted");
  return parsed;
}

describe("start lines (RFC 3261 §7.1, §7.2)", () => {
  test("a request", () => {
    const request = message(octets("MESSAGE sip:a@b SIP/2.0", ["l: 0"]));
    assert.ok(request.kind === "request");
    assert.deepEqual([request.method, request.requestUri], ["MESSAGE", "sip:a@b"]);
  });

  test("a response, with and without reason phrase", () => {
    for (const [line, reason] of [
      ["SIP/2.0 200 All right", "All right"],
      ["SIP/2.0 200 ", ""],
      ["sip/2.0 200", ""],
    ]) {
      const response = message(octets(line ?? "", ["l: 0"]));
      assert.ok(response.kind === "response");
      assert.deepEqual([response.status, response.reason], [200, reason]);
    }
  });

  const rows: readonly (readonly [string, number])[] = [
    ["MESSAGE sip:a@b SIP/3.0", 505],
    ["MESSAGE sip:a@b SIP/7.0", 505],
    ["MESSAGE sip:a@b HTTP/1.1", 400],
    ["MESSAGE  sip:a@b SIP/2.0", 400],
    ["MESSAGE sip:a@b  SIP/2.0", 400],
    ["MESSAGE sip:a@b SIP/2.0 ", 400],
    ["MESSAGE sip:a @b SIP/2.0", 400],
    ["MESSAGE SIP/2.0", 400],
    ["MESSAGE  SIP/2.0", 400],
    [" MESSAGE sip:a@b SIP/2.0", 400],
    ["MESS@GE sip:a@b SIP/2.0", 400],
    ["SIP/2.0 99 Low", 400],
    ["SIP/2.0 700 High", 400],
    ["SIP/2.0 +20 Sign", 400],
    ["SIP/2.0 4294967301 Wrap", 400],
    ["SIP/2.0", 400],
    ["X", 400],
  ];
  for (const [line, status] of rows) {
    test(`${JSON.stringify(line)} is ${status}`, () => assert.equal(refused(octets(line, ["l: 0"])).status, status));
  }

  test("line ends before it are skipped", () => {
    assert.equal(
      message(Buffer.concat([Buffer.from("\r\n\r\n"), octets("MESSAGE sip:a@b SIP/2.0", ["l: 0"])])).kind,
      "request",
    );
  });
});

describe("Content-Length (RFC 3261 §18.3, §20.14)", () => {
  const good: readonly (readonly [string, string])[] = [
    ["Content-Length: 5", "hello"],
    ["CONTENT-LENGTH:5", "hello"],
    ["l : 5", "hello"],
    ["l\t:\t005 ", "hello"],
    ["Content-Length:\r\n 5", "hello"],
    ["Content-Length: 0", ""],
  ];
  for (const [line, body] of good) {
    test(`${JSON.stringify(line)} is read`, () => {
      const { body: read } = message(octets("MESSAGE sip:a@b SIP/2.0", [line], body));
      assert.equal(Buffer.from(read).toString(), body);
    });
  }

  const bad = [
    ["Content-Length: -5"],
    ["Content-Length: +5"],
    ["Content-Length: 0x5"],
    ["Content-Length: 5,5"],
    ["Content-Length: 5 5"],
    ["Content-Length: 1\r\n 5"],
    ["Content-Length:"],
    ["Content-Length: five"],
    ["Content-Length: 5.0"],
    ["Content-Length: 5;x"],
    ["Content-Length: 99999999999999999999"],
    ["Content-Length: 5", "Content-Length: 5"],
    ["Content-Length: 5", "l: 6"],
    ["l: 5", "Content-Length : 0"],
  ];
  for (const more of bad) {
    for (const framing of ["stream", "datagram"] as const) {
      test(`${JSON.stringify(more)} is refused in a ${framing}`, () => {
        const problem = refused(octets("MESSAGE sip:a@b SIP/2.0", more, "hello"), framing);
        assert.equal(problem.status, 400);
        assert.equal(problem.message?.callId, "c1");
      });
    }
  }

  test("a stream needs it, a datagram does not", () => {
    const bytes = octets("MESSAGE sip:a@b SIP/2.0", [], "hello");
    assert.equal(refused(bytes).status, 400);
    assert.equal(Buffer.from(message(bytes, "datagram").body).toString(), "hello");
    assert.equal(message(bytes, "datagram").first("Content-Length"), "5");
  });

  test("too few octets are refused; too many are dropped from a datagram, refused in a stream", () => {
    const bytes = octets("MESSAGE sip:a@b SIP/2.0", ["l: 3"], "hello");
    assert.equal(Buffer.from(message(bytes, "datagram").body).toString(), "hel");
    assert.equal(refused(bytes).status, 400);
    assert.equal(refused(octets("MESSAGE sip:a@b SIP/2.0", ["l: 6"], "hello"), "datagram").status, 400);
  });
});

describe("header lines (RFC 3261 §7.3.1)", () => {
  const bad = [
    "No colon",
    ": no name",
    "Two words: x",
    "B\xe4d: x",
    "X: bare\nLF: y",
    "X: bare\rCR: y",
    "X: y\n",
    "X: y\r",
    "Nul\0: x",
    "\0",
  ];
  for (const line of bad) {
    test(`${JSON.stringify(line)} is refused, the lines before it still answer`, () => {
      const problem = refused(octets("MESSAGE sip:a@b SIP/2.0", [line, "l: 0"]));
      assert.equal(problem.status, 400);
      assert.equal(problem.message?.cseq.number, 1);
    });
  }

  test("a first line that begins with a blank goes on nothing", () => {
    assert.equal(refused(Buffer.from("MESSAGE sip:a@b SIP/2.0\r\n X: y\r\nl: 0\r\n\r\n")).status, 400);
  });

  test("folded, upper case, compact and interleaved lines are found", () => {
    const request = message(
      octets("MESSAGE sip:a@b SIP/2.0", [
        "SUBJECT: one\r\n\ttwo\r\n  three",
        "l: 0",
        "v: SIP/2.0/UDP i",
        "X-A: 1",
        "x-a:2",
        "VIA :SIP/2.0/TCP j",
      ]),
    );
    assert.equal(request.first("s"), "one two three");
    assert.deepEqual(
      request.vias.map((via) => via.host),
      ["h", "i", "j"],
    );
    assert.deepEqual(request.all("X-a"), ["1", "2"]);
  });

  test("names of object properties are plain names", () => {
    const names = ["__proto__", "constructor", "hasOwnProperty", "toString", "valueOf"];
    const request = message(
      octets("MESSAGE sip:a@b SIP/2.0", [...names.map((name) => `${name}: ${name};${name}=1`), "l: 0"]),
    );
    for (const name of names) {
      assert.equal(request.first(name), `${name};${name}=1`);
      assert.equal(request.from.parameters.has(name), false);
    }
    assert.equal(message(octets("MESSAGE sip:a@b SIP/2.0", ["l: 0"])).first("__proto__"), undefined);
  });

  test("values are split at commas outside quotes and angle brackets", () => {
    const request = message(octets("MESSAGE sip:a@b SIP/2.0", ['X: a , "b,\\"c" <sip:x,y>;z,, d', "x: e", "l: 0"]));
    assert.deepEqual(request.values("X"), ["a", '"b,\\"c" <sip:x,y>;z', "d", "e"]);
  });
});

describe("what cannot be answered", () => {
  test("a response has no answer", () => assert.equal(refused(octets("SIP/2.0 200 OK", ["l: x"])).message, undefined));
  test("an ACK has no answer", () => assert.equal(refused(octets("ACK sip:a@b SIP/2.0", ["l: x"])).message, undefined));
  test("without Via there is no answer", () => {
    assert.equal(refused(Buffer.from("MESSAGE sip:a@b SIP/2.0\r\nl: x\r\n\r\n")).message, undefined);
  });
  test("a datagram cut within its header is answered by what is there", () => {
    const bytes = octets("MESSAGE sip:a@b SIP/2.0");
    assert.equal(refused(bytes.subarray(0, -2), "datagram").message?.callId, "c1");
    assert.equal(refused(bytes.subarray(0, -4), "datagram").message?.callId, "c1");
    assert.equal(refused(Buffer.alloc(0), "datagram").message, undefined);
    assert.equal(refused(Buffer.from("\r\n\r\n"), "datagram").message, undefined);
  });
});

describe("time", () => {
  const size = 1_000_000;
  const rows: readonly (readonly [string, string])[] = [
    ["blanks in a value", `X:${" ".repeat(size)}y`],
    ["folds", `X:${"\r\n ".repeat(size / 3)}y`],
    ["blanks before a fold", `X: y${" ".repeat(size)}z\r\n a`],
    ["quotes", `Contact: ${'"'.repeat(size)}`],
    ["backslashes", `Contact: "${"\\".repeat(size)}`],
    ["brackets", `Contact: ${"<".repeat(size)}`],
    ["commas", `Contact: ${",".repeat(size)}`],
    ["semicolons", `Via: SIP/2.0/UDP h${";".repeat(size)}`],
    ["parameters", `Via: SIP/2.0/UDP h${";a=b".repeat(size / 4)}`],
    ["values", `Route: ${"<sip:a>,".repeat(size / 8)}<sip:b>`],
    ["lines", "X: y\r\n".repeat(size / 6).slice(0, -2)],
    ["name", `${"x".repeat(size)}: y`],
    ["display name", `Contact: ${"a ".repeat(size / 2)}<sip:a@b>`],
    ["user", `Contact: <sip:${"%41".repeat(size / 3)}@b>`],
  ];
  for (const [what, line] of rows) {
    test(`ends with a megabyte of ${what}`, () => {
      const bytes = octets("MESSAGE sip:a@b SIP/2.0", [line, "l: 0"]);
      const parsed = parseMessage(bytes, "stream");
      if (parsed.kind === "request") readAll(parsed);
    });
  }
});

function readAll(request: SipRequest): void {
  for (const name of ["Via", "Contact", "Route", "X"]) {
    try {
      request.values(name);
      request.all(name);
      for (const { text, displayName } of name === "Route" ? request.routes : request.contacts)
        assert.ok(text + displayName);
      for (const via of request.vias) via.parameters.entries();
    } catch (error) {
      assert.equal((error as Error).name, "MalformedMessageError");
    }
  }
}
