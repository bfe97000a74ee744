import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { XmppClient } from "@interpres/testkit";
import { attribute } from "@interpres/xmpp/xml";
import { eventually } from "../harness/eventually.ts";
import { missingPeers } from "../harness/peers.ts";
import { PlainPeer } from "../harness/plain-peer.ts";
import { LOCAL } from "../harness/road-bed.ts";
import { ConsoleBed, NARROW } from "./console-bed.ts";
import type { ConsolePage } from "./console-page.ts";

const BOB = "bob@contoso.example";
const PARTNER = "partner.example";

/** What it says has to be what becomes of a message. */
describe("the route tester, in the console", { timeout: 120_000, skip: missingPeers("chromium") }, () => {
  let bed: ConsoleBed;
  let alice: XmppClient;
  let console: ConsolePage;
  let carol: PlainPeer;
  let better: PlainPeer;

  before(async () => {
    bed = await ConsoleBed.start({ withTcpAndUdp: "tcp-and-udp" });
    const partner = { user: `carol@${PARTNER}`, nodePort: bed.road.node.ports.sipTcp ?? 0 };
    carol = bed.road.own(await PlainPeer.start(partner));
    better = bed.road.own(await PlainPeer.start(partner));
    alice = await bed.road.arrive("alice");
    console = await bed.signedIn("/");
  });
  after(() => bed?.end());

  async function ask(address: string): Promise<void> {
    await console.field("Address").fill(address);
    await console.button("Test").click();
  }

  function write(id: string, to = BOB): void {
    alice.send(`<message type='chat' id='${id}' to='${to}'><body>${id}</body></message>`);
  }

  const isRefusal = (id: string) => (stanza: Parameters<typeof attribute>[0]) =>
    attribute(stanza, "id") === id && attribute(stanza, "type") === "error";
  const side = (name: string) => console.page.getByRole("region", { name, exact: true });
  const hopTo = ({ port }: PlainPeer) => ({ nextHop: "127.0.0.1", nextHopPort: port, protocol: "tcp" });
  const decided = () => console.page.getByRole("main").locator("li[aria-current=step]");

  test("is found in the menu, and marks the record that leads there: the message arrives", async () => {
    await console.choose("Route Tester");
    await ask(BOB);
    await console.status(`${BOB}: there is a way.`);
    assert.match(await decided().innerText(), /^MATCHED.*_sipfederationtls/is);
    await console.page.getByText(/^sip\.contoso\.example, port \d+, tls, from .*: 127\.0\.0\.1$/).waitFor();
    assert.deepEqual(await console.violations(), []);
    write("arrives");
    await eventually(() => assert.equal(bed.road.edge.texts.at(-1)?.text, "arrives"));
  });

  test("says which route blocks, and leads to it: the message comes back", async () => {
    const route = { destinationPattern: ".example.contoso.*", nextHop: "127.0.0.1", blocked: true };
    await bed.road.node.admin.ask("POST", "/static-routes", route);
    await ask(`sip:${BOB}`);
    await console.status(`sip:${BOB}: a static route blocks it.`);
    write("blocked", "carl@contoso.example");
    await alice.waitFor(isRefusal("blocked"));
    await console.page.getByRole("main").getByRole("link", { name: "Where this is changed" }).first().click();
    await console.row(".example.contoso.*").waitFor();
    await console.choose("Route Tester");
  });

  test("says that a domain is not federated, and what is no address", async () => {
    await ask("eve@nowhere.example");
    await console.status("nowhere.example is no SIP federated domain");
    await ask("<>");
    await console.status(/SIP URI|invalid|Bad Request/i);
    assert.deepEqual(await console.violations(), []);
  });

  test("of a new question nothing is said until it is answered", async () => {
    const { promise: mayGo, resolve: go } = Promise.withResolvers<void>();
    await console.page.route("**/policy/explain", (route) => mayGo.then(() => route.continue()));
    await ask("carol@elsewhere.example");
    await console.status("Loading");
    go();
    await console.status(/elsewhere\.example/);
    await console.page.unroute("**/policy/explain");
  });

  test("a draft without an access-list entry: who it lets in would be refused, and so would what they wrote", async () => {
    const { admin } = bed.road.node;
    await admin.ask("POST", "/sip-federated-domains", { domain: PARTNER, integrationType: "standard" });
    await admin.ask("POST", "/incoming-acl", { pattern: "Allow from 127.0.0.1", description: "the partner" });
    await admin.ask("POST", "/static-routes", { destinationPattern: PARTNER, ...hopTo(carol) });
    for (const text of ["one", "two", "three"]) assert.ok(Number(await carol.write(`alice@${LOCAL}`, text)) < 300);

    await console.field("Address").fill(`sip:carol@${PARTNER}:5061;transport=tcp`);
    await console.field("Direction").selectOption("A message from the address");
    await console.field("IP address it comes from").fill("127.0.0.1");
    await console.field("Protocol").first().selectOption("TCP");
    await console.button("Test").click();
    await console.status(`A message from ${PARTNER} would be taken.`);
    await console.field("What to change").selectOption("Remove an access-list entry");
    await console.button("Put into the draft").click();
    await console.status("Choose one");
    await console.field("Which one").selectOption("Allow from 127.0.0.1");
    await console.button("Put into the draft").click();
    await console.status("In the draft: Allow from 127.0.0.1. Nothing is saved.");
    const drafted = side("With the draft");
    await drafted.getByText(`A message from ${PARTNER} would be refused: incoming-acl.`).waitFor();
    assert.match(
      await drafted.locator("li[aria-current=step]").innerText(),
      /^REFUSED\s+connection: incoming-acl[\s\S]*DIFFERS/i,
    );
    await side("Now").getByText("Allow from 127.0.0.1").waitFor();

    await console.button("Replay").click();
    await console.status("Admitted then, and refused with the draft: ");
    const groups = side("Decided otherwise with the draft").getByRole("listitem");
    const group = groups.filter({ hasText: `${PARTNER}, Coming in` });
    assert.match(
      await group.innerText(),
      /^3\s[\s\S]*MESSAGE 3[\s\S]*Admitted[\s\S]*Refused: incoming-acl[\s\S]*127\.0\.0\.1/,
    );
    assert.deepEqual(await console.violations(), []);
    await group.getByRole("link").first().click();
    await console.heading("Why").waitFor();
    assert.equal(await console.field("Contact or domain there").inputValue(), `carol@${PARTNER}`);
  });

  test("the draft is still there, and discarded; the entry was never touched", async () => {
    await console.choose("Route Tester");
    await console.page
      .getByRole("list", { name: "Changes of the draft" })
      .getByText("remove access-list entry")
      .waitFor();
    await console.button("Discard the draft").click();
    await console.confirm();
    await console.status("Discarded. Nothing was changed.");
    await console.page.getByText("The draft is empty.").waitFor();
    assert.ok(Number(await carol.write(`alice@${LOCAL}`, "four")) < 300);
  });

  test("a better route is drafted, looked at, and applied: messages take it", async () => {
    await ask(`carol@${PARTNER}`);
    await console.field("What to change").selectOption("Change a static route");
    await console.field("Which one").selectOption(`.example.partner.* → 127.0.0.1:${carol.port}`);
    await console.field("Next Hop").fill("no host");
    await console.button("Put into the draft").click();
    await console.status(/label|letters/);
    await console.field("Next Hop").fill("127.0.0.1");
    await console.field("Next Hop Port").fill(String(better.port));
    await console.button("Put into the draft").click();
    await side("Now").getByText(`port ${carol.port}`).waitFor();
    await side("With the draft").getByText(`port ${better.port}`).waitFor();
    write("by the old way", `carol@${PARTNER}`);
    await eventually(() => assert.ok(carol.notifies.some(({ method }) => method === "MESSAGE")));
    await console.button("Apply the draft").click();
    await console.confirm();
    await console.status("Applied. The settings are now version");
    write("by the new way", `carol@${PARTNER}`);
    await eventually(() => assert.ok(better.notifies.some(({ method }) => method === "MESSAGE")));
    const { items } = (await bed.road.node.admin.ask("GET", "/audit?limit=1")) as { items: { action: string }[] };
    assert.equal(items[0]?.action, "apply");
  });

  test("a subject that is not selected any more: the peer would be refused; taken out of the draft, as before", async () => {
    await console.field("Address").fill(BOB);
    await console.field("Direction").selectOption("A message from the address");
    await console.field("IP address it comes from").fill("127.0.0.1");
    await console.field("Common name of its certificate").fill("sip.contoso.example");
    await console.field("Protocol").selectOption("TLS");
    await console.button("Test").click();
    await console.status("A message from contoso.example would be taken.");
    await console.field("What to change").selectOption("Select TLS peer subjects");
    await console.button("Unselect all").click();
    await console.button("Put into the draft").click();
    await side("With the draft").getByText("would be refused: tls-peer-subject.").waitFor();
    await console.button("Take out: no subject").click();
    await console.page.getByText("The draft is empty.").waitFor();
    await side("With the draft").waitFor({ state: "detached" });
  });

  test("on a telephone nothing is cut off", async () => {
    const narrow = await bed.signedIn(`/diagnosis/route-tester?uri=${BOB}`, NARROW);
    await narrow.status(BOB);
    await narrow.field("What to change").selectOption("Add an access-list entry");
    await narrow.field("Address Pattern").fill("Allow from 192.0.2.0/24");
    await narrow.button("Put into the draft").click();
    await narrow.page.getByRole("region", { name: "With the draft", exact: true }).waitFor();
    await narrow.button("Replay").click();
    await narrow.status("Decisions: ");
    assert.equal(await narrow.page.evaluate("document.documentElement.scrollWidth"), NARROW.width);
    assert.deepEqual(await narrow.violations(), []);
    await narrow.page.context().close();
  });

  test("the page's policy stood in nobody's way", () => {
    const complaints = bed.browser.complaints.filter((text) => !/status of (400|401)/.test(text));
    assert.deepEqual(complaints, []);
  });
});
