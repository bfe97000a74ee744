import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { MicrosoftEdge, type XmppClient } from "@interpres/testkit";
import { LOCAL, PUBLIC_FQDN } from "../chapter/chapter-bed.ts";
import { eventually } from "../harness/eventually.ts";
import { missingPeers } from "../harness/peers.ts";
import { bodyOf, isPresence, sender } from "../harness/stanzas.ts";
import { ChapterConsole } from "./chapter-console.ts";
import type { ConsolePage } from "./console-page.ts";

const PEER = "contoso.example";
const EDGE = "sip.contoso.example";
const ALICE = `alice@${LOCAL}`;
const ALICE_MAIL = "alice.liddell@mail.example";
const FQDN_FIELD = "Federation Routing IM and Presence FQDN";
const BOB = `bob@${PEER}`;

/** By somebody who has the book and a browser, and restarts what it says because nothing counts before. */
describe("the chapter for an OCS or Lync edge, in the browser", {
  timeout: 300_000,
  skip: missingPeers("chromium"),
}, () => {
  let chapter: ChapterConsole;
  let console: ConsolePage;
  let edge: MicrosoftEdge;
  let alice: XmppClient;
  let password: string;

  before(async () => {
    chapter = await ChapterConsole.start("on-restart");
    ({ console } = chapter);
    const { bed } = chapter;
    const nodePort = (): number => bed.node.ports.sipTls;
    edge = await MicrosoftEdge.start({ domain: PEER, fqdn: EDGE, tls: await bed.keysOf(EDGE), nodePort });
    bed.zone.host(EDGE, "127.0.0.1").host(PUBLIC_FQDN, "127.0.0.1");
    password = await chapter.addUser(ALICE);
  });

  after(async () => {
    await edge?.close();
    await chapter?.end();
  });

  test("Tools > Service Activation, and the SIP proxy runs by the Control Center (R78 to R80)", async () => {
    await chapter.goTo("Serviceability", "Service Activation");
    const activation = console.page.getByRole("radiogroup", { name: "sip-federation: activation" });
    await activation.getByLabel("Deactivated").check();
    await console.button("Save").click();
    await console.row("sip-federation").getByText("Stopped").waitFor();
    await activation.getByLabel("Activated", { exact: true }).check();
    await console.button("Save").click();
    await console.row("sip-federation").getByText("Running").waitFor();
    await console.choose("Control Center - Feature Services");
    await console.row("sip-proxy").getByText("Running").waitFor();
  });

  test("System > Cluster Topology: the proxy domain is the one the shell set for the node (R31 to R36, R70)", async () => {
    await chapter.goTo("Administration", "Cluster Topology");
    assert.equal(await console.field("SIP Proxy Domain").inputValue(), LOCAL);
    await console.page.getByRole("table", { name: "Nodes" }).getByText(`imp1.${LOCAL}`).waitFor();
  });

  test("SIP Federation > Add New: the router has to restart, and the access list entry is nobody's to delete (R4 to R6, R10 to R16)", async () => {
    await chapter.addDomain(PEER, "Inter-domain to OCS/Lync");
    await console.status(/Restart xmpp-router on imp1/);
    await console.page.getByRole("status").getByRole("link", { name: "Show" }).click();
    await console.heading("Control Center - Network Services").waitFor();
    assert.equal(await console.page.getByRole("radio", { name: "xmpp-router" }).isChecked(), true);
    await chapter.restart("Network", "xmpp-router");
    await chapter.goTo("Administration", "Incoming ACL");
    await console.row(PEER).getByText(`Federated domain ${PEER}`).waitFor();
    assert.equal(await console.row(PEER).getByRole("checkbox").count(), 0);
  });

  test("Routing > Static Routes: the next hop of a domain that DNS does not name (R23 to R30)", async () => {
    await chapter.addRoute(PEER, EDGE, edge.port);
    const explained = await chapter.bed.cli.do("route", "explain", `sip:${BOB}`);
    assert.match(explained, /contoso\.example \(microsoft\): route/);
  });

  test("System > Service Parameters: the routing FQDN, never that of a node with users (R37 to R41)", async () => {
    await chapter.setRoutingFqdn(PUBLIC_FQDN);
    await console.status(/^Saved\..*Restart (xmpp-router|sip-proxy)/s);
    await chapter.setRoutingFqdn(`imp1.${LOCAL}`);
    await console.status(/is the name of a node that has users/);
    assert.equal(await console.field(FQDN_FIELD).getAttribute("aria-invalid"), "true");
    await chapter.restart("Network", "xmpp-router");
  });

  test("Security: certificate, TLS peer subject, TLS context, and the proxy restarts (R42 to R54)", async () => {
    await chapter.trust(chapter.bed.authority.certPem);
    await chapter.addPeerSubject(EDGE, "Access Edge");
    await chapter.selectPeerSubject(EDGE);
    await chapter.restart("Feature", "sip-proxy");
    assert.deepEqual(await chapter.bed.waitingRestarts(), []);
  });

  test("and alice sees bob, by a subscription whose answers come back to the public name", async () => {
    alice = await chapter.bed.signIn("alice", password);
    await edge.setState("bob", "available");
    alice.send(`<presence type='subscribe' to='${BOB}'/>`);
    await alice.waitFor((stanza) => isPresence(stanza, undefined, BOB));
    const subscribe = edge.requests.find(({ message }) => message.method === "SUBSCRIBE")?.message;
    assert.match(subscribe?.contacts[0]?.uri ?? "", new RegExp(`@${PUBLIC_FQDN}[:;]`));
  });

  test("and bob sees alice once she accepts", async () => {
    await edge.watch("bob", ALICE);
    await alice.waitFor((stanza) => isPresence(stanza, "subscribe", BOB));
    alice.send(`<presence type='subscribed' to='${BOB}'/>`);
    await eventually(() => assert.match(edge.seen.at(-1)?.body ?? "", /<basic>open<\/basic>/));
  });

  test("and messages pass both ways, and the edge found nothing to object to", async () => {
    alice.send(`<message to='${BOB}' type='chat'><body>Hello Bob</body></message>`);
    await eventually(() => assert.equal(edge.texts.at(-1)?.text, "Hello Bob"));
    await edge.say("bob", ALICE, "Hello Alice");
    await alice.waitFor((stanza) => bodyOf(stanza) === "Hello Alice" && sender(stanza) === BOB);
    assert.deepEqual(edge.deviations, []);
  });

  test("Presence > Settings: mail addresses, after the warning is read and the router restarted (R63 to R77)", async () => {
    await chapter.goTo("Administration", "Users");
    await console.page.getByRole("link", { name: ALICE }).click();
    await console.field("Mail ID").fill(ALICE_MAIL);
    await console.button("Save").click();
    await console.status(`Saved: ${ALICE}`);
    await console.choose("Settings");
    await console.field("Enable use of Email Address when Federating").click();
    await console.confirm();
    await console.button("Save").click();
    await console.status(/^Saved\..*Restart xmpp-router/s);
    await chapter.restart("Network", "xmpp-router");
    await edge.hangUp();
    alice = await chapter.bed.signIn("alice", password);
    alice.send(`<message to='${BOB}' type='chat'><body>By mail address</body></message>`);
    await eventually(() => assert.equal(edge.texts.at(-1)?.text, "By mail address"));
    assert.equal(edge.texts.at(-1)?.from, ALICE_MAIL);
    assert.equal((await edge.watch("bob", ALICE)).status, 404);
  });

  test("SIP Federation: the domain is deleted, and bob sees alice go when the router restarts", async () => {
    await chapter.goTo("Administration", "SIP Federation");
    await console.page.getByLabel(`Select ${PEER}`).check();
    await console.button("Delete Selected").click();
    await console.confirm();
    await console.status("Deleted: 1");
    await edge.say("bob", ALICE_MAIL, "Still here");
    await alice.waitFor((stanza) => bodyOf(stanza) === "Still here");
    await chapter.restart("Network", "xmpp-router");
    await eventually(() => assert.equal(edge.seen.at(-1)?.state, "terminated"));
    assert.match(await chapter.bed.cli.do("route", "explain", `sip:${BOB}`), /not-federated/);
  });
});
