import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ClearingHouse, HouseDomains, type XmppClient } from "@interpres/testkit";
import { attribute } from "@interpres/xmpp/xml";
import { LOCAL, PUBLIC_FQDN } from "../chapter/chapter-bed.ts";
import { eventually } from "../harness/eventually.ts";
import { missingPeers } from "../harness/peers.ts";
import { isBody, isPresence } from "../harness/stanzas.ts";
import { ChapterConsole } from "./chapter-console.ts";

const HOUSE = "sip.oscar.aol.com";
const ALICE = `alice@${LOCAL}`;
/** A public community, a network it hosts, and an enterprise that federates with it. */
const USERS = ["bob@aol.com", "carl@hosteddomain.com", "dora@acompany.com"];

describe("the chapter for a clearing house, in the browser", {
  timeout: 300_000,
  skip: missingPeers("chromium"),
}, () => {
  let chapter: ChapterConsole;
  let house: ClearingHouse;
  let alice: XmppClient;
  let password: string;

  before(async () => {
    chapter = await ChapterConsole.start("live");
    const { bed } = chapter;
    house = await ClearingHouse.start({
      fqdn: HOUSE,
      tls: await bed.keysOf(HOUSE),
      domains: new HouseDomains("aol.com", ["aim.com"], ["hosteddomain.com", "acompany.com"]),
      customer: { fqdn: PUBLIC_FQDN, domains: [LOCAL], port: () => bed.node.ports.sipTls },
    });
    bed.zone.host(HOUSE, "127.0.0.1").host(PUBLIC_FQDN, "127.0.0.1");
    bed.zone.service("_sipfederationtls._tcp.aol.com", HOUSE, house.port);
    password = await chapter.addUser(ALICE);
  });

  after(async () => {
    await house?.close();
    await chapter?.end();
  });

  test("SIP Federation > Add New: a domain of type AOL for each, and the router restarts (R7 to R9, R55, R56)", async () => {
    for (const domain of ["aol.com", "hosteddomain.com", "acompany.com"])
      await chapter.addDomain(domain, "Inter-domain to AOL");
    await chapter.restart("Network", "xmpp-router");
  });

  test("the routing FQDN and the certificate bear the name that was ordered (R21, R38)", async () => {
    await chapter.setRoutingFqdn(PUBLIC_FQDN);
    await chapter.console.status("Saved.");
    const { certPem, keyPem } = await chapter.bed.authority.issue({ cn: PUBLIC_FQDN, dnsNames: [PUBLIC_FQDN] });
    await chapter.uploadOwn(certPem, keyPem);
  });

  test("Service Parameters: the default federation routing domain is aol.com (R57, R61)", async () => {
    await chapter.goTo("Administration", "Service Parameters");
    await chapter.console.field("Service").selectOption("SIP Proxy (Active)");
    assert.equal(await chapter.console.field("Default Federation Routing Domain").inputValue(), "aol.com");
  });

  test("the access gateway is a peer subject, selected in the context, and the proxy restarts (R46 to R54)", async () => {
    await chapter.trust(chapter.bed.authority.certPem);
    await chapter.addPeerSubject(HOUSE, "SIP Access Gateway");
    await chapter.selectPeerSubject(HOUSE);
    await chapter.restart("Feature", "sip-proxy");
    assert.deepEqual(await chapter.bed.waitingRestarts(), []);
  });

  for (const user of USERS)
    test(`and ${user} is seen, and messages pass both ways`, async () => {
      await house.setState(user, "available");
      alice ??= await chapter.bed.signIn("alice", password);
      alice.send(`<presence type='subscribe' to='${user}'/>`);
      await alice.waitFor((stanza) => isPresence(stanza, undefined, user));
      alice.send(`<message to='${user}' type='chat'><body>To ${user}</body></message>`);
      await eventually(() => assert.equal(house.texts.at(-1)?.text, `To ${user}`));
      assert.equal((await house.say(user, ALICE, `From ${user}`)).status, 200);
      await alice.waitFor(isBody(`From ${user}`));
    });

  test("a user of a domain that nobody added is refused", async () => {
    alice.send("<message to='eve@elsewhere.example' type='chat' id='eve'><body>To a stranger</body></message>");
    await alice.waitFor((stanza) => attribute(stanza, "id") === "eve" && attribute(stanza, "type") === "error");
    assert.ok(house.texts.every(({ text }) => text !== "To a stranger"));
  });

  test("and the clearing house found nothing to object to", () => assert.deepEqual(house.deviations, []));
});
