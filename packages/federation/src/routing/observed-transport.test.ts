import assert from "node:assert/strict";
import { test } from "node:test";
import type { NextHop, SipRequest, SipTransport, TransportFailure } from "@interpres/sip";
import { observedTransport } from "./observed-transport.ts";

const hop: NextHop = {
  host: "a.example",
  port: 5061,
  protocol: "tls",
  domain: "contoso.example",
  from: "static-route 1",
};

function failing(cause: TransportFailure["cause"]): SipTransport {
  return {
    onMessage: () => undefined,
    onProblem: () => undefined,
    onConnectionClosed: () => undefined,
    sendResponse: () => undefined,
    sendRequest: (_request, to, failed) => failed({ cause, hop: to, detail: "" }),
  };
}

const rows: readonly (readonly [TransportFailure["cause"], "told" | "not told"])[] = [
  ["connect-failed", "told"],
  ["tls-failed", "told"],
  ["connection-lost", "told"],
  ["shut-down", "not told"],
];
for (const [cause, outcome] of rows)
  test(`that a hop failed by ${cause} is ${outcome}`, () => {
    const failed: NextHop[] = [];
    const observer = { hopFailed: (at: NextHop) => void failed.push(at), hopAnswered: () => undefined };
    const causes: string[] = [];
    observedTransport(failing(cause), observer).sendRequest({} as SipRequest, hop, (failure) =>
      causes.push(failure.cause),
    );
    assert.deepEqual(causes, [cause]);
    assert.deepEqual(failed, outcome === "told" ? [hop] : []);
  });
