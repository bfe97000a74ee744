import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { XmppClient } from "@interpres/testkit";
import { eventually } from "../harness/eventually.ts";
import { missingPeers } from "../harness/peers.ts";
import { LOCAL } from "../harness/road-bed.ts";
import { isBody } from "../harness/stanzas.ts";
import { fateOf } from "../services/services-bed.ts";
import { ConsoleBed } from "./console-bed.ts";
import type { ConsolePage } from "./console-page.ts";

const ALICE = `alice@${LOCAL}`;
const BOB = "bob@contoso.example";

describe("Users in the console", { timeout: 180_000, skip: missingPeers("chromium") }, () => {
  let bed: ConsoleBed;
  let console: ConsolePage;
  const clients: XmppClient[] = [];
  before(async () => {
    bed = await ConsoleBed.start();
    console = await bed.signedIn("/");
    await console.choose("Users");
    await console.heading("Users").waitFor();
  });
  after(async () => {
    for (const client of clients) client.abort();
    await bed?.end();
  });

  /** Signs in with a password that the console showed, and is available. */
  async function signIn(user: string, password: string): Promise<XmppClient> {
    const at = { port: bed.road.node.ports.xmppClient, domain: LOCAL };
    const client = await XmppClient.login(at, { user, password, resource: "desk" });
    clients.push(client);
    client.send("<presence/>");
    return client;
  }

  let password = "";

  test("who is added without a password gets one, shown once, and it lets her in and write to a foreign domain", async () => {
    assert.deepEqual(await console.violations(), []);
    await console.button("Add New").click();
    await console.field("User ID \\(JID\\)").fill(ALICE);
    await console.field("Display Name").fill("Alice Liddell");
    await console.button("Save").click();
    await console.status(`Added: ${ALICE}`);
    const told = await console.page.getByRole("alert").filter({ hasText: "The password of" }).innerText();
    password = / is (\S{20}) —/.exec(told)?.[1] ?? "";
    assert.deepEqual(await console.violations(), []);
    const alice = await signIn("alice", password);
    assert.equal(await fateOf(alice, bed.road.edge, BOB), "arrived");
    await console.page.reload();
    await console.heading("User Configuration").waitFor();
    assert.equal(await console.page.getByText(password).count(), 0);
  });

  test("what is saved without a password leaves the one she has", async () => {
    await console.field("Display Name").fill("Alice P. Liddell");
    await console.button("Save").click();
    await console.status(`Saved: ${ALICE}`);
    await signIn("alice", password);
  });

  test("who is switched off is signed out, and cannot sign in before she is switched on", async () => {
    const alice = await signIn("alice", password);
    await console.field("Enabled").uncheck();
    await console.button("Save").click();
    await console.status(`Saved: ${ALICE}`);
    await alice.waitForEnd();
    await assert.rejects(signIn("alice", password));
    await console.field("Enabled").check();
    await console.button("Save").click();
    await eventually(async () => void (await signIn("alice", password)));
  });

  test("an address in a foreign domain is refused at its field", async () => {
    await console.button("Add New").click();
    await console.field("User ID \\(JID\\)").fill("eve@elsewhere.example");
    await console.button("Save").click();
    await eventually(async () =>
      assert.equal(await console.field("User ID \\(JID\\)").getAttribute("aria-invalid"), "true"),
    );
    assert.deepEqual(await console.violations(), []);
  });

  test("a CSV file with a wrong line is refused by that line, and nobody is added", async () => {
    await console.choose("Import Users");
    await console.field("Users as CSV").fill("jid,displayName\ncarol@example.com,Carol\ndave@elsewhere.example,Dave\n");
    await console.button("Import").click();
    await console.status(/Nothing was imported\..*lines\.3\.jid/s);
    assert.deepEqual(await console.violations(), []);
    assert.equal((await bed.road.node.admin.try("GET", "/users/carol@example.com")).status, 404);
  });

  test("a right one is imported from a file, and who got a password signs in with it", async () => {
    const csv = "jid,displayName,password\ncarol@example.com,Carol,\ndave@example.com,Dave,secret enough\n";
    const choosing = console.page.waitForEvent("filechooser");
    await console.button("Choose a file: Users as CSV").click();
    await (await choosing).setFiles({ name: "users.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
    await eventually(async () => assert.equal(await console.field("Users as CSV").inputValue(), csv));
    await console.button("Import").click();
    await console.status("Imported: 2");
    const passwords = console.page.getByRole("table", { name: /^Passwords that were made/ });
    assert.equal(await passwords.getByRole("row").count(), 2);
    const carol = await signIn("carol", await passwords.locator("code").innerText());
    const dave = await signIn("dave", "secret enough");
    assert.deepEqual(await console.violations(), []);
    carol.send("<message to='dave@example.com' type='chat'><body>we are in</body></message>");
    await dave.waitFor(isBody("we are in"));
    assert.equal(await fateOf(carol, bed.road.edge, BOB), "arrived");
  });

  test("users are found by their name and deleted after a question", async () => {
    await console.choose("Users");
    await console.page.getByLabel("Field").selectOption("Display Name");
    await console.page.getByLabel("Text to find").fill("dav");
    await console.button("Find").click();
    await console.row("carol@example.com").waitFor({ state: "detached" });
    await console.page.getByLabel("Select dave@example.com").check();
    await console.button("Delete Selected").click();
    await console.confirm();
    await console.status("Deleted: 1");
    await assert.rejects(signIn("dave", "secret enough"));
  });
});
