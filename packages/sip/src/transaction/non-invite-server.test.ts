import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { buildRequest } from "../message/build-request.ts";
import { buildResponse } from "../message/build-response.ts";
import type { SipResponse } from "../message/message.ts";
import { nonInviteServer, type State } from "./non-invite-server.ts";
import type { ServerEffect, ServerInput } from "./server-machine.ts";
import { defaultBaseTimers, transactionTimers } from "./timers.ts";

const udp = transactionTimers(defaultBaseTimers, "unreliable");
const tls = transactionTimers(defaultBaseTimers, "reliable");
const message = buildRequest({ method: "MESSAGE", requestUri: "sip:a@b.example", headers: [] });

function response(status: number): SipResponse {
  return buildResponse(message, status);
}

function respond(status: number): ServerInput {
  return { kind: "respond", response: response(status) };
}

const trying: State = { name: "trying" };
const proceeding: State = { name: "proceeding" };
const completed: State = { name: "completed", final: response(200) };
const repeated: ServerInput = { kind: "repeated" };

interface Row {
  readonly rule: string;
  readonly from: State;
  readonly on: ServerInput;
  readonly over?: typeof udp;
  readonly to: State["name"];
  readonly does: readonly string[];
}

const rows: readonly Row[] = [
  { rule: "§17.2.2 a repeat in trying is swallowed", from: trying, on: repeated, to: "trying", does: [] },
  {
    rule: "§17.2.2 a repeat in proceeding gets the 100 again",
    from: proceeding,
    on: repeated,
    to: "proceeding",
    does: ["send-trying"],
  },
  {
    rule: "§17.2.2 a repeat in completed gets the final response again",
    from: completed,
    on: repeated,
    to: "completed",
    does: ["send 200"],
  },
  {
    rule: "§17.2.2 the final response over UDP is kept for J",
    from: trying,
    on: respond(200),
    to: "completed",
    does: ["send 200", "start J 32000"],
  },
  {
    rule: "§17.2.2 over TLS nothing is kept",
    from: trying,
    on: respond(200),
    over: tls,
    to: "terminated",
    does: ["send 200"],
  },
  { rule: "§17.2.2 a second final response is not sent", from: completed, on: respond(500), to: "completed", does: [] },
  { rule: "§17.2.2 J ends it", from: completed, on: { kind: "timer", timer: "J" }, to: "terminated", does: [] },
  { rule: "RFC 4320 §4.1 no provisional response but our 100", from: trying, on: respond(180), to: "trying", does: [] },
  {
    rule: "RFC 4320 §4.1 100 once Timer E reached T2",
    from: trying,
    on: { kind: "timer", timer: "P" },
    to: "proceeding",
    does: ["start F 28500", "send-trying"],
  },
  { rule: "RFC 4320 §4.2 no 408", from: proceeding, on: respond(408), to: "proceeding", does: [] },
  {
    rule: "RFC 4320 §4.2 no answer once the client gave up",
    from: proceeding,
    on: { kind: "timer", timer: "F" },
    to: "terminated",
    does: ["fail"],
  },
];

describe("non-INVITE server transaction (RFC 3261 §17.2.2, RFC 4320)", () => {
  for (const { rule, from, on, over, to, does } of rows) {
    test(rule, () => {
      const next = nonInviteServer.step(from, on, over ?? udp);
      assert.equal(next.state.name, to);
      assert.deepEqual(next.effects.map(described), does);
    });
  }

  test("RFC 4320 §4.1 waits 3.5 s before its 100", () => {
    assert.deepEqual(nonInviteServer.start(udp).effects.map(described), ["start P 3500"]);
  });
});

function described(effect: ServerEffect): string {
  switch (effect.kind) {
    case "send":
      return `send ${effect.response.status}`;
    case "start":
      return `start ${effect.timer} ${effect.delayMs}`;
    case "stop":
      return `stop ${effect.timer}`;
    case "send-trying":
    case "pass-acknowledgement":
    case "fail":
      return effect.kind;
  }
}
