import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RequestOutcome } from "@interpres/sip";
import { Call } from "../conformance/session-scene.ts";
import { hopTo, Stage } from "../conformance/stage.ts";

/** Class 22: we hold no passwords for SIP, and no challenge gets anything out of us. */
describe("digest challenges (attack class 22)", () => {
  for (const [status, header] of [
    [401, "WWW-Authenticate"],
    [407, "Proxy-Authenticate"],
  ] as const) {
    const challenge = { headers: [[header, 'Digest realm="example.com", nonce="1", algorithm=MD5']] as const };

    test(`${status} to MESSAGE is the end of it: nothing is sent again, to no hop`, () => {
      const stage = new Stage({ hops: [hopTo("one"), hopTo("two")] });
      const outcomes: RequestOutcome["kind"][] = [];
      const message = { from: "sip:bob@example.com", to: "sip:alice@contoso.example", contentType: "a/b", body: "x" };
      stage.core.sendMessage(message, ({ kind }) => outcomes.push(kind));
      stage.answer(status, challenge);
      stage.clock.advance(64_000);
      assert.deepEqual([outcomes, stage.transport.requests.length], [["answered"], 1]);
    });

    test(`${status} to INVITE is acknowledged and over`, () => {
      const call = new Call();
      call.stage.answer(status, challenge, "INVITE");
      assert.deepEqual(
        call.transport.requests.map(({ request }) => request.method),
        ["INVITE", "ACK"],
      );
      assert.deepEqual(call.user.heard, [`refused ${status}`]);
    });
  }

  test("no request of ours bears credentials, and those of a peer open nothing", () => {
    const stage = new Stage({ gate: { admit: () => ({ kind: "refuse", status: 403, rule: "test" }) } });
    stage.request({ method: "MESSAGE", headers: [["Authorization", 'Digest username="bob", response="00"']] });
    assert.deepEqual(stage.transport.statuses(), [403]);
    const call = new Call().established();
    call.send("x");
    for (const { request } of call.transport.requests)
      assert.deepEqual([request.first("Authorization"), request.first("Proxy-Authorization")], [undefined, undefined]);
  });
});
