import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { SecureContextOptions } from "node:tls";
import { type IssuedCertificate, TestCertificateAuthority, type XmppClient } from "@interpres/testkit";
import { attribute } from "@interpres/xmpp/xml";
import { eventually } from "../harness/eventually.ts";
import { askOnce, CLOSED, type OneRequest } from "../harness/one-request.ts";
import { refusalBy } from "../harness/refusal.ts";
import { EDGE, FOREIGN, LOCAL, RoadBed } from "../harness/road-bed.ts";
import { isBody } from "../harness/stanzas.ts";

/** Who may not talk to us, and what the administrator reads about it (contract section 7). */
describe("refusals at the edge of the node", () => {
  let bed: RoadBed;
  let alice: XmppClient;

  before(async () => {
    bed = await RoadBed.start();
    alice = await bed.signIn("alice");
    alice.send("<presence/>");
  });

  after(() => bed?.end());

  test("a certificate whose name nobody selected fails, and the log says presented and expected", async () => {
    const keys = await bed.authority.issue({ cn: "sip.stranger.example", dnsNames: ["sip.stranger.example"] });
    assert.equal(await askOnce(bed.node.ports.sipTls, keysOf(bed, keys), options("stranger.example")), CLOSED);
    const inputs = await refusalBy("tls-peer-subject", bed.node.admin);
    assert.match(inputs.presented ?? "", /sip\.stranger\.example/);
    assert.match(inputs.expected ?? "", new RegExp(EDGE));
  });

  test("a certificate of an authority nobody trusts fails", async () => {
    const other = await TestCertificateAuthority.create("Unknown CA");
    const keys = await other.issue({ cn: EDGE, dnsNames: [EDGE] });
    assert.equal(await askOnce(bed.node.ports.sipTls, keysOf(bed, keys), options(FOREIGN)), CLOSED);
    await refusalBy("certificate-untrusted", bed.node.admin);
  });

  test("an expired certificate fails", async () => {
    const notBefore = new Date(Date.now() - 3 * 86_400_000);
    const notAfter = new Date(Date.now() - 86_400_000);
    const keys = await bed.authority.issue({ cn: EDGE, dnsNames: [EDGE], notBefore, notAfter });
    assert.equal(await askOnce(bed.node.ports.sipTls, keysOf(bed, keys), options(FOREIGN)), CLOSED);
  });

  test("no client certificate fails", async () => {
    assert.equal(await askOnce(bed.node.ports.sipTls, { ca: bed.node.authorityPem }, options(FOREIGN)), CLOSED);
    await refusalBy("certificate-missing", bed.node.admin);
  });

  test("a From domain that the certificate may not speak for gets 403", async () => {
    await bed.node.admin.ask("POST", "/sip-federated-domains", {
      domain: "other.example",
      integrationType: "microsoft",
    });
    assert.match(await asEdge(bed, message("mallory@other.example", `alice@${LOCAL}`)), /^SIP\/2\.0 403 /);
    const inputs = await refusalBy("claimed-domain", bed.node.admin);
    assert.match(JSON.stringify(inputs), /other\.example/);
  });

  test("a domain that is not federated gets 403", async () => {
    assert.match(await asEdge(bed, message("eve@nowhere.example", `alice@${LOCAL}`)), /^SIP\/2\.0 403 /);
    await refusalBy("domain-not-federated", bed.node.admin);
  });

  test("an unknown local user is 404", async () => {
    assert.match(await asEdge(bed, message(`bob@${FOREIGN}`, `nobody@${LOCAL}`)), /^SIP\/2\.0 404 /);
    await refusalBy("unknown-user", bed.node.admin);
  });

  test("we relay for nobody: a foreign domain as target is 404", async () => {
    assert.match(await asEdge(bed, message(`bob@${FOREIGN}`, "carl@third.example")), /^SIP\/2\.0 404 /);
    await refusalBy("no-relay", bed.node.admin);
  });

  test("nothing of this disturbed the peer: his message still arrives", async () => {
    await bed.edge.say("bob", `alice@${LOCAL}`, "still here");
    await alice.waitFor(isBody("still here"));
  });

  test("deleting the domain ends its dialogs properly, at once, and refuses what comes after", async () => {
    alice.send("<iq type='get' id='r1'><query xmlns='jabber:iq:roster'/></iq>");
    await bed.edge.setState("bob", "available");
    alice.send(`<presence type='subscribe' to='bob@${FOREIGN}'/>`);
    await alice.waitFor(
      (stanza) =>
        stanza.name === "presence" &&
        attribute(stanza, "from")?.startsWith("bob@") === true &&
        attribute(stanza, "type") === undefined,
    );
    await bed.edge.watch("bob", `alice@${LOCAL}`);
    await bed.node.admin.ask("DELETE", `/sip-federated-domains/${FOREIGN}`);
    await alice.waitFor((stanza) => stanza.name === "presence" && attribute(stanza, "type") === "unavailable");
    await eventually(() => assert.equal(bed.edge.seen.at(-1)?.state, "terminated"));
    assert.match(await asEdge(bed, message(`bob@${FOREIGN}`, `alice@${LOCAL}`)), /^SIP\/2\.0 403 |closed/);
    // A subscription of ours was given up with Expires 0; it is listed as ending until the peer's last NOTIFY is due.
    const left = (await live(bed, "/subscriptions")).filter(
      ({ peer, state }) => peer === FOREIGN && state !== "ending",
    );
    assert.deepEqual(left, []);
  });
});

function keysOf(bed: RoadBed, keys: IssuedCertificate): SecureContextOptions {
  return { cert: keys.certPem, key: keys.keyPem, ca: bed.node.authorityPem };
}

async function asEdge(bed: RoadBed, request: OneRequest): Promise<string> {
  return await askOnce(bed.node.ports.sipTls, bed.edgeKeys, request);
}

function options(domain: string): OneRequest {
  return { method: "OPTIONS", from: `probe@${domain}`, to: LOCAL };
}

function message(from: string, to: string): OneRequest {
  return { method: "MESSAGE", from, to, body: "hello" };
}

interface Live {
  readonly peer: string;
  readonly state: string;
}

async function live(bed: RoadBed, path: string): Promise<readonly Live[]> {
  return ((await bed.node.admin.ask("GET", path)) as { readonly items: readonly Live[] }).items;
}
