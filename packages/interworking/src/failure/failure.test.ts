import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { StanzaErrorCondition } from "@interpres/xmpp";
import { statusOfCondition } from "./stanza-to-status.ts";
import { stanzaOfStatus } from "./status-to-stanza.ts";

describe("stanza errors as SIP statuses (RFC 7247 §7.1, table 2)", () => {
  /** About a device, and about the user altogether (notes 1 and 2). */
  const rows: Readonly<Record<StanzaErrorCondition, readonly [full: number, bare: number]>> = {
    "bad-request": [400, 400],
    conflict: [400, 400],
    "feature-not-implemented": [405, 501],
    forbidden: [403, 603],
    gone: [410, 410],
    "internal-server-error": [500, 500],
    // Peers show 604 and 600 as faults of the service: both 4xx.
    "item-not-found": [404, 404],
    "jid-malformed": [400, 400],
    "not-acceptable": [406, 606],
    "not-allowed": [403, 403],
    // A challenge (401, 407) would be without credentials to answer it with.
    "not-authorized": [403, 403],
    "policy-violation": [403, 403],
    "recipient-unavailable": [480, 480],
    redirect: [302, 302],
    "registration-required": [403, 403],
    "remote-server-not-found": [404, 404],
    "remote-server-timeout": [408, 408],
    "resource-constraint": [500, 500],
    // Never 503, by which a peer would shun the whole node (note 5).
    "service-unavailable": [403, 403],
    "subscription-required": [400, 400],
    "undefined-condition": [400, 400],
    "unexpected-request": [400, 400],
  };
  for (const [condition, statuses] of Object.entries(rows) as [StanzaErrorCondition, readonly number[]][]) {
    test(`${condition} is ${statuses.join(" of a device, ")} of the user`, () => {
      const found = (["full-jid", "bare-jid"] as const).map((scope) => statusOfCondition(condition, scope));
      assert.deepEqual(found, statuses);
    });
  }

  test("no condition is 401, 407 or 503", () => {
    const all = Object.values(rows).flat();
    assert.deepEqual(
      all.filter((status) => [401, 407, 503].includes(status)),
      [],
    );
  });
});

describe("SIP statuses as stanza errors (RFC 7247 §7.2, table 3; types by RFC 6120 §8.3.3)", () => {
  const rows: readonly (readonly [string, string, readonly number[]])[] = [
    ["redirect", "modify", [300, 302, 305, 399]],
    ["gone", "cancel", [301, 410]],
    ["not-acceptable", "modify", [380, 406, 415, 416, 421, 482, 483, 488, 505, 606]],
    ["bad-request", "modify", [400, 402, 493, 499]],
    ["not-authorized", "auth", [401]],
    ["forbidden", "auth", [403]],
    ["item-not-found", "cancel", [404, 481, 484, 485, 604]],
    ["feature-not-implemented", "cancel", [405, 420, 439, 501]],
    ["registration-required", "auth", [407]],
    ["remote-server-timeout", "wait", [408, 504]],
    ["policy-violation", "modify", [413, 414, 440, 489, 513]],
    ["resource-constraint", "wait", [423]],
    ["recipient-unavailable", "wait", [430, 480, 486, 487, 600, 603, 699]],
    ["unexpected-request", "wait", [491]],
    ["internal-server-error", "cancel", [500, 503, 599]],
    ["remote-server-not-found", "cancel", [502]],
  ];
  for (const [condition, type, statuses] of rows) {
    for (const status of statuses) {
      test(`${status} is ${condition}`, () => assert.deepEqual(stanzaOfStatus(status), { type, condition }));
    }
  }
});
