import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { MessageProblem, parseMessage, type SipRequest } from "@interpres/sip";
import { FakeClock } from "../fake-clock.ts";
import { DISCOVERED_PARTNER, EdgeThrottle } from "./edge-throttle.ts";

function request(user: string, method = "SUBSCRIBE"): SipRequest {
  const text = `${method} sip:${user}@contoso.example SIP/2.0\r\nTo: <sip:${user}@contoso.example>\r\nContent-Length: 0\r\n\r\n`;
  const message = parseMessage(Buffer.from(text), "stream");
  assert.ok(!(message instanceof MessageProblem) && message.kind === "request");
  return message;
}

function throttleOf(clock: FakeClock): EdgeThrottle {
  return new EdgeThrottle({ clock, limits: DISCOVERED_PARTNER, excess: "refused" });
}

describe("throttling of a discovered partner (TN-FED)", () => {
  test("twenty requests in any second pass, the next is refused, a second later they pass again", () => {
    const clock = new FakeClock();
    const throttle = throttleOf(clock);
    for (let count = 0; count < 20; count += 1) {
      assert.deepEqual(throttle.judge(request("bob")), {});
      clock.advance(10);
    }
    const { refusal, deviation } = throttle.judge(request("bob"));
    assert.equal(refusal, "503 Service Unavailable");
    assert.match(deviation?.detail ?? "", /SUBSCRIBE is 1 too many within a second/);
    assert.deepEqual(throttle.judge(request("bob", "ACK")), {});
    clock.advance(1000);
    assert.deepEqual(throttle.judge(request("bob")), {});
  });

  test("the user number 1001 is refused, those before go on", () => {
    const clock = new FakeClock();
    const throttle = throttleOf(clock);
    for (let count = 0; count < 1000; count += 1) {
      clock.advance(100);
      assert.deepEqual(throttle.judge(request(`user${count}`)), {});
    }
    clock.advance(1000);
    assert.match(throttle.judge(request("one-more")).deviation?.detail ?? "", /user number 1001, sip:one-more@/);
    clock.advance(1000);
    assert.deepEqual(throttle.judge(request("USER7")), {});
  });

  test("where excess is only told of, nothing is refused", () => {
    const throttle = new EdgeThrottle({ clock: new FakeClock(), limits: DISCOVERED_PARTNER, excess: "told" });
    for (let count = 0; count < 20; count += 1) throttle.judge(request("bob"));
    const { deviation, refusal } = throttle.judge(request("bob"));
    assert.deepEqual([deviation?.rule, refusal], ["pacing", undefined]);
  });

  test("mostly failures: one request a second, until answers are good again", () => {
    const clock = new FakeClock();
    const throttle = throttleOf(clock);
    for (let count = 0; count < 20; count += 1) throttle.answered(count < 11 ? 404 : 200);
    assert.deepEqual(throttle.judge(request("bob")), {});
    assert.match(throttle.judge(request("bob")).deviation?.detail ?? "", /1 is the limit after so many failures/);
    clock.advance(1000);
    assert.deepEqual(throttle.judge(request("bob")), {});
    for (let count = 0; count < 20; count += 1) throttle.answered(200);
    assert.deepEqual(throttle.judge(request("bob")), {});
  });
});
