import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ClearingHouse, HouseDomains, type XmppClient } from "@interpres/testkit";
import { attribute } from "@interpres/xmpp/xml";
import { eventually } from "../harness/eventually.ts";
import { isBody } from "../harness/stanzas.ts";
import { ChapterBed, LOCAL, PUBLIC_FQDN } from "./chapter-bed.ts";

const HOUSE = "sip.oscar.aol.com";
const ALICE = `alice@${LOCAL}`;
/** A public community, a network it hosts, and an enterprise that federates with it. */
const USERS = ["bob@aol.com", "carl@hosteddomain.com", "dora@acompany.com"];

/** The chapter's procedures for AOL, on an empty node, by somebody who restarts what the book says. */
for (const changeControl of ["live", "on-restart"] as const)
  describe(`the chapter for a clearing house, followed literally (changeControl ${changeControl})`, () => {
    let bed: ChapterBed;
    let house: ClearingHouse;
    let alice: XmppClient;

    before(async () => {
      bed = await ChapterBed.start(changeControl);
      house = await ClearingHouse.start({
        fqdn: HOUSE,
        tls: await bed.keysOf(HOUSE),
        domains: new HouseDomains("aol.com", ["aim.com"], ["hosteddomain.com", "acompany.com"]),
        customer: { fqdn: PUBLIC_FQDN, domains: [LOCAL], port: () => bed.node.ports.sipTls },
      });
      bed.zone.host(HOUSE, "127.0.0.1").host(PUBLIC_FQDN, "127.0.0.1");
      bed.zone.service("_sipfederationtls._tcp.aol.com", HOUSE, house.port);
      await bed.addUser("alice");
    });

    after(async () => {
      await house?.close();
      await bed?.end();
    });

    test("one domain of type AOL for each: aol.com, a hosted domain, a company (R7 to R9, R55, R56)", async () => {
      for (const domain of ["aol.com", "hosteddomain.com", "acompany.com"])
        await bed.cli.do("domain", "add", domain, "--type", "aol", "--description", `Users of ${domain}`);
      await bed.cli.do("service", "restart", "Cisco XCP Router");
    });

    test("the routing FQDN and the certificate bear the name that was ordered (R21, R38)", async () => {
      await bed.node.admin.ask("PATCH", "/service-parameters/sip-proxy", { federationRoutingFqdn: PUBLIC_FQDN });
      await bed.uploadCertificate(PUBLIC_FQDN);
      await bed.cli.do("service", "restart", "Cisco XCP Router");
    });

    test("the default federation routing domain is left at aol.com (R57, R61)", async () => {
      const parameters = (await bed.node.admin.ask("GET", "/service-parameters/sip-proxy")) as {
        readonly defaultFederationRoutingDomain: { readonly value: string };
      };
      assert.equal(parameters.defaultFederationRoutingDomain.value, "aol.com");
    });

    test("the access gateway is a peer subject, selected in the context (R46 to R54)", async () => {
      await bed.trustAuthority();
      await bed.cli.do("tls", "subject", "add", HOUSE, "--description", "SIP Access Gateway");
      await bed.selectPeerSubjects(HOUSE);
      await bed.cli.do("service", "restart", "Cisco SIP Proxy");
      assert.deepEqual(await bed.waitingRestarts(), []);
    });

    test("the route of a hosted user is told step by step, down to the clearing house (R59)", async () => {
      const explained = await bed.cli.do("route", "explain", "sip:carl@hosteddomain.com");
      assert.match(explained, /hosteddomain\.com \(aol\): route/);
      const rules = explained.split("\n").filter((line) => /static-route|dns-srv/.test(line));
      assert.deepEqual(
        rules.slice(0, 4).map((line) => /^(\d) +(\S+) +\S+ +(\S+)/.exec(line)?.slice(1).join(" ")),
        ["1 static-route none", "2 dns-srv none", "3 static-route none", "4 dns-srv matched"],
      );
    });

    for (const user of USERS)
      test(`and ${user} is seen, and messages pass both ways`, async () => {
        alice ??= await bed.signIn("alice");
        await house.setState(user, "available");
        alice.send(`<presence type='subscribe' to='${user}'/>`);
        await alice.waitFor(
          (stanza) =>
            stanza.name === "presence" &&
            attribute(stanza, "type") === undefined &&
            attribute(stanza, "from")?.startsWith(user) === true,
        );
        alice.send(`<message to='${user}' type='chat'><body>To ${user}</body></message>`);
        await eventually(() => assert.equal(house.texts.at(-1)?.text, `To ${user}`));
        assert.equal((await house.say(user, ALICE, `From ${user}`)).status, 200);
        await alice.waitFor(isBody(`From ${user}`));
      });

    test("and the clearing house found nothing to object to", () => assert.deepEqual(house.deviations, []));
  });
