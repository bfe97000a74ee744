import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { SipResponse } from "@interpres/sip";
import type { XmppClient } from "@interpres/testkit";
import { attribute } from "@interpres/xmpp/xml";
import { eventually } from "../harness/eventually.ts";
import { RawEdge } from "../harness/raw-edge.ts";
import { EDGE, LOCAL, RoadBed } from "../harness/road-bed.ts";
import { isBody, isPresence } from "../harness/stanzas.ts";
import {
  ALICE,
  ALICE_MAIL,
  addUsers,
  BOB,
  befriend,
  fromOf,
  lastSeen,
  MAIL_DOMAIN,
  requests,
  say,
  useMailAddresses,
} from "./people.ts";

const PRESENCE = ["Event: presence", "Accept: application/pidf+xml", "Expires: 3600"];
const TEXT = ["Content-Type: text/plain"];

/** Mail addresses are in use before anybody has a contact; carol has no Mail ID, dora's is her JID (facts R63 to R74). */
describe("users who are known by their mail address", () => {
  let bed: RoadBed;
  let edge: RawEdge;
  let alice: XmppClient;

  before(async () => {
    bed = await RoadBed.start();
    await addUsers(bed, { alice: "Alice.Liddell@Mail.Example", carol: undefined, dora: `Dora@${LOCAL}`, erin: "" });
    await useMailAddresses(bed);
    alice = await bed.arrive("alice");
    edge = await RawEdge.connect(bed);
  });

  after(() => bed?.end());

  test("the API says by which address", async () => {
    const { items } = (await bed.node.admin.ask("GET", "/users")) as {
      readonly items: readonly { readonly jid: string; readonly federationAddress: string }[];
    };
    const addresses = Object.fromEntries(items.map(({ jid, federationAddress }) => [jid, federationAddress]));
    assert.equal(addresses[ALICE]?.toLowerCase(), ALICE_MAIL);
    assert.equal(addresses[`carol@${LOCAL}`], `carol@${LOCAL}`);
    assert.equal(addresses[`dora@${LOCAL}`]?.toLowerCase(), `dora@${LOCAL}`);
  });

  test("what she does bears the mail address, what she sees is as ever (R64, R74)", async () => {
    await befriend(bed, alice, ALICE_MAIL.toUpperCase().replace("MAIL.EXAMPLE", MAIL_DOMAIN));
    const [subscribe] = requests(bed, "SUBSCRIBE");
    assert.equal(fromOf(subscribe).toLowerCase(), ALICE_MAIL);
    assert.match(subscribe?.first("From") ?? "", /^"Alice" </);
    assert.match(subscribe?.contacts[0]?.uri ?? "", /^sip:alice\.liddell@/i);
    const { body } = lastSeen(bed);
    assert.match(body, new RegExp(`entity="sip:${ALICE_MAIL}"`, "i"));
    assert.doesNotMatch(JSON.stringify(bed.edge.seen), new RegExp(ALICE));
  });

  test("texts go both ways, and hers come from the mail address", async () => {
    await bed.edge.say("bob", ALICE_MAIL, "Good morning");
    const heard = await alice.waitFor(isBody("Good morning"));
    assert.equal((attribute(heard, "to") ?? "").replace(/\/.*/, ""), ALICE);
    say(alice, "Hello Bob");
    await eventually(() => assert.equal(bed.edge.texts.at(-1)?.text, "Hello Bob"));
    assert.equal(bed.edge.texts.at(-1)?.from.toLowerCase(), ALICE_MAIL);
    await bed.edge.hangUp();
    say(alice, "Still there?");
    await eventually(() => assert.equal(bed.edge.texts.at(-1)?.text, "Still there?"));
    assert.equal(fromOf(requests(bed, "INVITE").at(-1)).toLowerCase(), ALICE_MAIL);
  });

  for (const [user, mailId] of [
    ["carol", "without a Mail ID (R66)"],
    ["erin", "with an empty one (R67)"],
  ] as const) {
    test(`a user ${mailId} is known by the JID, and reached by it`, async () => {
      const client = await bed.arrive(user);
      const jid = `${user}@${LOCAL}`;
      say(client, `from ${user}`);
      await eventually(() => assert.equal(bed.edge.texts.at(-1)?.text, `from ${user}`));
      assert.equal(bed.edge.texts.at(-1)?.from, jid);
      assert.equal((await bed.edge.watch("bob", jid)).status, 200);
      await client.waitFor((stanza) => isPresence(stanza, "subscribe", BOB));
    });
  }

  test("a JID that is the mail address is reached, in any case (R73d)", async () => {
    const dora = await bed.arrive("dora");
    const answer = await edge.ask("MESSAGE", `sip:DORA@${LOCAL}`, { headers: TEXT, body: "to dora" });
    assert.equal(answer.status, 200);
    await dora.waitFor(isBody("to dora"));
  });

  const asked: readonly (readonly [string, readonly string[]])[] = [
    ["SUBSCRIBE", PRESENCE],
    ["MESSAGE", TEXT],
    ["INVITE", ["Content-Type: application/sdp"]],
    ["OPTIONS", []],
  ];
  for (const [method, headers] of asked) {
    test(`${method} to the JID of one with a mail address is answered as for nobody, and she hears nothing (R68)`, async () => {
      const toAlice = await edge.ask(method, `sip:${ALICE}`, { headers, body: "x" });
      const toNobody = await edge.ask(method, `sip:nobody@${LOCAL}`, { headers, body: "x" });
      assert.equal(toAlice.status, 404);
      assert.equal(shape(toAlice), shape(toNobody));
    });
  }

  test("another address in the mail domain is nobody's: there are no aliases (R69)", async () => {
    for (const address of [`alice@${MAIL_DOMAIN}`, `alice.liddell+x@${MAIL_DOMAIN}`, `carol@${MAIL_DOMAIN}`]) {
      const answer = await edge.ask("MESSAGE", `sip:${address}`, { headers: TEXT, body: "lost" });
      assert.deepEqual([answer.status, answer.reason], [404, "Not Found"]);
    }
  });

  test("what did not reach her is nowhere among what she got, and a decision each says whose it was", async () => {
    say(alice, "last words");
    await eventually(() => assert.equal(bed.edge.texts.at(-1)?.text, "last words"));
    assert.equal(alice.received.filter(isBody("x")).length, 0);
    const { items } = (await bed.node.admin.ask("GET", `/decisions?user=${ALICE}&limit=1000`)) as {
      readonly items: readonly { readonly decisions: readonly { readonly rule: string }[]; readonly result: string }[];
    };
    const dropped = items.filter(({ decisions }) => decisions[0]?.rule === "federation-address");
    assert.deepEqual(
      dropped.map(({ result }) => result),
      asked.map(() => "refused 404"),
    );
  });

  test("the letter to the other administrator holds what this node really shows (R72)", async () => {
    const notice = (await bed.node.admin.ask("GET", "/federation/contoso.example/notice")) as {
      readonly port: number;
      readonly addresses: { readonly domains: readonly string[] };
      readonly certificate: { readonly commonName: string; readonly authorityPem: string };
      readonly expectedSubjects: readonly string[];
    };
    assert.equal(notice.port, bed.node.ports.sipTls);
    assert.ok(notice.addresses.domains.includes(MAIL_DOMAIN));
    assert.equal(notice.certificate.commonName, "imp1.example.com");
    assert.equal(notice.certificate.authorityPem.trim(), bed.node.authorityPem.trim());
    assert.deepEqual(notice.expectedSubjects, [EDGE]);
  });

  test("who still uses the JID is listed and counted, over a restart too (C11)", async () => {
    const { items } = (await bed.node.admin.ask("GET", "/presence-settings/email-drops")) as {
      readonly items: readonly object[];
    };
    const [drop] = items;
    assert.equal(items.length, 1);
    assert.partialDeepStrictEqual(drop, { sender: BOB, user: ALICE, addressed: ALICE, count: asked.length });
    const metrics = String(await bed.node.admin.ask("GET", "/metrics"));
    assert.match(metrics, /interpres_email_drops_total\{method="MESSAGE"\} 1/);
    await bed.node.stop("SIGTERM");
    await bed.node.start();
    const again = (await bed.node.admin.ask("GET", "/presence-settings/email-drops")) as { readonly items: object[] };
    assert.deepEqual(again.items, items);
  });

  test("the edge found nothing to object to", () => {
    assert.deepEqual(bed.edge.deviations, []);
  });
});

/** A response without what differs between any two: branch, tags, Call-ID, addresses. */
function shape(response: SipResponse): string {
  const names = [...response.headers.text.matchAll(/^([\w-]+):/gm)].map(([, name]) => name).join();
  return [response.status, response.reason, names, Buffer.from(response.body).toString("utf8")].join("\n");
}
