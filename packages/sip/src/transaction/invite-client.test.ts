import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { buildRequest } from "../message/build-request.ts";
import { buildResponse } from "../message/build-response.ts";
import type { ClientInput } from "./client-machine.ts";
import { inviteClient, type State } from "./invite-client.ts";
import { defaultBaseTimers, transactionTimers } from "./timers.ts";

const udp = transactionTimers(defaultBaseTimers, "unreliable");
const tls = transactionTimers(defaultBaseTimers, "reliable");
const invite = buildRequest({ method: "INVITE", requestUri: "sip:a@b.example", headers: [] });

function answer(status: number): ClientInput {
  return { kind: "response", response: buildResponse(invite, status) };
}

const calling: State = { name: "calling", retransmitMs: 8000 };
const proceeding: State = { name: "proceeding" };
const completed: State = { name: "completed" };
const accepted: State = { name: "accepted" };

interface Row {
  readonly rule: string;
  readonly from: State;
  readonly on: ClientInput;
  readonly over?: typeof udp;
  readonly to: State["name"];
  readonly does: readonly string[];
}

const rows: readonly Row[] = [
  {
    rule: "§17.1.1.2 A doubles without a bound",
    from: calling,
    on: { kind: "timer", timer: "A" },
    to: "calling",
    does: ["send", "start A 16000"],
  },
  {
    rule: "§17.1.1.2 B in calling is a timeout",
    from: calling,
    on: { kind: "timer", timer: "B" },
    to: "terminated",
    does: ["fail timeout"],
  },
  {
    rule: "§17.1.1.2 1xx stops A and B",
    from: calling,
    on: answer(180),
    to: "proceeding",
    does: ["stop A", "stop B", "pass 180"],
  },
  {
    rule: "§17.1.1.2 more 1xx are passed, and §9.1 B goes on where a CANCEL started it",
    from: proceeding,
    on: answer(183),
    to: "proceeding",
    does: ["pass 183"],
  },
  {
    rule: "§17.1.1.2 a refusal is acknowledged and passed, D over UDP",
    from: proceeding,
    on: answer(486),
    to: "completed",
    does: ["stop A", "stop B", "acknowledge 486", "start D 32000", "pass 486"],
  },
  {
    rule: "§17.1.1.2 a refusal over TLS ends it",
    from: calling,
    on: answer(603),
    over: tls,
    to: "terminated",
    does: ["acknowledge 603", "pass 603"],
  },
  {
    rule: "§17.1.1.2 a repeated refusal is acknowledged again, not passed",
    from: completed,
    on: answer(486),
    to: "completed",
    does: ["acknowledge 486"],
  },
  { rule: "§17.1.1.2 D ends it", from: completed, on: { kind: "timer", timer: "D" }, to: "terminated", does: [] },
  {
    rule: "§17.1.1.2 a transport error is told",
    from: calling,
    on: { kind: "transport-failed" },
    to: "terminated",
    does: ["fail transport"],
  },
  {
    rule: "RFC 6026 §8.4 2xx leads to accepted for M",
    from: calling,
    on: answer(200),
    to: "accepted",
    does: ["stop A", "stop B", "start M 32000", "pass 200"],
  },
  {
    rule: "RFC 6026 §8.4 further 2xx are passed, the user acknowledges",
    from: accepted,
    on: answer(200),
    to: "accepted",
    does: ["pass 200"],
  },
  {
    rule: "RFC 6026 §8.4 other late responses are swallowed in accepted",
    from: accepted,
    on: answer(486),
    to: "accepted",
    does: [],
  },
  { rule: "RFC 6026 §8.4 M ends it", from: accepted, on: { kind: "timer", timer: "M" }, to: "terminated", does: [] },
  {
    rule: "§9.1 after CANCEL 64*T1 without an end is the end",
    from: proceeding,
    on: { kind: "cancelled" },
    to: "proceeding",
    does: ["start B 32000"],
  },
  {
    rule: "§9.1 and then it counts as timeout",
    from: proceeding,
    on: { kind: "timer", timer: "B" },
    to: "terminated",
    does: ["fail timeout"],
  },
];

describe("INVITE client transaction (RFC 3261 §17.1.1, RFC 6026)", () => {
  for (const { rule, from, on, over, to, does } of rows) {
    test(rule, () => {
      const next = inviteClient.step(from, on, over ?? udp);
      assert.equal(next.state.name, to);
      assert.deepEqual(next.effects.map(described), does);
    });
  }

  test("§17.1.1.2 starts A and B over UDP", () => {
    assert.deepEqual(inviteClient.start(udp).effects.map(described), ["start B 32000", "start A 500", "send"]);
  });

  test("§17.1.1.2 starts only B over TLS", () => {
    assert.deepEqual(inviteClient.start(tls).effects.map(described), ["start B 32000", "send"]);
  });
});

function described(effect: ReturnType<typeof inviteClient.step>["effects"][number]): string {
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
