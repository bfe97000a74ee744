import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ADMINISTRATOR } from "../harness/node-process.ts";
import { missingPeers } from "../harness/peers.ts";
import { ConsoleBed, NARROW } from "./console-bed.ts";

const DOMAINS = "/administration/presence/inter-domain-federation/sip-federation";

describe("signing in to the console", { timeout: 120_000, skip: missingPeers("chromium") }, () => {
  let bed: ConsoleBed;
  before(async () => {
    bed = await ConsoleBed.start();
  });
  after(() => bed?.end());

  test("a wrong password is said to be wrong, the right one leads to the page that was asked for", async () => {
    const console = await bed.stranger();
    await console.open(DOMAINS);
    await console.signIn({ ...ADMINISTRATOR, password: "guessed" });
    await console.page.getByRole("alert").filter({ hasText: "name or password is wrong" }).waitFor();
    await console.signIn();
    await console.heading("SIP Federated Domains").waitFor();
    assert.deepEqual(await console.violations("document"), []);
  });

  test("a session that has ended is begun again over the page, and nothing typed is lost", async () => {
    const console = await bed.signedIn(`${DOMAINS}/new`);
    await console.field("Domain Name").fill("fabrikam.example");
    await console.page.context().clearCookies();
    await console.button("Save").click();
    const dialog = console.page.getByRole("dialog", { name: /session has ended/ });
    await dialog.waitFor();
    await dialog.locator("[autocomplete=current-password]").fill(ADMINISTRATOR.password);
    await dialog.getByRole("button", { name: "Sign in" }).click();
    await dialog.waitFor({ state: "hidden" });
    assert.equal(await console.field("Domain Name").inputValue(), "fabrikam.example");
    await console.button("Save").click();
    await console.status("Added: fabrikam.example");
  });

  test("who signs out has to sign in again, also by the back button", async () => {
    const console = await bed.signedIn(DOMAINS);
    await console.button("Sign out").click();
    await console.button("Sign in").waitFor();
    await console.page.reload();
    await console.button("Sign in").waitFor();
  });

  test("an auditor sees everything and is told why she may change nothing", async () => {
    const auditor = { name: "anna", password: "correct horse" };
    await bed.road.node.admin.ask("POST", "/administrators", { ...auditor, role: "auditor" });
    const console = await bed.stranger();
    await console.open(DOMAINS);
    await console.signIn(auditor);
    await console.row("contoso.example").waitFor();
    await console.button("Add New").hover();
    await console.page
      .getByRole("tooltip")
      .filter({ hasText: "This needs the role administrator; yours is auditor." })
      .waitFor();
    await console.button("Add New").click({ force: true });
    await console.heading("SIP Federated Domains").waitFor();
  });

  test("on a telephone the menu lies over the page until a page is chosen", async () => {
    const console = await bed.signedIn("/", NARROW);
    await console.heading("Overview").waitFor();
    assert.equal(await console.page.getByRole("navigation").isVisible(), false);
    await console.button("Menu").click();
    assert.deepEqual(await console.violations("document"), []);
    await console.choose("SIP Federation");
    await console.heading("SIP Federated Domains").waitFor();
    assert.equal(await console.page.getByRole("navigation").isVisible(), false);
    const width = await console.page.evaluate("document.documentElement.scrollWidth");
    assert.equal(width, NARROW.width);
  });

  test("the page's policy stood in nobody's way", () => {
    const complaints = bed.browser.complaints.filter((text) => !/status of (401|400)/.test(text));
    assert.deepEqual(complaints, []);
  });
});
