import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { StanzaErrorCondition } from "@interpres/xmpp";
import { statusOfCondition } from "./stanza-to-status.ts";
import { stanzaOfStatus } from "./status-to-stanza.ts";

describe("stanza errors as SIP statuses (RFC 7247 §7.1)", () => {
  const rows: readonly [StanzaErrorCondition, number, number][] = [
    ["bad-request", 400, 400],
    ["feature-not-implemented", 405, 501],
    ["forbidden", 403, 603],
    ["gone", 410, 410],
    ["item-not-found", 404, 404],
    ["not-acceptable", 406, 606],
    ["recipient-unavailable", 480, 480],
    ["remote-server-timeout", 408, 408],
    ["policy-violation", 403, 403],
  ];
  for (const [condition, full, bare] of rows) {
    test(condition, () => {
      assert.equal(statusOfCondition(condition, "full-jid"), full);
      assert.equal(statusOfCondition(condition, "bare-jid"), bare);
    });
  }

  test("service-unavailable is never 503 (note 5), and no challenge is made up", () => {
    for (const scope of ["full-jid", "bare-jid"] as const) {
      assert.equal(statusOfCondition("service-unavailable", scope), 403);
      assert.equal(statusOfCondition("not-authorized", scope), 403);
      assert.equal(statusOfCondition("registration-required", scope), 403);
    }
  });
});

describe("SIP statuses as stanza errors (RFC 7247 §7.2)", () => {
  const rows: readonly [number, string, string][] = [
    [302, "redirect", "modify"],
    [403, "forbidden", "auth"],
    [404, "item-not-found", "cancel"],
    [408, "remote-server-timeout", "wait"],
    [413, "policy-violation", "modify"],
    [415, "not-acceptable", "modify"],
    [480, "recipient-unavailable", "wait"],
    [481, "item-not-found", "cancel"],
    [486, "recipient-unavailable", "wait"],
    [488, "not-acceptable", "modify"],
    [503, "internal-server-error", "cancel"],
    [504, "remote-server-timeout", "wait"],
    [603, "recipient-unavailable", "wait"],
    [606, "not-acceptable", "modify"],
    [399, "redirect", "modify"],
    [499, "bad-request", "modify"],
    [599, "internal-server-error", "cancel"],
    [699, "recipient-unavailable", "wait"],
  ];
  for (const [status, condition, type] of rows) {
    test(`${status} is ${condition}`, () => assert.deepEqual(stanzaOfStatus(status), { type, condition }));
  }
});
