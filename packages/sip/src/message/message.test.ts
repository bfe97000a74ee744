import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { buildRequest } from "./build-request.ts";
import { buildResponse } from "./build-response.ts";
import { checkMandatory } from "./check-mandatory.ts";
import { encodeUtf8, quote } from "./header-text.ts";
import type { SipRequest } from "./message.ts";
import { parseMessage } from "./parse.ts";
import { serialize } from "./serialize.ts";
import { MalformedMessageError } from "./syntax-problem.ts";

const head = [
  "SUBSCRIBE sip:jo@example.com SIP/2.0",
  'VIA: SIP/2.0/TLS 192.0.2.115:5061;branch=z9hG4bKCA97;branched=FALSE;ms-internal-info="bX,Mt;AA"',
  "Max-Forwards : 68",
  'f:   "Kim, \xc3\xa9"<sip:kim@fabrikam.example>;tag=5f;epid=4b ',
  "v: SIP/2.0/TLS 192.0.2.56:50202;ms-received-cid=B20C200, SIP / 2.0 / TCP a",
  "To: <sip:jo@example.com>;epid=451e",
  "RECORD-ROUTE: <sip:pool:5061;lr;ms-route-sig=aa>;ms-rrsig=bb;tag=CC,\r\n\t<sip:edge;lr>",
  "Call-ID: 0011",
  "CSeq: 1 SUBSCRIBE",
  "Event: Presence;id=7",
  "Expires: 28800",
  "record-route: <sip:last;lr>;x",
  "Contact: <sip:kim@fabrikam.example;opaque=user:epid:wq;gruu>",
  "Content-Length: 4",
];

function requestOf(lines: readonly string[]): SipRequest {
  const message = parseMessage(Buffer.from(`${lines.join("\r\n")}\r\n\r\nbody`, "latin1"), "stream");
  if (message.kind !== "request") assert.fail(message.kind);
  return message;
}

const subscribe = requestOf(head);
const textOf = (message: Parameters<typeof serialize>[0]): string => serialize(message).toString("latin1");

describe("accessors", () => {
  test("read what is there", () => {
    assert.equal(checkMandatory(subscribe), undefined);
    assert.equal(subscribe.from.displayName, "Kim, é");
    assert.equal(subscribe.event?.type, "presence");
    assert.equal(subscribe.event?.id, "7");
    assert.equal(subscribe.expires, 28800);
    assert.equal(subscribe.maxForwards, 68);
    assert.deepEqual(
      subscribe.vias.map((via) => via.host),
      ["192.0.2.115", "192.0.2.56", "a"],
    );
    assert.deepEqual(
      subscribe.recordRoutes.map((route) => route.uri),
      ["sip:pool:5061;lr;ms-route-sig=aa", "sip:edge;lr", "sip:last;lr"],
    );
    assert.deepEqual(subscribe.values("Record-Route"), [
      "<sip:pool:5061;lr;ms-route-sig=aa>;ms-rrsig=bb;tag=CC",
      "<sip:edge;lr>",
      "<sip:last;lr>;x",
    ]);
    assert.equal(subscribe.contentType, undefined);
    assert.deepEqual(subscribe.routes, []);
  });

  test("throw MalformedMessageError on what nobody checked", () => {
    const broken = requestOf([...head.slice(0, 3), "Contact: <", "Content-Length: 4"]);
    assert.throws(() => broken.contacts, MalformedMessageError);
    assert.throws(() => broken.from, MalformedMessageError);
  });

  for (const [line, seconds] of [
    ["Expires: x", 3600],
    ["Expires: 0", 0],
    ["Expires: 99999999999999999999", 0xffffffff],
  ] as const) {
    test(`${line} counts as ${seconds} (RFC 3261 §10.3)`, () => {
      assert.equal(requestOf([...head.slice(0, 1), line, "l: 4"]).expires, seconds);
    });
  }

  test("Subscription-State in any order and case (RFC 6665 §4.1.3)", () => {
    const state = requestOf([
      head[0] ?? "",
      "subscription-state: Terminated ;RETRY-AFTER=60;x;Reason=Probation;expires=no",
      "l: 4",
    ]);
    assert.equal(state.subscriptionState?.state, "terminated");
    assert.equal(state.subscriptionState?.reason, "probation");
    assert.equal(state.subscriptionState?.retryAfterSeconds, 60);
    assert.equal(state.subscriptionState?.expiresSeconds, undefined);
  });

  test("Content-Type: type in lower case, boundary unquoted", () => {
    const { contentType } = requestOf([head[0] ?? "", 'c: Multipart / Related ; Boundary="a;b"', "l: 4"]);
    assert.equal(contentType?.type, "multipart/related");
    assert.equal(contentType?.parameters.get("boundary"), "a;b");
  });
});

