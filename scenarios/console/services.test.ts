import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { XmppClient } from "@interpres/testkit";
import { eventually } from "../harness/eventually.ts";
import { missingPeers } from "../harness/peers.ts";
import { fateOf, SECOND, secondEdge, shown } from "../services/services-bed.ts";
import { ConsoleBed } from "./console-bed.ts";
import type { ConsolePage } from "./console-page.ts";

const TOOLS = "/serviceability/tools";
const BOB = "bob@contoso.example";

describe("services in the console", { timeout: 180_000, skip: missingPeers("chromium") }, () => {
  let bed: ConsoleBed;
  let console: ConsolePage;
  let alice: XmppClient;
  before(async () => {
    bed = await ConsoleBed.start();
    console = await bed.signedIn("/");
    alice = await bed.road.arrive("alice");
  });
  after(() => bed?.end());

  const fate = (to = BOB): Promise<string> => fateOf(alice, bed.road.edge, to);

  test("Service Activation switches federation off and on, and messages are refused and pass", async () => {
    await console.open(`${TOOLS}/service-activation`);
    await console.heading("Service Activation").waitFor();
    assert.deepEqual(await console.violations(), []);
    const activation = console.page.getByRole("radiogroup", { name: "sip-federation: activation" });
    assert.equal(await fate(), "arrived");
    await activation.getByLabel("Deactivated").check();
    await console.button("Save").click();
    await console.status("Saved.");
    await console.row("sip-federation").getByText("Stopped").waitFor();
    assert.notEqual(await fate(), "arrived");
    await activation.getByLabel("Activated", { exact: true }).check();
    await console.button("Save").click();
    await console.row("sip-federation").getByText("Running").waitFor();
    assert.equal(await fate(), "arrived");
  });

  test("Set to Default chooses what a fresh node starts with; saved, that is what runs", async () => {
    const choice = (service: string) => console.page.getByRole("radiogroup", { name: `${service}: activation` });
    await choice("web-client").getByLabel("Deactivated").check();
    await console.button("Save").click();
    await console.row("web-client").getByText("Stopped").waitFor();
    await console.button("Set to Default").click();
    assert.equal(await choice("web-client").getByLabel("Activated", { exact: true }).isChecked(), true);
    assert.equal(await choice("xmpp-federation").getByLabel("Deactivated").isChecked(), true);
    assert.equal((await shown(bed.road, "web-client")).activated, false);
    await console.button("Save").click();
    await console.row("web-client").getByText("Running").waitFor();
    assert.equal((await shown(bed.road, "web-client")).activated, true);
  });

  test("what this release does not have can be neither activated nor ordered", async () => {
    const row = console.row("xmpp-federation");
    assert.equal(await row.getByLabel("Activated", { exact: true }).isDisabled(), true);
    await row.getByText("Not in this release").waitFor();
  });

  test("the proxy is stopped after a question, the bubble leads back to it, and started again", async () => {
    await console.open("/");
    await console.page.getByRole("combobox", { name: "Search the menu" }).fill("Tools Feature Services");
    await console.page.keyboard.press("ArrowDown");
    await console.page.keyboard.press("Enter");
    await console.heading("Control Center - Feature Services").waitFor();
    await console.page.getByRole("radio", { name: "sip-proxy" }).check();
    await console.button("Stop").click();
    await console.page.getByRole("dialog").getByText("Stop sip-proxy on imp1?").waitFor();
    await console.page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    assert.equal((await shown(bed.road, "sip-proxy")).state, "running");
    await console.button("Stop").click();
    await console.confirm();
    await console.status("Stopped: sip-proxy on imp1");
    await console.row("sip-federation").getByText("Degraded").waitFor();
    assert.notEqual(await fate(), "arrived");

    await console.open("/");
    await console.page.getByRole("button", { name: /^Notifications: [1-9]/ }).click();
    await console.page
      .getByRole("dialog", { name: "Notifications" })
      .getByRole("listitem")
      .filter({ hasText: "sip-proxy on imp1 is stopped" })
      .getByRole("link", { name: "Show" })
      .click();
    await console.heading("Control Center - Feature Services").waitFor();
    assert.equal(await console.page.getByRole("radio", { name: "sip-proxy" }).isChecked(), true);
    await console.button("Start").click();
    await console.status("Started: sip-proxy on imp1");
    assert.deepEqual(await console.violations(), []);
    await eventually(async () => assert.equal(await fate(), "arrived"));
  });

  test("what waits for the router's restart is shown there, and its restart names who goes with it", async () => {
    const edge = await secondEdge(bed.road);
    const { admin } = bed.road.node;
    await admin.ask("PATCH", "/cluster/settings", { changeControl: "on-restart" });
    await admin.ask("POST", "/sip-federated-domains", { domain: SECOND, integrationType: "microsoft" });
    assert.match(await fateOf(alice, edge, `carl@${SECOND}`), /not federated|remote-server-not-found/);
    await console.open(`${TOOLS}/control-center-network-services`);
    await console.row("xmpp-router").getByText("Saved changes wait for its restart").waitFor();
    const before = (await shown(bed.road, "xmpp-client")).startedAt;
    await console.page.getByRole("radio", { name: "xmpp-router" }).check();
    await console.button("Restart").click();
    await console.page
      .getByRole("dialog")
      .getByText("Restarted with it, in this order: sip-federation, xmpp-federation, xmpp-client, web-client.")
      .waitFor();
    assert.deepEqual(await console.violations(), []);
    await console.confirm();
    await console.status("Restarted: xmpp-router on imp1");
    await console.row("xmpp-router").getByText("Saved changes wait").waitFor({ state: "hidden" });
    assert.notEqual((await shown(bed.road, "xmpp-client")).startedAt, before);
    alice = await bed.road.arrive("alice");
    assert.equal(await fateOf(alice, edge, `carl@${SECOND}`), "arrived");
  });

  test("an auditor sees the services and may not order them", async () => {
    const auditor = { name: "anna", password: "correct horse" };
    await bed.road.node.admin.ask("POST", "/administrators", { ...auditor, role: "auditor" });
    const hers = await bed.stranger();
    await hers.open(`${TOOLS}/control-center-feature-services/edit/sip-proxy`);
    await hers.signIn(auditor);
    await hers.button("Stop").hover();
    await hers.page.getByRole("tooltip").filter({ hasText: "This needs the role operator" }).waitFor();
    await hers.button("Stop").click({ force: true });
    assert.equal(await hers.page.getByRole("dialog").count(), 0);
    assert.equal((await shown(bed.road, "sip-proxy")).state, "running");
  });
});
