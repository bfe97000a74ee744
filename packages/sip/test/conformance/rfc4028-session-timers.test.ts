import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { HeaderLine } from "@interpres/sip";
import { Answered, Call } from "./session-scene.ts";

const SUPPORTED: HeaderLine = ["Supported", "timer"];
const ALLOW: HeaderLine = ["Allow", "INVITE, ACK, BYE, CANCEL, UPDATE"];
const asking = (value: string): readonly HeaderLine[] => [SUPPORTED, ["Session-Expires", value]];

describe("session timers where they call (RFC 4028 §9)", () => {
  const intervals: readonly (readonly [rule: string, headers: readonly HeaderLine[], expected: string | undefined])[] =
    [
      ["no Session-Expires: no timer", [SUPPORTED], undefined],
      ["Table 2, the choice is ours: they refresh", asking("1800"), "1800;refresher=uac"],
      ["Table 2, they want to refresh: they do", asking("90; refresher=uac"), "90;refresher=uac"],
      ["Table 2, we are to refresh: we do", asking("1800;refresher=uas"), "1800;refresher=uas"],
      [
        "compact names (§4, §5)",
        [
          ["k", "a, timer"],
          ["x", "1800"],
        ],
        "1800;refresher=uac",
      ],
      ["who does not support timers gets none, and no Require", [["Session-Expires", "1800"]], undefined],
      ["an interval that cannot be read is none", asking("soon"), undefined],
    ];
  for (const [rule, headers, expected] of intervals) {
    test(rule, () => {
      const scene = new Answered(headers);
      scene.accept();
      const ok = scene.transport.lastResponse();
      assert.equal(ok.first("Session-Expires"), expected);
      assert.equal(ok.first("Require"), expected === undefined ? undefined : "timer");
    });
  }

  for (const [what, request] of [
    ["INVITE", undefined],
    ["re-INVITE", "INVITE"],
    ["UPDATE", "UPDATE"],
  ] as const) {
    test(`an interval under 90 s in ${what}: 422 with Min-SE`, () => {
      const scene = new Answered(request === undefined ? asking("89") : []);
      if (request !== undefined) {
        scene.established();
        scene.within({ method: request, cseq: 2, headers: asking("89") });
      }
      assert.equal(scene.transport.lastResponse().status, 422);
      assert.equal(scene.transport.lastResponse().first("Min-SE"), "90");
    });
  }

  test("§10 without a refresh: BYE 32 s before the end, and the user is told", () => {
    const scene = new Answered(asking("1800"));
    scene.established();
    scene.stage.clock.advance(1_767_999);
    assert.equal(scene.transport.requests.length, 0);
    scene.stage.clock.advance(1);
    assert.equal(scene.transport.lastRequest().method, "BYE");
    assert.deepEqual(scene.user.heard, ["ended failure"]);
  });

  test("§10 a short interval: BYE a third before its end", () => {
    const scene = new Answered(asking("90"));
    scene.established();
    scene.stage.clock.advance(59_999);
    assert.equal(scene.transport.requests.length, 0);
    scene.stage.clock.advance(1);
    assert.equal(scene.transport.lastRequest().method, "BYE");
  });

  for (const method of ["UPDATE", "INVITE"]) {
    test(`§9 ${method} within the dialog is answered alike and starts the interval anew`, () => {
      const scene = new Answered(asking("1800"));
      scene.established();
      scene.stage.clock.advance(1_700_000);
      assert.equal(scene.within({ method, cseq: 2, headers: asking("1800") }), 200);
      assert.equal(scene.transport.lastResponse().first("Session-Expires"), "1800;refresher=uac");
      scene.within({ method: "ACK", cseq: 2 });
      scene.stage.clock.advance(1_700_000);
      assert.equal(scene.transport.requests.length, 0);
    });
  }

  test("§9 a refresh without Session-Expires turns the timer off", () => {
    const scene = new Answered(asking("1800"));
    scene.established();
    scene.within({ method: "UPDATE", cseq: 2, headers: [SUPPORTED] });
    scene.stage.clock.advance(4_000_000);
    assert.equal(scene.transport.requests.length, 0);
  });

  test("§9, §10 as refresher: UPDATE without a body at half the interval, again and again", () => {
    const scene = new Answered([...asking("1800;refresher=uas"), ALLOW]);
    scene.established();
    for (let round = 1; round <= 3; round += 1) {
      scene.stage.clock.advance(899_999);
      assert.equal(scene.transport.requests.length, round - 1);
      scene.stage.clock.advance(1);
      const update = scene.transport.lastRequest("UPDATE");
      assert.deepEqual(
        [update.cseq.number, update.first("Session-Expires"), update.first("Supported"), update.body.length],
        [round, "1800;refresher=uac", "timer", 0],
      );
      assert.equal(update.contacts.length, 1);
      scene.stage.answer(200, {
        headers: [
          ["Session-Expires", "1800;refresher=uac"],
          ["Require", "timer"],
        ],
      });
    }
    assert.deepEqual(scene.user.heard, []);
  });

  test("§7.4 where the peer takes no UPDATE: re-INVITE with our SDP, whose every 200 is acknowledged", () => {
    const scene = new Answered(asking("1800;refresher=uas"));
    scene.established();
    scene.stage.clock.advance(900_000);
    const invite = scene.transport.lastRequest("INVITE");
    assert.equal(Buffer.from(invite.body).toString(), "v=0");
    const answer = { headers: [["Session-Expires", "1800;refresher=uac"]] as const, body: "v=0" };
    scene.stage.answer(200, answer, "INVITE");
    scene.stage.answer(200, answer, "INVITE");
    const acks = scene.transport.requestsOf("ACK");
    assert.deepEqual(
      acks.map(({ cseq }) => cseq.number),
      [invite.cseq.number, invite.cseq.number],
    );
    scene.stage.clock.advance(900_000);
    assert.equal(scene.transport.requestsOf("INVITE").length, 2);
  });

  test("RFC 3261 §14.2 a re-INVITE that crosses ours: 491", () => {
    const scene = new Answered(asking("1800;refresher=uas"));
    scene.established();
    scene.stage.clock.advance(900_000);
    assert.equal(scene.within({ method: "INVITE", cseq: 2 }), 491);
  });
});

