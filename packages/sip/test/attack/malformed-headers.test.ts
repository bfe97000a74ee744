import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { silentLogger } from "@interpres/runtime";
import { Stage } from "../conformance/stage.ts";

/** Class 20: a header field that nobody can read must cost its own request, never the node. */

const HEAD = {
  Via: "SIP/2.0/TLS edge.contoso.example;branch=z9hG4bKattack",
  "Max-Forwards": "70",
  From: "<sip:eve@contoso.example>;tag=1",
  To: "<sip:bob@example.com>",
  "Call-ID": "attack",
  CSeq: "1 METHOD",
  Contact: "<sip:eve@contoso.example>",
};

interface Attack {
  readonly what: string;
  readonly method: string;
  /** Instead of, or beside, the usual lines; "" leaves one out. */
  readonly lines?: Readonly<Record<string, string>>;
  readonly more?: readonly string[];
  readonly body?: string;
}

function octets({ method, lines = {}, more = [], body = "" }: Attack): Buffer {
  const fields = Object.entries({ ...HEAD, ...lines }).filter(([, value]) => value !== "");
  const head = fields.map(([name, value]) => `${name}: ${value.replace("METHOD", method)}`);
  const length = `Content-Length: ${Buffer.byteLength(body)}`;
  return Buffer.from([`${method} sip:bob@example.com SIP/2.0`, ...head, ...more, length, "", body].join("\r\n"));
}

const long = "a".repeat(20_000);
const attacks: readonly (Attack & { readonly statuses: readonly number[] })[] = [
  ...["", "<", "*", "<sip:>", "<sip:a@b", '"', "<sip:a@b>;expires", "<tel:+1>", "<sip:a@[::1>", `<sip:${long}@b>`].map(
    (Contact) => ({
      what: `Contact ${Contact.slice(0, 20)}`,
      method: "SUBSCRIBE",
      lines: { Contact },
      statuses: [400, 489, 200],
    }),
  ),
  {
    what: "a hundred Accept fields",
    method: "SUBSCRIBE",
    more: ["Event: presence", ...Array.from({ length: 100 }, (_, index) => `Accept: a/b${index}`)],
    statuses: [406],
  },
  {
    what: "one Accept of ten thousand types",
    method: "SUBSCRIBE",
    more: ["Event: presence", `Accept: ${Array(10_000).fill("a/b").join(",")}`],
    statuses: [406],
  },
  ...["Digest", 'Digest ,,,=,"', `Digest ${"x=,".repeat(5_000)}`, "Basic \u0000"].map((value) => ({
    what: `Authorization ${value.slice(0, 14)}`,
    method: "OPTIONS",
    more: [`Authorization: ${value}`],
    statuses: [200, 400],
  })),
  {
    what: "multipart without boundary",
    method: "INVITE",
    more: ["Content-Type: multipart/mixed"],
    body: "--x\r\n\r\n--x--",
    statuses: [503],
  },
  ...["Event:", "Event: ;;;", "Event: presence;id=", `Event: ${long}`].map((line) => ({
    what: line.slice(0, 20),
    method: "SUBSCRIBE",
    more: [line],
    statuses: [489, 400, 503],
  })),
  ...["__proto__", "constructor", "hasOwnProperty", "toString"].map((name) => ({
    what: `a header, a parameter and an option called ${name}`,
    method: "OPTIONS",
    lines: { To: `<sip:bob@example.com;${name}=1>;${name}` },
    more: [`${name}: ${name}`, `Supported: ${name}`],
    statuses: [200],
  })),
  {
    what: `an option tag ${"__proto__"} that is required`,
    method: "OPTIONS",
    more: ["Require: __proto__"],
    statuses: [420],
  },
  ...["-1", "+1", "0x10", "1e3", "99999999999", "4294967296", " "].map((number) => ({
    what: `CSeq number "${number}"`,
    method: "OPTIONS",
    lines: { CSeq: `${number} METHOD` },
    statuses: [400],
  })),
  ...["-1", "256", "abc", "9".repeat(400)].map((hops) => ({
    what: `Max-Forwards ${hops.slice(0, 8)}`,
    method: "OPTIONS",
    lines: { "Max-Forwards": hops },
    statuses: [400, 200],
  })),
  ...["-1", "abc", "9".repeat(400)].map((Expires) => ({
    what: `Expires ${Expires.slice(0, 8)}`,
    method: "SUBSCRIBE",
    more: ["Event: presence", `Expires: ${Expires}`],
    statuses: [400, 503, 423],
  })),
];

describe("malformed header fields (attack class 20)", () => {
  for (const attack of attacks) {
    test(`${attack.method}, ${attack.what}: answered once, and the next request is served`, () => {
      const faults: string[] = [];
      const stage = new Stage({ log: { ...silentLogger, error: (event) => faults.push(event) } });
      stage.transport.inject(octets(attack));
      const [status] = stage.transport.statuses();
      assert.equal(stage.transport.responses.length, 1);
      assert.ok(attack.statuses.includes(status ?? 0), `${status}`);
      stage.request({ method: "OPTIONS" });
      assert.equal(stage.transport.lastResponse().status, 200);
      assert.deepEqual(faults, []);
    });
  }

  test("a name with a blank before its colon is the header it names: no filter is passed by it", () => {
    const stage = new Stage();
    stage.transport.inject(octets({ what: "", method: "OPTIONS", more: ["Require : nonsense", "Require\t: more"] }));
    assert.equal(stage.transport.lastResponse().status, 420);
    assert.equal(stage.transport.lastResponse().first("Unsupported"), "nonsense, more");
  });
});
