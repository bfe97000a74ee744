import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { MicrosoftEdge, XmppClient } from "@interpres/testkit";
import { attribute } from "@interpres/xmpp/xml";
import { eventually } from "../harness/eventually.ts";
import { missingPeers } from "../harness/peers.ts";
import { LOCAL, NODE_FQDN } from "../harness/road-bed.ts";
import { isPresence } from "../harness/stanzas.ts";
import { ConsoleBed, NARROW } from "./console-bed.ts";
import type { ConsolePage } from "./console-page.ts";

const DOMAIN = "fabrikam.example";
const EDGE = `sip.${DOMAIN}`;
const CAROL = `carol@${DOMAIN}`;

/** From nothing but a name to somebody's presence and a message, without leaving the page. */
describe("a partner is added in the console", { timeout: 180_000, skip: missingPeers("chromium") }, () => {
  let bed: ConsoleBed;
  let edge: MicrosoftEdge;
  let alice: XmppClient;
  let console: ConsolePage;

  before(async () => {
    bed = await ConsoleBed.start();
    const { node, zone } = bed.road;
    zone.host(NODE_FQDN, "127.0.0.1").service(`_sipfederationtls._tcp.${LOCAL}`, NODE_FQDN, node.ports.sipTls);
    ({ edge } = await bed.road.addStranger(DOMAIN));
    await edge.setState("carol", "available");
    alice = await bed.road.arrive("alice");
    console = await bed.signedIn("/");
  });
  after(() => bed?.end());

  const version = async (): Promise<unknown> =>
    ((await bed.road.node.admin.ask("PUT", "/config?dryRun=true", {})) as { readonly version: number }).version;

  test("its record and certificate are looked at, and what will be written is shown before it is", async () => {
    const before = await version();
    await console.choose("Add a Partner");
    await console.field("Domain Name").fill(DOMAIN);
    await console.field("Description").fill("Fabrikam");
    await console.button("Look at it").click();
    await console.status(`Its server is ${EDGE}, port ${edge.port}.`);
    assert.equal(await console.field("TLS peer subject").inputValue(), EDGE);
    assert.equal(await console.page.getByLabel(/^Static route to/).isChecked(), false);
    await console.page.getByLabel(/^Trust /).check();
    await console.button("Show what will be written").click();
    await console.status("Nothing is written yet.");
    const table = console.page.getByRole("table", { name: "What will be written" });
    for (const path of [
      `sipFederatedDomains[${DOMAIN}]`,
      "incomingAcl",
      `tlsPeerSubjects[${EDGE}]`,
      "trustCertificates",
    ])
      await table.getByRole("cell").filter({ hasText: path }).first().waitFor();
    assert.deepEqual(await console.violations(), []);
    assert.equal(await version(), before);
  });

  test("what is refused stands at its field, and none of it is written", async () => {
    await console.field("TLS peer subject").fill("   \u0007");
    await console.button("Add the partner").click();
    await console.status(/control characters/);
    assert.equal(await console.field("TLS peer subject").getAttribute("aria-invalid"), "true");
    const { admin } = bed.road.node;
    assert.equal((await admin.try("GET", `/sip-federated-domains/${DOMAIN}`)).status, 404);
    const trusted = JSON.stringify(await admin.ask("GET", "/certificates/trust"));
    assert.doesNotMatch(trusted, /CA of fabrikam/);
    await console.field("TLS peer subject").fill(EDGE);
  });

  test("added, it is examined, and the notice for its administrator says how to enter us", async () => {
    await console.button("Add the partner").click();
    await console.status(`Added: ${DOMAIN}`);
    await console.page.getByRole("heading", { name: "Steps" }).waitFor();
    await console.page.getByText("200 OK to SUBSCRIBE").waitFor();
    const notice = console.page.getByRole("region", { name: "Notice for the other administrator" });
    for (const part of [
      /_sipfederationtls\._tcp\.example\.com/,
      /imp1\.example\.com/,
      /WHAT TO ENTER/,
      /OUR CERTIFICATE/,
    ])
      await notice.getByText(part).waitFor();
    assert.deepEqual(await console.violations(), []);
  });

  test("Alice sees Carol available, and Carol reads what she writes", async () => {
    alice.send(`<presence type='subscribe' to='${CAROL}'/>`);
    await alice.waitFor((stanza) => isPresence(stanza, undefined, CAROL), 8_000);
    alice.send(`<message type='chat' id='hello' to='${CAROL}'><body>Good morning, Carol</body></message>`);
    await eventually(() => assert.equal(edge.texts.at(-1)?.text, "Good morning, Carol"));
    await edge.say("carol", `alice@${LOCAL}`, "Good morning, Alice");
    await alice.waitFor((stanza) => stanza.name === "message" && attribute(stanza, "from")?.startsWith(CAROL) === true);
  });

  test("a domain without a record needs a host, and gets a route", async () => {
    const domain = "tailspin.example";
    const narrow = await bed.signedIn(`/partners/add?domain=${domain}`, NARROW);
    await narrow.button("Look at it").click();
    await narrow.status(/No SRV record leads there/);
    await narrow.field("Host of its SIP server").fill(EDGE);
    await narrow.field("Port").fill(String(edge.port));
    await narrow.button("Look at it").click();
    await narrow.page.getByText(/signed by .*CA of fabrikam.*, which is trusted/s).waitFor();
    assert.equal(await narrow.page.getByLabel(/^Static route to/).isChecked(), true);
    await narrow.page.getByLabel("Direct Federation").check();
    await narrow.button("Look at it").click();
    await narrow.page.getByText(/signed by .*CA of fabrikam/s).waitFor();
    await narrow.button("Add the partner").click();
    await narrow.status(`Added: ${domain}`);
    assert.equal(await narrow.page.evaluate("document.documentElement.scrollWidth"), NARROW.width);
    assert.deepEqual(await narrow.violations(), []);
    const { directFederation } = (await bed.road.node.admin.ask("GET", `/sip-federated-domains/${domain}`)) as {
      readonly directFederation: boolean;
    };
    assert.equal(directFederation, true);
    const routes = JSON.stringify(await bed.road.node.admin.ask("GET", "/static-routes"));
    assert.match(routes, /"destinationPattern":"\.example\.tailspin\.\*"/);
    await narrow.page.context().close();
  });

  test("the page's policy stood in nobody's way", () => {
    const complaints = bed.browser.complaints.filter((text) => !/status of (400|401)/.test(text));
    assert.deepEqual(complaints, []);
  });
});
