import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { settled } from "@interpres/testkit";
import { type Element, el } from "@interpres/xmpp/xml";
import { show } from "../fakes/fake-local-domain.ts";
import type { FakeSubscription } from "../fakes/fake-user-agent.ts";
import { GatewayUnderTest, STANDARD } from "../fakes/gateway-under-test.ts";

const ALICE = "alice@example.com";
const DESK = `${ALICE}/desk`;
const BOB = `bob@${STANDARD}`;
const CLIENT = "jabber:client";

/** What an RFC peer is told of alice, with these devices: the last NOTIFY. */
async function told(...devices: readonly (readonly [full: string, ...children: Element[]])[]) {
  const node = await GatewayUnderTest.started();
  node.local.verdicts.set(`${BOB} ${ALICE}`, "granted");
  for (const [full, ...children] of devices) node.local.signIn(full, ...children);
  const asked = node.agent.subscribe(`sip:${BOB}`, `sip:${ALICE}`);
  await settled();
  const [notify] = asked.watch?.notified ?? [];
  assert.ok(notify !== undefined);
  return { node, watch: asked.watch, notify, xml: String(notify.body) };
}

function priority(value: number): Element {
  return el("priority", CLIENT, {}, String(value));
}

describe("presence told to RFC peers (RFC 8048 §6.2, table 1)", () => {
  test("no type is basic open, and unavailable is basic closed in a NOTIFY of its own (notes 4 and 5)", async () => {
    const { node, watch, xml } = await told([DESK]);
    assert.match(xml, /<status><basic>open<\/basic><\/status>/);
    node.local.signOut(DESK);
    await node.changed(DESK, BOB, "unavailable");
    assert.match(String(watch?.notified.at(-1)?.body), /<status><basic>closed<\/basic><\/status>/);
  });

  test("other types are no NOTIFY (note 1)", async () => {
    const { node, watch } = await told([DESK]);
    for (const type of ["subscribe", "unsubscribe", "probe", "error"] as const) node.presence(type, ALICE, BOB);
    await settled();
    assert.equal(watch?.notified.length, 1);
  });

  test("a resource is a tuple's id behind a prefix, one that is no XML name is numbered (note 2)", async () => {
    const { xml } = await told([`${ALICE}/7of9`], [`${ALICE}/Käse & Brot`]);
    const ids = [...xml.matchAll(/<tuple id="([^"]+)"/g)].map(([, id]) => id ?? "");
    assert.equal(ids[0], "ID-7of9");
    assert.match(ids[1] ?? "", /^ID-n1\.[0-9a-f]+$/);
  });

  test("several resources are several tuples of one NOTIFY, each with its own show", async () => {
    const { watch, xml } = await told([DESK], [`${ALICE}/phone`, show("dnd")]);
    assert.equal(watch?.notified.length, 1);
    assert.match(
      xml,
      /id="ID-desk">.*open.*id="ID-phone"><status><basic>open<\/basic><show xmlns="jabber:client">dnd</s,
    );
  });

  test("show is kept inside status, and said in RPID beside it (note 7, RFC 4480 §3.2)", async () => {
    const { xml } = await told([DESK, show("dnd")]);
    assert.match(xml, /<show xmlns="jabber:client">dnd<\/show><\/status>/);
    assert.match(xml, /<dm:person id="[A-Za-z][^"]*"><rpid:activities><rpid:busy\/><\/rpid:activities><\/dm:person>/);
  });

  test("status is note, one for each language, and Content-Language where it is one", async () => {
    const german = el("status", CLIENT, { "xml:lang": "de" }, "Mahlzeit");
    const both = await told([DESK, el("status", CLIENT, { "xml:lang": "en" }, "Lunch"), german]);
    assert.match(both.xml, /<note xml:lang="en">Lunch<\/note><note xml:lang="de">Mahlzeit<\/note>/);
    assert.equal(both.notify.contentLanguage, undefined);
    assert.equal((await told([DESK, german])).notify.contentLanguage, "de");
  });

  test("priority 0 to 127 are 0 to 1 with three decimals, each another; a negative one is none (note 6)", async () => {
    const qvalue = async (value: number): Promise<string | undefined> =>
      /<contact(?: priority="([^"]+)")?>/.exec((await told([DESK, priority(value)])).xml)?.[1];
    assert.deepEqual(await Promise.all([0, 1, 126, 127, -1].map(qvalue)), [
      "0.000",
      "0.008",
      "0.992",
      "1.000",
      undefined,
    ]);
    const all = await Promise.all(Array.from({ length: 128 }, (_, value) => qvalue(value)));
    assert.equal(new Set(all).size, 128);
  });

  test("since when she is so is the tuple's timestamp, where her client said it (RFC 3863 §4.1.7)", async () => {
    const { xml } = await told([DESK, el("delay", "urn:xmpp:delay", { stamp: "2026-01-04T09:00:00+01:00" })]);
    assert.match(xml, /<timestamp>2026-01-04T08:00:00\.000Z<\/timestamp><\/tuple>/);
  });
});

