import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { buildRequest } from "../message/build-request.ts";
import { buildResponse } from "../message/build-response.ts";
import type { SipResponse } from "../message/message.ts";
import { inviteServer, type State } from "./invite-server.ts";
import type { ServerEffect, ServerInput } from "./server-machine.ts";
import { defaultBaseTimers, transactionTimers } from "./timers.ts";

const udp = transactionTimers(defaultBaseTimers, "unreliable");
const tls = transactionTimers(defaultBaseTimers, "reliable");
const invite = buildRequest({ method: "INVITE", requestUri: "sip:a@b.example", headers: [] });

function response(status: number): SipResponse {
  return buildResponse(invite, status);
}

function respond(status: number): ServerInput {
  return { kind: "respond", response: response(status) };
}

const silent: State = { name: "proceeding", provisional: "none" };
const trying: State = { name: "proceeding", provisional: "trying" };
const ringing: State = { name: "proceeding", provisional: response(180) };
const completed: State = { name: "completed", final: response(486), retransmitMs: 2000 };
const accepted: State = { name: "accepted" };
const repeated: ServerInput = { kind: "repeated" };
const acknowledged: ServerInput = { kind: "acknowledged" };

interface Row {
  readonly rule: string;
  readonly from: State;
  readonly on: ServerInput;
  readonly over?: typeof udp;
  readonly to: State["name"];
  readonly does: readonly string[];
}

const rows: readonly Row[] = [
  {
    rule: "§17.2.1 says 100 after 200 ms",
    from: silent,
    on: { kind: "timer", timer: "P" },
    to: "proceeding",
    does: ["send-trying"],
  },
  { rule: "§17.2.1 says nothing to a repeat before that", from: silent, on: repeated, to: "proceeding", does: [] },
  { rule: "§17.2.1 repeats its 100", from: trying, on: repeated, to: "proceeding", does: ["send-trying"] },
  {
    rule: "§17.2.1 repeats the last provisional response",
    from: ringing,
    on: repeated,
    to: "proceeding",
    does: ["send 180"],
  },
  { rule: "§17.2.1 no 100 behind a 180", from: ringing, on: { kind: "timer", timer: "P" }, to: "proceeding", does: [] },
  {
    rule: "§17.2.1 a refusal over UDP starts G and H",
    from: ringing,
    on: respond(486),
    to: "completed",
    does: ["start H 32000", "start G 500", "send 486"],
  },
  {
    rule: "§17.2.1 a refusal over TLS starts only H",
    from: ringing,
    on: respond(486),
    over: tls,
    to: "completed",
    does: ["start H 32000", "send 486"],
  },
  {
    rule: "§17.2.1 G repeats the refusal and doubles up to T2",
    from: completed,
    on: { kind: "timer", timer: "G" },
    to: "completed",
    does: ["send 486", "start G 4000"],
  },
  {
    rule: "§17.2.1 a repeat gets the refusal again",
    from: completed,
    on: repeated,
    to: "completed",
    does: ["send 486"],
  },
  {
    rule: "§17.2.1 ACK over UDP: confirmed for I",
    from: completed,
    on: acknowledged,
    to: "confirmed",
    does: ["stop G", "start I 5000"],
  },
  { rule: "§17.2.1 ACK over TLS ends it", from: completed, on: acknowledged, over: tls, to: "terminated", does: [] },
  {
    rule: "§17.2.1 H without ACK is told",
    from: completed,
    on: { kind: "timer", timer: "H" },
    to: "terminated",
    does: ["fail"],
  },
  { rule: "§17.2.1 no second final response", from: completed, on: respond(200), to: "completed", does: [] },
  {
    rule: "RFC 6026 §7.1 2xx leads to accepted for L",
    from: ringing,
    on: respond(200),
    to: "accepted",
    does: ["start L 32000", "send 200"],
  },
  { rule: "RFC 6026 §7.1 repeats of the INVITE are absorbed", from: accepted, on: repeated, to: "accepted", does: [] },
  {
    rule: "RFC 6026 §7.1 the user's repeated 2xx is sent",
    from: accepted,
    on: respond(200),
    to: "accepted",
    does: ["send 200"],
  },
  {
    rule: "RFC 6026 §7.1 ACK belongs to the user",
    from: accepted,
    on: acknowledged,
    to: "accepted",
    does: ["pass-acknowledgement"],
  },
  { rule: "RFC 6026 §7.1 L ends it", from: accepted, on: { kind: "timer", timer: "L" }, to: "terminated", does: [] },
];

describe("INVITE server transaction (RFC 3261 §17.2.1, RFC 6026)", () => {
  for (const { rule, from, on, over, to, does } of rows) {
    test(rule, () => {
      const next = inviteServer.step(from, on, over ?? udp);
      assert.equal(next.state.name, to);
      assert.deepEqual(next.effects.map(described), does);
    });
  }
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
