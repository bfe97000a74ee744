import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { attribute } from "@interpres/xmpp/xml";
import { eventually } from "../harness/eventually.ts";
import { ADMINISTRATOR } from "../harness/node-process.ts";
import { missingPeers } from "../harness/peers.ts";
import { PlainPeer } from "../harness/plain-peer.ts";
import { isPresence, sender } from "../harness/stanzas.ts";
import { ConsoleBed } from "./console-bed.ts";
import type { ConsolePage } from "./console-page.ts";

const BOB = "bob@contoso.example";
const JID = "alice@example.com";
const PARTNER = "partner.example";
const MAIL = "alice.smith@example.com";

/** Forms with something wrong in one field: what is typed, and what is pressed then. */
const MISTAKES: readonly {
  readonly path: string;
  readonly typed: Readonly<Record<string, string>>;
  readonly at: string;
  readonly press: string;
}[] = [
  {
    path: "/administration/presence/routing/static-routes/new",
    typed: { "Destination Pattern": "nowhere.example", "Next Hop": "no host" },
    at: "Next Hop",
    press: "Save",
  },
  {
    path: "/administration/presence/routing/static-routes/new",
    typed: { "Destination Pattern": "two..dots", "Next Hop": "host.example" },
    at: "Destination Pattern",
    press: "Save",
  },
  {
    path: "/administration/system/security/tls-peer-subjects/new",
    typed: { "Peer Subject Name": "bell\u0007" },
    at: "Peer Subject Name",
    press: "Save",
  },
  { path: "/administration/access/api-tokens", typed: { Name: "" }, at: "Name", press: "Create" },
  {
    path: "/administration/access/my-password",
    typed: { "Current password": ADMINISTRATOR.password, "New password": "short" },
    at: "New password",
    press: "Change",
  },
];

