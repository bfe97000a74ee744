import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { buildRequest } from "@interpres/sip";
import { FakeClock, SeededRandom } from "@interpres/testkit";
import { el, isXmlProblem, parseDocument, serializeElement } from "@interpres/xmpp/xml";
import { trailElement, trailHeader, trailOfRequest, trailOfStanza } from "../payload/trail-marker.ts";
import { freshTrail, type Trail, Trails } from "./trail.ts";

const clock = new FakeClock();
const here = new Trails({ clock, random: new SeededRandom(1) });
const there = new Trails({ clock, random: new SeededRandom(2) });

describe("trails over gateways (RFC 7247 §8)", () => {
  test("what has not been here may cross, and is one hop nearer its end then", () => {
    assert.equal(here.endOf(freshTrail), undefined);
    const crossed = here.onward(there.begun());
    assert.deepEqual([crossed.hops, crossed.marks.length], [69, 2]);
  });

  test("what has been here is a loop, whoever was between", () => {
    assert.equal(here.endOf(there.onward(here.begun())), "loop");
    assert.equal(here.endOf(there.onward(there.begun())), undefined);
  });

  test("a mark of long ago is known too", () => {
    const old = here.begun();
    clock.advance(86_400_000);
    assert.notDeepEqual(here.begun(), old);
    assert.equal(here.endOf(old), "loop");
  });

  test("without hops left it does not cross, nor after sixteen gateways", () => {
    assert.equal(here.endOf({ hops: 0, marks: [] }), "hops-used-up");
    assert.equal(here.endOf({ hops: -3, marks: [] }), "hops-used-up");
    const { marks } = there.begun();
    assert.equal(here.endOf({ hops: 50, marks: Array(16).fill(marks[0]) }), "hops-used-up");
  });

  test("nobody makes a mark of ours: one changed octet, a shorter or longer one, is a stranger's", () => {
    const [mark = ""] = here.begun().marks;
    const octets = Buffer.from(mark, "base64url");
    for (let at = 0; at < octets.length; at += 1) {
      const forged = Buffer.from(octets);
      forged[at] = (forged[at] ?? 0) ^ 1;
      assert.equal(here.endOf({ hops: 9, marks: [forged.toString("base64url")] }), undefined);
    }
    for (const other of [mark.slice(4), `${mark}AAAA`, ""])
      assert.equal(here.endOf({ hops: 9, marks: [other] }), undefined);
  });

  test("the marks of one gateway do not tell that they are one's", () => {
    const marks = Array.from({ length: 5 }, () => {
      clock.advance(1000);
      return here.begun().marks[0];
    });
    assert.equal(new Set(marks).size, 5);
  });
});

describe("a trail on the wire", () => {
  const trail: Trail = here.onward(there.begun());

  function request(maxForwards: number, header: string) {
    return buildRequest({
      method: "MESSAGE",
      requestUri: "sip:a@b.example",
      headers: [
        ["Max-Forwards", `${maxForwards}`],
        ["Gateway-Trail", header],
      ],
    });
  }

  test("comes back as it was by SIP and by XMPP", () => {
    assert.deepEqual(trailOfRequest(request(trail.hops, trailHeader(trail)[1])), trail);
    const stanza = parseDocument(serializeElement(el("message", "jabber:client", {}, trailElement(trail))));
    assert.ok(!isXmlProblem(stanza));
    assert.deepEqual(trailOfStanza(stanza), trail);
  });

  test("nobody claims more hops than there are, and what is no mark is left out", () => {
    const [mark = ""] = trail.marks;
    assert.deepEqual(trailOfRequest(request(255, `${mark}, x, "${mark}", ${mark}`)), { hops: 70, marks: [mark, mark] });
    const claim = el(
      "trail",
      "urn:interpres:trail:0",
      { hops: "1e9" },
      el("gateway", "urn:interpres:trail:0", { mark: "<x>" }),
    );
    assert.deepEqual(trailOfStanza(el("message", "jabber:client", {}, claim)), { hops: 1, marks: [] });
  });

  test("a stanza without one, or with one nobody can read, has not been anywhere", () => {
    const unreadable = el("trail", "urn:interpres:trail:0", { hops: "many" });
    for (const content of [[], [unreadable]])
      assert.deepEqual(trailOfStanza(el("message", "jabber:client", {}, ...content)), freshTrail);
  });
});
