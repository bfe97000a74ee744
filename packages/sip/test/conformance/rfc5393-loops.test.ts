import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type HeaderLine, type SipRequest, serialize } from "@interpres/sip";
import { fakeConnection } from "./fake-transport.ts";
import { peerRequest, Stage } from "./stage.ts";

/** A stage whose every request is admitted, or none; it keeps what the gate was asked and told. */
class Scene {
  readonly asked: string[] = [];
  readonly returned: string[] = [];
  readonly outcomes: string[] = [];
  readonly stage = new Stage({
    gate: {
      admit: ({ method }) => {
        this.asked.push(method);
        return { kind: "refuse", status: 403, rule: "test" };
      },
      returned: ({ requestUri }) => this.returned.push(requestUri),
    },
  });

  say(): SipRequest {
    const message = { from: "sip:bob@example.com", to: "sip:alice@contoso.example", contentType: "a/b", body: "x" };
    this.stage.core.sendMessage(message, (outcome) => {
      this.outcomes.push(outcome.kind === "answered" ? `${outcome.status}` : outcome.kind);
    });
    return this.stage.transport.lastRequest();
  }

  comesBack(request: SipRequest): number | undefined {
    this.stage.transport.receive(request, fakeConnection());
    return this.stage.transport.responses.at(-1)?.status;
  }
}

/** As a proxy passes a request on. */
function by(request: SipRequest, ...hosts: readonly string[]): SipRequest {
  return request.with({ prepend: hosts.map((host) => ["Via", `SIP/2.0/TLS ${host};branch=z9hG4bK${host}`] as const) });
}

describe("loop detection (RFC 5393 §4.2.2)", () => {
  for (const [way, hosts] of [
    ["straight back", []],
    ["by a proxy", ["proxy.example"]],
    ["by three", ["c.example", "b.example", "a.example"]],
  ] as const) {
    test(`a request of ours that comes ${way}: 482, before the gate is asked, and the gate is told`, () => {
      const scene = new Scene();
      const sent = scene.say();
      assert.equal(scene.comesBack(by(sent, ...hosts)), 482);
      assert.deepEqual([scene.asked, scene.returned], [[], ["sip:alice@contoso.example"]]);
      assert.equal(scene.stage.transactions.size.servers, 0);
    });
  }

  test("the 482 ends the request that looped", () => {
    const scene = new Scene();
    scene.comesBack(scene.say());
    scene.stage.transport.receive(scene.stage.transport.lastResponse());
    assert.deepEqual(scene.outcomes, ["482"]);
  });

  test("retargeted on its way it is a spiral, and the gate's to judge", () => {
    const scene = new Scene();
    const octets = Buffer.from(serialize(by(scene.say(), "proxy.example"))).toString("latin1");
    scene.stage.transport.inject(
      Buffer.from(octets.replace("sip:alice@contoso.example SIP", "sip:carol@example.com SIP")),
    );
    assert.deepEqual(scene.stage.transport.statuses(), [403]);
    assert.deepEqual([scene.asked, scene.returned], [["MESSAGE"], []]);
  });

  test("our sent-by with a branch nobody drew here proves nothing", () => {
    const scene = new Scene();
    const sent = scene.say();
    const { topVia } = sent;
    assert.equal(scene.comesBack(sent.withTopVia(topVia.text.replace(topVia.branch ?? "", "z9hG4bKother"))), 403);
  });

  test("nor does a branch of ours under another name", () => {
    const scene = new Scene();
    const sent = scene.say();
    const other = sent.withTopVia(sent.topVia.text.replace("sip.example.com", "sip.evil.example"));
    assert.equal(scene.comesBack(other), 403);
  });

  test("a request that is over is not remembered", () => {
    const scene = new Scene();
    const sent = scene.say();
    scene.stage.answer(200);
    assert.equal(scene.comesBack(sent), 403);
  });
});

describe("hops that are left (RFC 3261 §8.1.1.6, RFC 5393 §3)", () => {
  const spent = (method: string, headers: readonly HeaderLine[] = []): number => {
    const stage = new Stage();
    stage.core.onPageMessage(() => assert.fail("handed on"));
    stage.transport.receive(peerRequest({ method, headers }).with({ replace: [["Max-Forwards", "0"]] }));
    return stage.transport.lastResponse().status;
  };

  test("MESSAGE, INVITE, SUBSCRIBE with none left would go on into the other world: 483", () => {
    assert.deepEqual([spent("MESSAGE"), spent("INVITE"), spent("SUBSCRIBE", [["Event", "presence"]])], [483, 483, 483]);
  });

  test("OPTIONS ends here whatever it says", () => {
    assert.equal(spent("OPTIONS"), 200);
  });
});
