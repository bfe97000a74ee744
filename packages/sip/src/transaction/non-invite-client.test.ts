import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { buildRequest } from "../message/build-request.ts";
import { buildResponse } from "../message/build-response.ts";
import type { SipResponse } from "../message/message.ts";
import type { ClientInput } from "./client-machine.ts";
import { nonInviteClient, type State } from "./non-invite-client.ts";
import { defaultBaseTimers, transactionTimers } from "./timers.ts";

const udp = transactionTimers(defaultBaseTimers, "unreliable");
const tls = transactionTimers(defaultBaseTimers, "reliable");

function response(status: number): SipResponse {
  return buildResponse(buildRequest({ method: "MESSAGE", requestUri: "sip:a@b.example", headers: [] }), status);
}

function answer(status: number): ClientInput {
  return { kind: "response", response: response(status) };
}

const trying: State = { name: "trying", retransmitMs: 500 };
const slow: State = { name: "trying", retransmitMs: 4000 };
const proceeding: State = { name: "proceeding" };
const completed: State = { name: "completed" };

interface Row {
  readonly rule: string;
  readonly from: State;
  readonly on: ClientInput;
  readonly over?: typeof udp;
  readonly to: State["name"];
  /** Effects by kind, timers with letter and milliseconds. */
  readonly does: readonly string[];
}

const rows: readonly Row[] = [
  {
    rule: "E repeats the request and doubles",
    from: trying,
    on: { kind: "timer", timer: "E" },
    to: "trying",
    does: ["send", "start E 1000"],
  },
  {
    rule: "E does not grow beyond T2",
    from: slow,
    on: { kind: "timer", timer: "E" },
    to: "trying",
    does: ["send", "start E 4000"],
  },
  {
    rule: "E is T2 in proceeding",
    from: proceeding,
    on: { kind: "timer", timer: "E" },
    to: "proceeding",
    does: ["send", "start E 4000"],
  },
  {
    rule: "F in trying is a timeout",
    from: trying,
    on: { kind: "timer", timer: "F" },
    to: "terminated",
    does: ["fail timeout"],
  },
  {
    rule: "F in proceeding is a timeout",
    from: proceeding,
    on: { kind: "timer", timer: "F" },
    to: "terminated",
    does: ["fail timeout"],
  },
  { rule: "a provisional response is passed", from: trying, on: answer(100), to: "proceeding", does: ["pass 100"] },
  {
    rule: "a final response over UDP waits K for repeats",
    from: trying,
    on: answer(200),
    to: "completed",
    does: ["stop E", "start K 5000", "pass 200"],
  },
  {
    rule: "a final response over TLS ends it at once",
    from: trying,
    on: answer(200),
    over: tls,
    to: "terminated",
    does: ["pass 200"],
  },
  {
    rule: "an error is as final as a success",
    from: proceeding,
    on: answer(403),
    over: tls,
    to: "terminated",
    does: ["pass 403"],
  },
  { rule: "a repeated final response is swallowed", from: completed, on: answer(200), to: "completed", does: [] },
  { rule: "K ends it", from: completed, on: { kind: "timer", timer: "K" }, to: "terminated", does: [] },
  {
    rule: "a transport error is told",
    from: trying,
    on: { kind: "transport-failed" },
    to: "terminated",
    does: ["fail transport"],
  },
  {
    rule: "a transport error after the answer is nobody's business",
    from: completed,
    on: { kind: "transport-failed" },
    to: "completed",
    does: [],
  },
];

describe("non-INVITE client transaction (RFC 3261 §17.1.2)", () => {
  for (const { rule, from, on, over, to, does } of rows) {
    test(rule, () => {
      const next = nonInviteClient.step(from, on, over ?? udp);
      assert.equal(next.state.name, to);
      assert.deepEqual(next.effects.map(described), does);
    });
  }

  test("starts E and F over UDP", () => {
    assert.deepEqual(nonInviteClient.start(udp).effects.map(described), ["start F 32000", "start E 500", "send"]);
  });

  test("starts only F over TLS", () => {
    assert.deepEqual(nonInviteClient.start(tls).effects.map(described), ["start F 32000", "send"]);
  });
});

function described(effect: ReturnType<typeof nonInviteClient.step>["effects"][number]): string {
  switch (effect.kind) {
    case "send":
      return "send";
    case "acknowledge":
    case "pass":
      return `${effect.kind} ${effect.response.status}`;
    case "fail":
      return `fail ${effect.cause}`;
    case "start":
      return `start ${effect.timer} ${effect.delayMs}`;
    case "stop":
      return `stop ${effect.timer}`;
  }
}