describe("session timers where we call (RFC 4028 §7)", () => {
  const granting = (value: string) => ({ headers: [["Session-Expires", value], ALLOW] as const, body: "v=0" });

  function called(answer: { readonly headers: readonly HeaderLine[]; readonly body: string }): Call {
    const call = new Call();
    call.stage.answer(200, answer, "INVITE");
    call.user.heard.length = 0;
    return call;
  }

  test("§7.1 our INVITE says that we support timers, asks for none and requires none", () => {
    const invite = new Call().transport.lastRequest("INVITE");
    assert.deepEqual(
      [invite.first("Supported"), invite.first("Session-Expires"), invite.first("Require")],
      ["timer", undefined, undefined],
    );
  });

  test("§7.2 a 200 without Session-Expires: no timer", () => {
    const call = called({ headers: [ALLOW], body: "v=0" });
    call.stage.clock.advance(10_000_000);
    assert.equal(call.transport.requestsOf("UPDATE").length + call.transport.requestsOf("BYE").length, 0);
  });

  test("§7.2 refresher=uac: we refresh at half the interval", () => {
    const call = called(granting("600;refresher=uac"));
    call.stage.clock.advance(300_000);
    assert.equal(call.transport.lastRequest("UPDATE").first("Session-Expires"), "600;refresher=uac");
  });

  test("§7.2 refresher=uas and no refresh comes: BYE 32 s before the end", () => {
    const call = called(granting("600;refresher=uas"));
    call.stage.clock.advance(567_999);
    assert.equal(call.transport.requestsOf("BYE").length, 0);
    call.stage.clock.advance(1);
    assert.equal(call.transport.requestsOf("BYE").length, 1);
    assert.deepEqual(call.user.heard, ["ended failure"]);
  });

  test("§7.2 refresher=uas: their UPDATE keeps it", () => {
    const call = called(granting("600;refresher=uas"));
    call.stage.clock.advance(500_000);
    assert.equal(call.peer({ method: "UPDATE", cseq: 1, headers: asking("600;refresher=uac") }), 200);
    call.stage.clock.advance(500_000);
    assert.equal(call.transport.requestsOf("BYE").length, 0);
  });

  for (const status of [408, 481]) {
    test(`§10 ${status} to a refresh: BYE`, () => {
      const call = called(granting("600;refresher=uac"));
      call.stage.clock.advance(300_000);
      call.stage.answer(status, {}, "UPDATE");
      assert.equal(call.transport.requestsOf("BYE").length, 1);
      assert.deepEqual(call.user.heard, ["ended failure"]);
    });
  }

  test("§7.3 422 to a refresh: once more with Min-SE, not endlessly", () => {
    const call = called(granting("600;refresher=uac"));
    call.stage.clock.advance(300_000);
    call.stage.answer(422, { headers: [["Min-SE", "900"]] }, "UPDATE");
    assert.equal(call.transport.lastRequest("UPDATE").first("Session-Expires"), "900;refresher=uac");
    call.stage.answer(422, { headers: [["Min-SE", "1200"]] }, "UPDATE");
    assert.equal(call.transport.requestsOf("UPDATE").length, 2);
  });

  test("§10 another refusal: again in half of what is left, while something is; no hurry, no BYE", () => {
    const call = called(granting("600;refresher=uac"));
    for (let round = 0; round < 20; round += 1) {
      call.stage.clock.advance(60_000);
      if (call.transport.requests.at(-1)?.request.method === "UPDATE") call.stage.answer(500, {}, "UPDATE");
    }
    const updates = call.transport.requestsOf("UPDATE").length;
    assert.ok(updates >= 3 && updates <= 8, `${updates} refreshes`);
    assert.equal(call.transport.requestsOf("BYE").length, 0);
  });

  test("an interval under the least there may be is no reason to refresh all the time", () => {
    const call = called(granting("1;refresher=uac"));
    call.stage.clock.advance(44_999);
    assert.equal(call.transport.requestsOf("UPDATE").length, 0);
  });

  test("no timer is left when the session ends", () => {
    const call = called(granting("600;refresher=uac"));
    call.peer({ method: "BYE", cseq: 1 });
    call.stage.clock.advance(64_000);
    assert.equal(call.stage.clock.pendingTimers, 0);
  });
});