function pidf(...children: readonly string[]): string {
  return `<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model"
    xmlns:r="urn:ietf:params:xml:ns:pidf:rpid" entity="pres:x@y">${children.join("")}</presence>`;
}

function tuple(id: string, content: string, basic = "open", extension = ""): string {
  return `<tuple id="${id}"><status><basic>${basic}</basic>${extension}</status>${content}</tuple>`;
}

async function watching(): Promise<{ readonly node: GatewayUnderTest; readonly subscription: FakeSubscription }> {
  const node = await GatewayUnderTest.started();
  node.local.signIn(DESK);
  node.presence("subscribe", ALICE, BOB);
  const [subscription] = node.agent.subscriptions;
  assert.ok(subscription !== undefined);
  return { node, subscription };
}

/** What alice is shown of documents, one after the other; the last of them. */
async function seen(...documents: readonly string[]): Promise<readonly string[]> {
  const { node, subscription } = await watching();
  let last: readonly string[] = [];
  for (const document of documents) {
    node.local.told();
    subscription.notify("active", document);
    last = node.local.told().filter((line) => !line.startsWith("subscribed"));
  }
  return last;
}

describe("presence documents of RFC peers (RFC 8048 §6.3, table 2)", () => {
  const rows: readonly {
    readonly rule: string;
    readonly documents: readonly string[];
    readonly is: readonly string[];
  }[] = [
    {
      rule: "open has no type, its tuple id is the resource",
      documents: [pidf(tuple("ID-desk", ""))],
      is: [`available ${BOB}/desk ${ALICE}`],
    },
    {
      rule: "closed is unavailable",
      documents: [pidf(tuple("ID-desk", "")), pidf(tuple("ID-desk", "", "closed"))],
      is: [`unavailable ${BOB}/desk ${ALICE}`],
    },
    {
      rule: "note is status, once a language",
      documents: [
        pidf(
          tuple("a", '<note xml:lang="en">Lunch</note><note xml:lang="de">Mahlzeit</note><note xml:lang="de">x</note>'),
        ),
      ],
      is: [`available ${BOB}/a ${ALICE} <status xml:lang='en'>Lunch</status> <status xml:lang='de'>Mahlzeit</status>`],
    },
    {
      rule: "the person's note stands for tuples that have none (RFC 4479 §3.2)",
      documents: [pidf(tuple("a", ""), '<dm:person id="p"><dm:note>Away on business</dm:note></dm:person>')],
      is: [`available ${BOB}/a ${ALICE} <status>Away on business</status>`],
    },
    {
      rule: "show is show, whatever RPID says (note 3)",
      documents: [
        pidf(
          tuple("a", "", "open", '<show xmlns="jabber:client">xa</show>'),
          '<dm:person id="p"><r:activities><r:busy/></r:activities></dm:person>',
        ),
      ],
      is: [`available ${BOB}/a ${ALICE} <show>xa</show>`],
    },
    {
      rule: "priority is an integer again (note 2)",
      documents: [pidf(tuple("a", '<contact priority="0.8">sip:a@y</contact>'))],
      is: [`available ${BOB}/a ${ALICE} <priority>102</priority>`],
    },
    {
      rule: "a priority that is none is none (RFC 3863 §4.1.5)",
      documents: [pidf(tuple("a", '<contact priority="1.5">sip:a@y</contact>'))],
      is: [`available ${BOB}/a ${ALICE}`],
    },
    {
      rule: "timestamp is since when (RFC 3863 §4.1.7, XEP-0203 §4)",
      documents: [pidf(tuple("a", "<timestamp>2026-01-04T09:00:00+01:00</timestamp>"))],
      is: [`available ${BOB}/a ${ALICE} <delay xmlns='urn:xmpp:delay' stamp='2026-01-04T08:00:00.000Z'/>`],
    },
    {
      rule: "a later timestamp alone is no news",
      documents: ["8", "9"].map((hour) => pidf(tuple("a", `<timestamp>2026-01-04T0${hour}:00:00Z</timestamp>`))),
      is: [],
    },
    {
      rule: "devices and services of the data model beside it are passed over (RFC 4479 §3.3, §3.4)",
      documents: [
        pidf(
          tuple("a", "<dm:deviceID>urn:x-mac:1</dm:deviceID>"),
          '<dm:device id="d"><r:user-input>idle</r:user-input><dm:deviceID>urn:x-mac:1</dm:deviceID></dm:device>',
        ),
      ],
      is: [`available ${BOB}/a ${ALICE}`],
    },
    {
      rule: "active without a body is closed (§5.2.1)",
      documents: [pidf(tuple("a", "")), ""],
      is: [`unavailable ${BOB}/a ${ALICE}`],
    },
    {
      rule: "a partial document, which nobody asked for, changes nothing (RFC 5263 §4)",
      documents: [
        pidf(tuple("a", "")),
        '<p:pidf-diff xmlns:p="urn:ietf:params:xml:ns:pidf-diff" version="2"><p:remove sel="presence/tuple"/></p:pidf-diff>',
      ],
      is: [],
    },
    {
      rule: "a body of several parts changes nothing",
      documents: [pidf(tuple("a", "")), "--b\r\nContent-Type: application/rlmi+xml\r\n\r\n<list/>\r\n--b--"],
      is: [],
    },
  ];
  for (const { rule, documents, is } of rows) test(rule, async () => assert.deepEqual(await seen(...documents), is));

  test("every priority an XMPP client gave comes back as it was", async () => {
    for (const value of [0, 1, 63, 64, 126, 127]) {
      const { xml } = await told([DESK, priority(value)]);
      const [line = ""] = await seen(xml);
      assert.equal(Number(/<priority>(\d+)/.exec(line)?.[1] ?? "0"), value);
    }
  });

  test("several tuples are several resources, and one that is gone is unavailable", async () => {
    const { node, subscription } = await watching();
    subscription.notify("active", pidf(tuple("ID-a", ""), tuple("ID-b", "")));
    node.local.told();
    subscription.notify("active", pidf(tuple("ID-b", "", "open", '<show xmlns="jabber:client">away</show>')));
    assert.deepEqual(node.local.told(), [
      `available ${BOB}/b ${ALICE} <show>away</show>`,
      `unavailable ${BOB}/a ${ALICE}`,
    ]);
  });

  test("a NOTIFY that is not understood keeps the dialog (trap: answered 488 elsewhere)", async () => {
    const { node, subscription } = await watching();
    subscription.notify("active", pidf(tuple("a", "")));
    subscription.notify("active", "<vendor:thing xmlns:vendor='urn:x'/>");
    assert.deepEqual([node.gateway.subscriptions()[0]?.dialog, subscription.state], ["active", "open"]);
  });

  test("Content-Language is the language of notes that bear none", async () => {
    const { node, subscription } = await watching();
    const own = '<note>Mahlzeit</note><note xml:lang="en">Lunch</note>';
    subscription.notify("active", pidf(tuple("a", own)), { language: "de" });
    assert.match(node.local.told().join(), /<status xml:lang='de'>Mahlzeit<\/status> <status xml:lang='en'>Lunch</);
  });
});
