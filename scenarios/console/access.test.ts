import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AdminClient } from "../harness/admin-client.ts";
import { ADMINISTRATOR } from "../harness/node-process.ts";
import { missingPeers } from "../harness/peers.ts";
import { fateOf, SECOND, secondEdge } from "../services/services-bed.ts";
import { ConsoleBed } from "./console-bed.ts";
import type { ConsolePage } from "./console-page.ts";

const OLGA = { name: "olga", password: "correct horse" };

describe("Administrators, tokens, audit and one's own password in the console", {
  timeout: 180_000,
  skip: missingPeers("chromium"),
}, () => {
  let bed: ConsoleBed;
  let console: ConsolePage;
  before(async () => {
    bed = await ConsoleBed.start();
    console = await bed.signedIn("/");
  });
  after(() => bed?.end());

  test("an operator who is added may order services and change nothing", async () => {
    await console.choose("Administrators");
    await console.row("admin").waitFor();
    assert.deepEqual(await console.violations(), []);
    await console.button("Add New").click();
    await console.field("Name").fill(OLGA.name);
    await console.field("Role").selectOption("Operator: services, diagnostics");
    await console.field("Password").fill(OLGA.password);
    await console.button("Save").click();
    await console.status("Added: olga");
    assert.deepEqual(await console.violations(), []);
    const hers = await bed.stranger();
    await hers.open("/serviceability/tools/control-center-feature-services/edit/sip-proxy");
    await hers.signIn(OLGA);
    await hers.button("Restart").click();
    await hers.confirm();
    await hers.status("Restarted: sip-proxy");
    await hers.open("/administration/access/administrators");
    await hers.status(/role/);
  });

  test("what is saved without a password leaves hers; with a role that is taken back she may not restart any more", async () => {
    await console.field("Role").selectOption("Auditor: reads");
    await console.button("Save").click();
    await console.status("Saved: olga");
    const hers = await bed.stranger();
    await hers.open("/serviceability/tools/control-center-feature-services/edit/sip-proxy");
    await hers.signIn(OLGA);
    await hers.button("Restart").hover();
    await hers.page.getByRole("tooltip").filter({ hasText: "This needs the role operator" }).waitFor();
  });

  test("nobody can be made who has too short a password, and the last administrator stays", async () => {
    await console.button("Add New").click();
    await console.field("Name").fill("eve");
    await console.field("Password").fill("short");
    await console.button("Save").click();
    await console.status(/8 characters/);
    await console.page
      .getByRole("main")
      .locator("[id$=error]")
      .filter({ hasText: /8 characters/ })
      .waitFor();
    assert.equal((await bed.road.node.admin.try("GET", "/administrators/eve")).status, 404);
    assert.deepEqual(await console.violations(), []);
    await console.choose("Administrators");
    await console.page.getByLabel("Select admin").check();
    await console.button("Delete Selected").click();
    await console.confirm();
    await console.status(/last administrator/);
  });

  test("a token is shown once, adds a domain by the API to which messages then pass, and is refused once it has ended", async () => {
    await console.choose("API Tokens");
    await console.heading("API Tokens").waitFor();
    await console.field("Name").fill("provisioning");
    await console.field("Role").selectOption("Administrator: everything");
    await console.button("Create").click();
    await console.status("Added: provisioning");
    const token = await console.page.getByRole("alert").locator("code").innerText();
    assert.deepEqual(await console.violations(), []);
    const { authorityPem, ports } = bed.road.node;
    const api = new AdminClient({ url: `https://localhost:${ports.admin}`, token, ca: authorityPem });
    const edge = await secondEdge(bed.road);
    await api.ask("POST", "/sip-federated-domains", { domain: SECOND, integrationType: "microsoft" });
    const alice = await bed.road.arrive("alice");
    assert.equal(await fateOf(alice, edge, `carl@${SECOND}`), "arrived");
    await console.button("End provisioning").click();
    await console.confirm();
    await console.status("Ended: provisioning");
    assert.equal((await api.try("GET", "/sip-federated-domains")).status, 401);
    await console.page.reload();
    await console.heading("API Tokens").waitFor();
    assert.equal(await console.page.getByText(token).count(), 0);
  });

  test("the audit has who, what, old and new side by side, and finds by who", async () => {
    await console.choose("Audit");
    await console.row("sip-federated-domains/fabrikam.example").waitFor();
    const changed = console.row("administrators/olga").filter({ hasText: "update" });
    await changed.getByText(/^Fields: \d+$/).click();
    const values = console.page.getByRole("table", { name: "administrators/olga" }).first();
    await values.getByRole("row").filter({ hasText: "role" }).getByText("operator").waitFor();
    await values.getByRole("row").filter({ hasText: "role" }).getByText("auditor").waitFor();
    assert.deepEqual(await console.violations(), []);
    await console.page.getByLabel("Who", { exact: true }).fill("olga");
    await console.button("Find").click();
    await console.row("nodes/imp1/services/sip-proxy").waitFor();
    await console.row("administrators/olga").first().waitFor({ state: "detached" });
    await console.button("Clear Filter").click();
    await console.row("administrators/olga").first().waitFor();
  });

  test("the audit finds by what was done, to what and when; what is looked for stands in the URL", async () => {
    await console.page.getByLabel("What", { exact: true }).selectOption("update");
    await console.page.getByLabel("Of what").fill("Administrators/olga");
    await console.button("Find").click();
    await console.row("administrators/olga").filter({ hasText: "create" }).waitFor({ state: "detached" });
    await console.row("administrators/olga").filter({ hasText: "update" }).first().waitFor();
    await console.page.reload();
    await console.row("administrators/olga").filter({ hasText: "update" }).first().waitFor();
    assert.equal(await console.page.getByLabel("What", { exact: true }).inputValue(), "update");
    await console.page.getByLabel("Until").fill("2020-01-01T00:00");
    await console.button("Find").click();
    await console.row("administrators/olga").first().waitFor({ state: "detached" });
    await console.page.getByLabel("Until").fill("");
    await console.page.getByLabel("From").fill("2020-01-01T00:00");
    await console.button("Find").click();
    await console.row("administrators/olga").first().waitFor();
    assert.deepEqual(await console.violations(), []);
    await console.page.goBack();
    await console.row("administrators/olga").first().waitFor({ state: "detached" });
    assert.equal(await console.page.getByLabel("Until").inputValue(), "2020-01-01T00:00");
  });

  test("who changes her password has to sign in with the new one, and goes on where she was", async () => {
    await console.choose("My Password");
    await console.field("Current password").fill("guessed wrong");
    await console.field("New password").fill("a better password");
    await console.button("Change").click();
    await console.status(/wrong/);
    await console.field("Current password").fill(ADMINISTRATOR.password);
    assert.deepEqual(await console.violations(), []);
    await console.button("Change").click();
    const dialog = console.page.getByRole("dialog", { name: /session has ended/ });
    await dialog.locator("[autocomplete=current-password]").fill("a better password");
    await dialog.getByRole("button", { name: "Sign in" }).click();
    await dialog.waitFor({ state: "hidden" });
    await console.choose("Administrators");
    await console.row("olga").waitFor();
  });
});