describe("edits", () => {
  test("touch the named lines only", () => {
    const edited = subscribe.with({
      prepend: [["Via", "SIP/2.0/TLS me;branch=z9hG4bKq"]],
      replace: [
        ["Max-Forwards", "67"],
        ["Record-Route", "<sip:one>"],
        ["New", "n"],
      ],
      append: [["Last", "l"]],
      remove: ["event", "e", "nobody"],
    });
    const expected = [
      head[0],
      "Via: SIP/2.0/TLS me;branch=z9hG4bKq",
      head[1],
      "Max-Forwards: 67",
      ...head.slice(3, 6),
      "Record-Route: <sip:one>",
      ...head.slice(7, 9),
      head[10],
      ...head.slice(12),
      "New: n",
      "Last: l",
      "",
      "body",
    ];
    assert.equal(textOf(edited), expected.join("\r\n"));
    assert.equal(edited.topVia.host, "me");
  });

  test("replace the topmost Via value and nothing else", () => {
    const [top, ...rest] = ["v:SIP/2.0/UDP a ;branch=b , SIP/2.0/UDP c", ...head.slice(3)];
    const request = requestOf([head[0] ?? "", top ?? "", ...rest]);
    const edited = request.withTopVia(`${request.topVia.text};received=192.0.2.9`);
    assert.equal(textOf(edited), textOf(request).replace("branch=b", "branch=b;received=192.0.2.9"));
    assert.equal(edited.topVia.parameters.get("received"), "192.0.2.9");
  });

  for (const value of ["a\r\nInjected: 1", "a\nb", "a\rb", "a\0", "\u010a", "ж"]) {
    test(`refuse to write ${JSON.stringify(value)}`, () => {
      assert.throws(() => subscribe.with({ append: [["X", value]] }), RangeError);
      assert.throws(() => subscribe.withTopVia(value), RangeError);
      assert.throws(() => buildResponse(subscribe, 400, { reason: value }), RangeError);
      assert.throws(() => buildResponse(subscribe, 400, { toTag: value }), RangeError);
      assert.throws(() => buildRequest({ method: "A", requestUri: `sip:${value}`, headers: [] }), RangeError);
    });
  }
});

describe("responses (RFC 3261 §8.2.6)", () => {
  const copied = (status: number, toTag?: string): string[] =>
    textOf(buildResponse(subscribe, status, toTag === undefined ? {} : { toTag })).split("\r\n");

  test("copy their lines octet by octet, Record-Route in what makes a dialog", () => {
    const routes = [...(head[6] ?? "").split("\r\n"), head[11]];
    assert.deepEqual(copied(200, "tt"), [
      "SIP/2.0 200 OK",
      head[1],
      head[4],
      ...routes,
      head[3],
      `${head[5]};tag=tt`,
      head[7],
      head[8],
      "Content-Length: 0",
      "",
      "",
    ]);
    assert.ok(!copied(404, "tt").includes(head[11] ?? ""));
  });

  test("leave a tag that is there alone", () => {
    const tagged = subscribe.with({ replace: [["To", "sip:jo@example.com;tag=mine"]] });
    assert.equal(buildResponse(tagged, 200, { toTag: "other" }).to.tag, "mine");
  });

  test("read like received ones", () => {
    const response = buildResponse(subscribe, 489, { toTag: "t", headers: [["Allow-Events", "presence"]], body: "é" });
    assert.equal(checkMandatory(response), undefined);
    assert.equal(response.reason, "Bad Event");
    assert.equal(response.first("Content-Length"), "2");
    assert.equal(response.from.tag, "5f");
  });
});