describe("settings in the console", { timeout: 120_000, skip: missingPeers("chromium") }, () => {
  let bed: ConsoleBed;
  let console: ConsolePage;
  before(async () => {
    bed = await ConsoleBed.start({ withTcpAndUdp: "tcp-and-udp" });
    console = await bed.signedIn("/");
  });
  after(() => bed?.end());

  async function chooseSipProxy(): Promise<void> {
    await console.choose("Service Parameters");
    await console.field("Server").selectOption("imp1");
    await console.field("Service").selectOption("SIP Proxy (Active)");
  }

  test("System > Service Parameters: the IM gateway is switched off, and messages are refused until it is on again", async () => {
    const alice = await bed.road.arrive("alice");
    await chooseSipProxy();
    await console.field("IM Gateway Status").selectOption("Off");
    await console.button("Save").click();
    await console.status("Saved.");
    alice.send(`<message type='chat' id='m1' to='${BOB}'><body>one</body></message>`);
    await alice.waitFor((stanza) => attribute(stanza, "id") === "m1" && attribute(stanza, "type") === "error");
    await console.field("IM Gateway Status").selectOption("On");
    await console.button("Save").click();
    await console.status("Saved.");
    alice.send(`<message type='chat' to='${BOB}'><body>two</body></message>`);
    await eventually(() => assert.equal(bed.road.edge.texts.at(-1)?.text, "two"));
    assert.deepEqual(await console.violations(), []);
  });

  test("defaults are put into the form, and refused where the node has grown out of them", async () => {
    await console.button("Set to Default").click();
    await console.button("Save").click();
    await console.status("imp1.example.com is the name of a node that has users");
    assert.equal(await console.field("Federation Routing IM and Presence FQDN").inputValue(), "");
    await console.button("Reset").click();
    assert.equal(await console.field("Federation Routing IM and Presence FQDN").inputValue(), "imp1.example.com");
  });

  test("what is wrong with a parameter stands at it, and nothing is written", async () => {
    await chooseSipProxy();
    await console.field("Federation Routing IM and Presence FQDN").fill("not a name");
    await console.button("Save").click();
    await console.status(/may hold letters, digits/);
    assert.equal(await console.field("Federation Routing IM and Presence FQDN").getAttribute("aria-invalid"), "true");
    const stored = await bed.road.node.admin.ask("GET", "/service-parameters/sip-proxy");
    assert.ok(!JSON.stringify(stored).includes("not a name"));
  });

  test("Presence > Settings: who cancels the warning has switched nothing on", async () => {
    await bed.road.node.admin.ask("PUT", "/users/alice@example.com", { mailId: MAIL });
    await console.choose("Settings");
    const box = console.field("Enable use of Email Address when Federating");
    await box.click();
    const dialog = console.page.getByRole("dialog", { name: "Before you switch this on" });
    await dialog.getByText(/Users: 1\. Known by a mail address from now on: 1; by their JID as before: 0/).waitFor();
    assert.deepEqual(await console.violations(), []);
    await dialog.getByRole("button", { name: "Cancel" }).click();
    assert.equal(await box.isChecked(), false);
  });

  test("who says OK and saves has Alice seen under her mail address", async () => {
    await console.field("Enable use of Email Address when Federating").click();
    await console.confirm();
    await console.page.getByLabel("No Limit: Maximum Watchers (per user)").check();
    await console.button("Save").click();
    await console.status("Saved.");
    const settings = (await bed.road.node.admin.ask("GET", "/presence-settings")) as Record<string, unknown>;
    assert.deepEqual(
      [settings.useEmailAddressWhenFederating, settings.maxWatchers, settings.maxContactListSize],
      [true, null, 200],
    );
    const alice = await bed.road.signIn("alice", "phone");
    alice.send("<presence/>");
    await bed.road.edge.say("bob", MAIL, "by mail address");
    const said = await alice.waitFor((stanza) => stanza.name === "message" && !isPresence(stanza, undefined));
    assert.equal(sender(said), BOB);
    assert.deepEqual(await console.violations(), []);
  });

  test("who writes to the JID still is listed, and reaches her while old addresses are accepted", async () => {
    const { edge } = bed.road;
    await assert.rejects(edge.say("bob", JID, "to the old one"), /404/);
    await console.choose("Settings");
    await console.page.reload();
    const dropped = console.page.getByRole("table", { name: "Who still uses an address that is not known abroad" });
    await dropped.getByRole("row").filter({ hasText: BOB }).filter({ hasText: JID }).waitFor();
    const letter = console.page.getByRole("region", { name: "For your users" });
    await letter.getByText(/to your sign-in address does not reach you/).waitFor();
    const until = console.field("Accept the old addresses until");
    await until.fill("2020-01-01T00:00");
    await console.button("Save").click();
    await console.status("is in the past");
    assert.equal(await until.getAttribute("aria-invalid"), "true");
    await until.fill("2099-01-01T00:00");
    await console.button("Save").click();
    await console.status("Saved.");
    await letter.getByText(/sign-in address still works from/).waitFor();
    assert.equal((await edge.say("bob", JID, "to the old one again")).status, 200);
    assert.deepEqual(await console.violations(), []);
  });

  test("System > Security > Incoming ACL: an entry with a mistake is refused at its field, a right one is kept", async () => {
    await console.choose("Incoming ACL");
    await console.button("Add New").click();
    await console.field("Address Pattern").fill("Allow from 192.0.2.0/99");
    await console.button("Save").click();
    await console.status(/192\.0\.2\.0\/99|prefix/i);
    assert.equal(await console.field("Address Pattern").getAttribute("aria-invalid"), "true");
    await console.field("Address Pattern").fill("Allow from 192.0.2.0/24");
    await console.button("Save").click();
    await console.status("Added: Allow from 192.0.2.0/24");
    await console.button("Copy").click();
    assert.equal(await console.field("Address Pattern").inputValue(), "Allow from 192.0.2.0/24");
    await console.choose("Incoming ACL");
    await console.page.getByRole("link", { name: "Allow from contoso.example" }).click();
    await console.status("This entry belongs to the federated domain contoso.example");
    assert.equal(await console.field("Address Pattern").isDisabled(), true);
  });

  test("an edited entry lets in whom it names now, and shuts out whom it names no longer", async () => {
    const { node } = bed.road;
    const carol = bed.road.own(await PlainPeer.start({ user: `carol@${PARTNER}`, nodePort: node.ports.sipTcp ?? 0 }));
    await node.admin.ask("POST", "/sip-federated-domains", { domain: PARTNER, integrationType: "standard" });
    const hop = { nextHop: "127.0.0.1", nextHopPort: carol.port, protocol: "tcp" };
    await node.admin.ask("POST", "/static-routes", { destinationPattern: PARTNER, ...hop });
    const edit = async (from: string, to: string) => {
      await console.choose("Incoming ACL");
      await console.page.getByRole("link", { name: from, exact: true }).click();
      await console.field("Address Pattern").fill(to);
      await console.button("Save").click();
      await console.status(`Saved: ${to}`);
    };
    assert.equal(await carol.subscribe(MAIL), "closed");
    await edit("Allow from 192.0.2.0/24", "Allow from 127.0.0.1");
    assert.equal(await carol.subscribe(MAIL), 200);
    await edit("Allow from 127.0.0.1", "Allow from 192.0.2.0/24");
    await eventually(() => assert.equal(carol.isConnected, false));
    assert.equal(await carol.subscribe(MAIL), "closed");
  });

  for (const { path, typed, at, press } of MISTAKES)
    test(`${path}: a mistake is told at "${at}" and nowhere else, and nothing is written`, async () => {
      const written = async () => JSON.stringify(await bed.road.node.admin.ask("GET", "/audit?limit=1"));
      await console.open(path);
      for (const [label, text] of Object.entries(typed)) await console.field(label).fill(text);
      const before = await written();
      await console.button(press).click();
      await eventually(async () => assert.equal(await console.field(at).getAttribute("aria-invalid"), "true"));
      assert.equal(await console.page.locator("main [aria-invalid=true]").count(), 1);
      assert.equal(await written(), before);
    });

  test("a list is searched by field, operator and text, and shown whole again", async () => {
    await console.choose("Incoming ACL");
    await console.page.getByLabel("Operator").selectOption("ends with");
    await console.page.getByLabel("Text to find").fill("contoso.example");
    await console.button("Find").click();
    await console.status("Records found: 1");
    await console.page.getByRole("link", { name: "Allow from contoso.example" }).click();
    await console.page.getByRole("main").getByRole("button", { name: "Go" }).click();
    await console.status("Records found: 1");
    assert.equal(await console.page.getByLabel("Text to find").inputValue(), "contoso.example");
    await console.page.reload();
    await console.status("Records found: 1");
    await console.button("Clear Filter").click();
    await console.row("192.0.2.0/24").waitFor();
  });
});
