import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { jid } from "../../test/fakes/fake-local-domain.ts";
import { OutboundRecord } from "./outbound-record.ts";

function recordOf() {
  const results: string[] = [];
  const parties = { user: jid("alice@example.com"), contact: jid("bob@contoso.example") };
  const record = new OutboundRecord({ record: ({ result }) => results.push(result) }, parties);
  return { record, results };
}

describe("what is told of a watch of ours", () => {
  test("what the peer shows is told once for each change", () => {
    const { record, results } = recordOf();
    for (const state of ["pending", "pending", "active", "active"] as const) record.shown(state, "c1");
    assert.deepEqual(results, ["pending", "active"]);
  });

  test("it is told again after a failure, and in another dialog", () => {
    const { record, results } = recordOf();
    record.shown("active", "c1");
    record.failed("refused 503", { status: 503 });
    record.shown("active", "c1");
    record.beginAgain();
    record.shown("active", "c2");
    assert.deepEqual(results, ["active", "refused 503", "active", "active"]);
  });
});
