import assert from "node:assert/strict";
import type { AdminClient } from "./admin-client.ts";
import { eventually } from "./eventually.ts";

interface DecisionPage {
  readonly items: readonly {
    readonly decisions: readonly { readonly rule: string; readonly inputs: Readonly<Record<string, string>> }[];
  }[];
}

/** The newest refusal by that rule since then (milliseconds since 1970), once it is there: what it compared. */
export async function refusalBy(
  rule: string,
  admin: AdminClient,
  since = 0,
): Promise<Readonly<Record<string, string>>> {
  let inputs: Readonly<Record<string, string>> = {};
  await eventually(async () => {
    const page = (await admin.ask("GET", `/decisions?since=${since}`)) as DecisionPage;
    const decisions = page.items.flatMap((event) => event.decisions);
    const found = decisions.find((decision) => decision.rule === rule);
    assert.ok(found, `no decision by ${rule}, but ${decisions.map((each) => each.rule).join(", ")}`);
    inputs = found.inputs;
  });
  return inputs;
}
