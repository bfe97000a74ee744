import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { MicrosoftEdge, type XmppClient } from "@interpres/testkit";
import { attribute } from "@interpres/xmpp/xml";
import { eventually } from "../harness/eventually.ts";
import { missingPeers } from "../harness/peers.ts";
import { ConsoleBed } from "./console-bed.ts";
import type { ConsolePage } from "./console-page.ts";

const DOMAIN = "fabrikam.example";
const EDGE = `sip.${DOMAIN}`;
const CAROL = `carol@${DOMAIN}`;

/** The book's procedure, page by page, and what it does to what Alice writes. */
describe("a first federation, set up in the console", { timeout: 180_000, skip: missingPeers("chromium") }, () => {
  let bed: ConsoleBed;
  let edge: MicrosoftEdge;
  let alice: XmppClient;
  let console: ConsolePage;

  before(async () => {
    bed = await ConsoleBed.start();
    const { node, authority } = bed.road;
    const { certPem: cert, keyPem: key } = await authority.issue({ cn: EDGE, dnsNames: [EDGE] });
    const tls = { cert, key, ca: node.authorityPem };
    const nodePort = () => node.ports.sipTls;
    edge = bed.road.own(await MicrosoftEdge.start({ domain: DOMAIN, fqdn: EDGE, tls, nodePort }));
    await edge.setState("carol", "available");
    alice = await bed.road.arrive("alice");
    console = await bed.signedIn("/");
  });
  after(() => bed?.end());

  /** What Alice hears of a message to Carol that does not get there. */
  async function refused(id: string): Promise<void> {
    alice.send(`<message type='chat' id='${id}' to='${CAROL}'><body>${id}</body></message>`);
    await alice.waitFor((stanza) => attribute(stanza, "id") === id && attribute(stanza, "type") === "error", 15_000);
  }

  test("before, what she writes comes back", async () => {
    await refused("too early");
  });

  test("Presence > Inter Domain Federation > SIP Federation: the domain is added, and its access list entry with it", async () => {
    await console.choose("SIP Federation");
    await console.button("Add New").click();
    await console.field("Domain Name").fill(DOMAIN);
    await console.field("Description").fill("Fabrikam");
    await console.field("Inter-domain to OCS/Lync").check();
    await console.button("Save").click();
    await console.status(`Added: ${DOMAIN}`);
    assert.deepEqual(await console.violations(), []);
    await console.choose("Incoming ACL");
    await console.row(DOMAIN).getByText(`Federated domain ${DOMAIN}`).waitFor();
    assert.equal(await console.row(DOMAIN).getByRole("checkbox").count(), 0);
    assert.deepEqual(await console.violations(), []);
  });

  test("what the node refuses stands at the field it names, and nothing is written", async () => {
    await console.choose("SIP Federation");
    await console.button("Add New").click();
    await console.field("Domain Name").fill("example.com");
    await console.button("Save").click();
    await console.status(/example\.com/);
    assert.equal(await console.field("Domain Name").getAttribute("aria-invalid"), "true");
    assert.equal((await bed.road.node.admin.try("GET", "/sip-federated-domains/example.com")).status, 404);
    assert.deepEqual(await console.violations(), []);
  });

  test("a domain that is no longer of Microsoft's kind is no longer federated directly", async () => {
    await console.choose("SIP Federation");
    await console.page.getByRole("link", { name: DOMAIN }).click();
    await console.field("Inter-domain to OCS/Lync").check();
    const direct = console.page.getByRole("checkbox", { name: "Direct Federation" });
    await direct.check();
    await console.field("Inter-domain to AOL").check();
    assert.deepEqual([await direct.isChecked(), await direct.isDisabled()], [false, true]);
    await console.button("Save").click();
    await console.status(`Saved: ${DOMAIN}`);
    await console.field("Inter-domain to OCS/Lync").check();
    await console.button("Save").click();
    await console.status(`Saved: ${DOMAIN}`);
  });

  test("Presence > Routing > Static Routes: the domain is turned round by a button", async () => {
    await console.choose("Static Routes");
    await console.button("Add New").click();
    await console.field("Destination Pattern").fill(DOMAIN);
    await console.button("Reverse").click();
    assert.equal(await console.field("Destination Pattern").inputValue(), ".example.fabrikam.*");
    await console.field("Next Hop").fill("127.0.0.1");
    await console.field("Next Hop Port").fill(String(edge.port));
    await console.button("Save").click();
    await console.status("Added: .example.fabrikam.*");
    assert.deepEqual(await console.violations(), []);
  });

  test("System > Security > TLS Peer Subjects: a subject that nothing has selected has no effect", async () => {
    await console.choose("TLS Peer Subjects");
    await console.button("Add New").click();
    await console.field("Peer Subject Name").fill(EDGE);
    await console.field("Description").fill("Access Edge of Fabrikam");
    await console.button("Save").click();
    await console.status(`Added: ${EDGE}`);
    await console.page.getByText("Defined but not selected: it has no effect yet").waitFor();
    assert.deepEqual(await console.violations(), []);
    await refused("not selected");
  });

  test("System > Security > TLS Context Configuration: selected, it counts, and Carol reads what Alice writes", async () => {
    await console.choose("TLS Context Configuration");
    await console.page.getByRole("link", { name: /Peer_Auth/ }).click();
    await console.field("Available TLS Peer Subjects").selectOption(EDGE);
    const arrows = console.page.getByRole("group", { name: "TLS Peer Subject Mapping" });
    await arrows.getByRole("button", { name: "Select", exact: true }).click();
    await console.field("Disable Empty TLS Fragments").check();
    await console.button("Save").click();
    await console.status(/^Saved: Default_SIP_Proxy_Peer_Auth/);
    assert.deepEqual(await console.violations(), []);
    alice.send(`<message type='chat' id='now' to='${CAROL}'><body>Good morning, Carol</body></message>`);
    await eventually(() => assert.equal(edge.texts.at(-1)?.text, "Good morning, Carol"));
  });

  test("a domain that is deleted is asked for first, and then unreachable, its entry gone", async () => {
    await console.choose("SIP Federation");
    await console.page.getByLabel(`Select ${DOMAIN}`).check();
    await console.button("Delete Selected").click();
    assert.deepEqual(await console.violations(), []);
    await console.page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    await console.row(DOMAIN).waitFor();
    await console.button("Delete Selected").click();
    await console.confirm();
    await console.status("Deleted: 1");
    await console.row(DOMAIN).waitFor({ state: "detached" });
    await refused("too late");
    assert.ok(edge.texts.every(({ text }) => text !== "too late"));
    await console.choose("Incoming ACL");
    await console.row("contoso.example").waitFor();
    assert.equal(await console.row(DOMAIN).count(), 0);
  });
});