describe("new requests", () => {
  test("carry UTF-8 and count octets", () => {
    const request = buildRequest({
      method: "MESSAGE",
      requestUri: "sip:a@b",
      headers: [
        ["From", `${quote('Zoë "Z"\r\n<x>')} <sip:z@b>;tag=1`],
        ["Subject", encodeUtf8("ж")],
      ],
      body: "ж!",
    });
    const again = parseMessage(serialize(request), "stream");
    assert.ok(again.kind === "request");
    assert.equal(again.from.displayName, 'Zoë "Z" <x>');
    assert.equal(Buffer.from(again.body).toString(), "ж!");
    assert.equal(Buffer.from(again.first("s") ?? "", "latin1").toString(), "ж");
  });

  test("need a method and a Request-URI that fit in their line", () => {
    assert.throws(() => buildRequest({ method: "A B", requestUri: "sip:a", headers: [] }), RangeError);
    assert.throws(() => buildRequest({ method: "A", requestUri: "sip:a b", headers: [] }), RangeError);
    assert.throws(() => buildRequest({ method: "A", requestUri: "sip:a", headers: [["a b", "c"]] }), RangeError);
  });
});

describe("what must be there (RFC 3261 §8.1.1)", () => {
  const drop = (name: string): string[] => head.filter((line) => !line.toLowerCase().startsWith(name));
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ["no Via", drop("v")],
    ["no From", drop("f")],
    ["no To", drop("to")],
    ["no Call-ID", drop("call-id")],
    ["no CSeq", drop("cseq")],
    ["two From", [...head, "From: <sip:x>;tag=1"]],
    ["two To", [...head, "t: <sip:x>;tag=1"]],
    ["two Call-ID", [...head, "i: 2"]],
    ["two CSeq", [...head, "CSeq: 1 SUBSCRIBE"]],
    ["two Max-Forwards", [...head, "Max-Forwards: 68"]],
    ["two Event", [...head, "o: presence"]],
    ["another method in CSeq", [...drop("cseq"), "CSeq: 1 NOTIFY"]],
    ["CSeq of 2^31", [...drop("cseq"), "CSeq: 2147483648 SUBSCRIBE"]],
    ["CSeq without method", [...drop("cseq"), "CSeq: 1"]],
    ["CSeq below zero", [...drop("cseq"), "CSeq: -1 SUBSCRIBE"]],
    ["Max-Forwards of 256", [...drop("max"), "Max-Forwards: 256"]],
    ["Max-Forwards below zero", [...drop("max"), "Max-Forwards: -1"]],
    ["a broken Contact", [...head, "m: <sip:a"]],
    ["a broken lower Via", [...head, "Via: nonsense"]],
    ["a broken Record-Route", [...head, "Record-Route: <sip:a>;;"]],
    ["a broken Event", [...drop("event"), "Event: ;id=1"]],
    ["a blank in Call-ID", [...drop("call-id"), "Call-ID: a b"]],
    ["a list in From", [...drop("f:"), "From: <sip:a>, <sip:b>"]],
  ];
  for (const [what, lines] of rows) {
    test(`${what}: 400`, () => {
      const found = checkMandatory(requestOf(lines));
      assert.equal(found?.status, 400);
      assert.ok(found?.message);
    });
  }

  test("a foreign scheme in the Request-URI is for the core: 416", () => {
    const request = requestOf(["SUBSCRIBE tel:+1 SIP/2.0", ...head.slice(1)]);
    assert.equal(checkMandatory(request), undefined);
    const uri = request.uri();
    assert.ok("status" in uri);
    assert.equal(uri.status, 416);
  });
});
