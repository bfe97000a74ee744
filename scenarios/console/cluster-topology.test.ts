import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { MicrosoftEdge, XmppClient } from "@interpres/testkit";
import { missingPeers } from "../harness/peers.ts";
import { arrive, fateOf, SECOND, secondEdge, shown } from "../services/services-bed.ts";
import { ConsoleBed } from "./console-bed.ts";
import type { ConsolePage } from "./console-page.ts";

const CARL = `carl@${SECOND}`;

describe("Cluster Topology in the console", { timeout: 180_000, skip: missingPeers("chromium") }, () => {
  let bed: ConsoleBed;
  let console: ConsolePage;
  let edge: MicrosoftEdge;
  let alice: XmppClient;
  before(async () => {
    bed = await ConsoleBed.start();
    alice = await arrive(bed.road, "alice");
    edge = await secondEdge(bed.road);
    console = await bed.signedIn("/");
    await console.choose("Cluster Topology");
    await console.heading("Cluster Topology").waitFor();
  });
  after(() => bed?.end());

  test("a new proxy domain is kept, and what else has to change with it is said", async () => {
    assert.deepEqual(await console.violations(), []);
    await console.field("SIP Proxy Domain").fill("proxies.example");
    await console.button("Save").click();
    await console.status(/is not in proxies\.example: change it too/);
    const cluster = await bed.road.node.admin.ask("GET", "/cluster");
    assert.equal((cluster as { readonly sipProxyDomain: string }).sipProxyDomain, "proxies.example");
  });

  test("what is no domain is refused at its field", async () => {
    await console.field("SIP Proxy Domain").fill("no domain");
    await console.button("Save").click();
    await console.page.locator("[aria-invalid=true]").waitFor();
    await console.field("SIP Proxy Domain").fill("example.com");
    await console.button("Save").click();
    await console.status("Saved.");
  });

  test("changes wait for a restart once that is chosen, and count at once when it is taken back", async () => {
    await console.field("Saved changes").selectOption("When the service restarts");
    await console.button("Save").click();
    await console.status("Saved.");
    await bed.road.node.admin.ask("POST", "/sip-federated-domains", { domain: SECOND, integrationType: "microsoft" });
    assert.notEqual(await fateOf(alice, edge, CARL), "arrived");
    await console.field("Saved changes").selectOption("At once");
    await console.button("Save").click();
    await console.status("Saved.");
    assert.equal(await fateOf(alice, edge, CARL), "arrived");
  });

  test("a node shows its services and its users, and restarts as a whole after a question", async () => {
    await console.page.getByRole("link", { name: "imp1", exact: true }).click();
    await console.heading("Node imp1").waitFor();
    await console.page.getByRole("table", { name: "Assigned Users" }).getByText("alice@example.com").waitFor();
    await console.page.getByRole("table", { name: "Services" }).getByText("Running").first().waitFor();
    assert.deepEqual(await console.violations(), []);
    const before = (await shown(bed.road, "sip-proxy")).startedAt;
    await console.button("Restart Node").click();
    await console.confirm();
    await console.status("Restarted: imp1");
    assert.notEqual((await shown(bed.road, "sip-proxy")).startedAt, before);
    alice = await arrive(bed.road, "alice");
    assert.equal(await fateOf(alice, edge, CARL), "arrived");
  });
});
