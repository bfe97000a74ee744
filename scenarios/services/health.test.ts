import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe, test } from "node:test";
import { eventually } from "../harness/eventually.ts";
import { NodeProcess } from "../harness/node-process.ts";

/** What a node says of itself to whoever restarts processes and sends users there. */
describe("health of a node", () => {
  const node = new NodeProcess({ dnsServer: "127.0.0.1:1" });
  before(() => node.start());
  after(() => node.remove());

  const health = async (): Promise<readonly unknown[]> => {
    const alive = await node.admin.try("GET", "/healthz");
    const ready = await node.admin.try("GET", "/readyz");
    const { store, services } = ready.body as {
      readonly store: string;
      readonly services: readonly { readonly name: string; readonly state: string }[];
    };
    const resting = services.filter(({ state }) => state !== "running").map(({ name }) => name);
    return [alive.status, ready.status, store, resting];
  };

  test("is alive and ready", async () => {
    assert.deepEqual(await health(), [200, 200, "writing", []]);
  });

  test("is alive but not ready while SIP federation is stopped", async () => {
    await node.admin.ask("POST", "/nodes/imp1/services/sip-federation/stop");
    assert.deepEqual(await health(), [200, 503, "writing", ["sip-federation"]]);
    await node.admin.ask("POST", "/nodes/imp1/services/sip-federation/start");
    assert.deepEqual(await health(), [200, 200, "writing", []]);
  });

  test("is alive but not ready while somebody holds the database, and ready again afterwards", async () => {
    const other = new DatabaseSync(join(node.dataDirectory, "interpres.db"));
    other.exec("BEGIN IMMEDIATE");
    assert.deepEqual(await health(), [200, 503, "stalled", []]);
    other.exec("ROLLBACK");
    other.close();
    await eventually(async () => assert.deepEqual(await health(), [200, 200, "writing", []]));
  });

  test("answers no more once it is told to end", async () => {
    const { admin } = node;
    assert.equal(await node.stop(), 0);
    await assert.rejects(admin.try("GET", "/readyz"), /ECONNREFUSED/);
  });
});
