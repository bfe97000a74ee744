import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { dialects, dialectWith, type MappingChoice, type MappingSet } from "@interpres/federation";
import { settled } from "@interpres/testkit";
import { show, status } from "../fakes/fake-local-domain.ts";
import { AOL, GatewayUnderTest, MICROSOFT, STANDARD } from "../fakes/gateway-under-test.ts";

const ALICE = "alice@example.com";
const DESK = `${ALICE}/desk`;
const BILL = `bill@${MICROSOFT}`;
const ANN = `ann@${AOL}`;
const BOB = `bob@${STANDARD}`;
const TYPE_OF = { [MICROSOFT]: "microsoft", [AOL]: "aol", [STANDARD]: "standard" } as const;

/** A document of a contact who is there, with an activity in the form most peers write. */
function open(activity: string): string {
  const activities =
    activity === "" ? "" : `<activities xmlns="urn:ietf:params:xml:ns:pidf:rpid"><${activity}/></activities>`;
  return `<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:x@y"><tuple id="t"><status><basic>open</basic></status></tuple>
    <person xmlns="urn:ietf:params:xml:ns:pidf:data-model" id="p">${activities}</person></presence>`;
}

/** What alice sees of a contact: `show` and status. */
async function seen(contact: string, activity: string, mapping: MappingChoice = {}): Promise<string> {
  const node = await GatewayUnderTest.started();
  const domain = contact.slice(contact.indexOf("@") + 1) as keyof typeof TYPE_OF;
  node.federated.set(domain, dialectWith(TYPE_OF[domain], { domain, mapping }));
  node.local.signIn(DESK);
  node.presence("subscribe", ALICE, contact);
  node.agent.subscriptions[0]?.notify("active", open(activity));
  const [told = ""] = node.local.told().filter((line) => line.startsWith("available"));
  return [/<show>(\w+)/.exec(told)?.[1] ?? "available", ...(/<status>([^<]+)/.exec(told)?.slice(1, 2) ?? [])].join(" ");
}

/** What a watcher is told when alice is like this: `open` and the activity. */
async function told(watcher: string, state: { readonly show?: string; readonly status?: string }): Promise<string> {
  const node = await GatewayUnderTest.started();
  node.local.verdicts.set(`${watcher} ${ALICE}`, "granted");
  const children = [
    ...(state.show === undefined ? [] : [show(state.show)]),
    ...(state.status === undefined ? [] : [status(state.status)]),
  ];
  node.local.signIn(DESK, ...children);
  const asked = node.agent.subscribe(`sip:${watcher}`, `sip:${ALICE}`);
  await settled();
  return (
    asked.watch
      ?.told()
      .join()
      .replace(/^active /, "") ?? ""
  );
}

describe("what our users see of contacts, row by row", () => {
  const rows: readonly (readonly [contact: string, set: MappingSet, activity: string, expected: string])[] = [
    [BILL, "classic", "", "available"],
    [BILL, "classic", "busy", "away Busy"],
    [BILL, "classic", "do-not-disturb", "away Busy"],
    [BILL, "classic", "on-the-phone", "away On the phone"],
    [BILL, "classic", "in-a-meeting", "away In a meeting"],
    [BILL, "classic", "be-right-back", "away"],
    [BILL, "classic", "away", "away"],
    [BILL, "faithful", "busy", "dnd"],
    [BILL, "faithful", "on-the-phone", "dnd On the phone"],
    [BILL, "faithful", "away", "away"],
    [ANN, "classic", "", "available"],
    [ANN, "classic", "away", "away"],
    [ANN, "classic", "idle", "away"],
    [BOB, "faithful", "busy", "dnd"],
    [BOB, "faithful", "meeting", "dnd In a meeting"],
    [BOB, "faithful", "vacation", "xa"],
    [BOB, "faithful", "never-heard-of", "available"],
    [BOB, "classic", "busy", "away Busy"],
  ];
  for (const [contact, set, activity, expected] of rows) {
    test(`${set}: open ${activity} of ${contact} is ${expected}`, async () => {
      assert.equal(await seen(contact, activity, { set }), expected);
    });
  }

  test("Microsoft and AOL begin with Cisco's rows, RFC peers with the faithful ones", async () => {
    assert.deepEqual(await Promise.all([seen(BILL, "busy"), seen(ANN, "busy"), seen(BOB, "busy")]), [
      "away Busy",
      "away Busy",
      "dnd",
    ]);
  });

  test("a row of the administrator's is seen in its place, also that of open", async () => {
    const mapping = { seen: { busy: { show: "xa", status: "Occupied" }, open: { show: "chat" } } } as const;
    assert.deepEqual(await Promise.all([seen(BILL, "busy", mapping), seen(BILL, "", mapping)]), [
      "xa Occupied",
      "chat",
    ]);
  });
});

describe("what peers are told of our users, row by row", () => {
  const rows: readonly (readonly [
    show: string | undefined,
    status: string | undefined,
    microsoft: string,
    aol: string,
    rfc: string,
  ])[] = [
    [undefined, undefined, "open", "open", "open"],
    ["chat", undefined, "open", "open", "open"],
    ["away", undefined, "open away", "open away", "open away"],
    ["xa", undefined, "open away", "open away", "open away"],
    ["dnd", undefined, "open busy", "open away", "open busy"],
    ["away", "Busy", "open busy", "open away", "open busy"],
    ["away", "On the phone", "open busy", "open away", "open on-the-phone"],
    ["away", "In a meeting until three", "open busy", "open away", "open meeting"],
  ];
  for (const [word, text, microsoft, aol, rfc] of rows) {
    test(`${word ?? "available"}${text === undefined ? "" : ` "${text}"`} is ${microsoft} to Microsoft, ${aol} to AOL, ${rfc} to RFC peers`, async () => {
      const state = { ...(word === undefined ? {} : { show: word }), ...(text === undefined ? {} : { status: text }) };
      assert.deepEqual(await Promise.all([told(BILL, state), told(ANN, state), told(BOB, state)]), [
        microsoft,
        aol,
        rfc,
      ]);
    });
  }
});

describe("another table for a domain while dialogs stand", () => {
  test("its watchers are told at once in the new words", async () => {
    const node = await GatewayUnderTest.started();
    node.local.verdicts.set(`${BILL} ${ALICE}`, "granted");
    node.local.signIn(DESK, show("dnd"));
    const asked = node.agent.subscribe(`sip:${BILL}`, `sip:${ALICE}`);
    await settled();
    const { watch } = asked;
    assert.deepEqual(watch?.told(), ["active open busy"]);
    node.federated.set(MICROSOFT, dialectWith("microsoft", { domain: MICROSOFT, mapping: { told: { dnd: "away" } } }));
    node.gateway.peersChanged(new Set([MICROSOFT]));
    await settled();
    assert.deepEqual(watch?.told(), ["active open away"]);
  });

  test("its contacts are asked again, and the same document is read anew", async () => {
    const node = await GatewayUnderTest.started();
    node.local.signIn(DESK);
    node.presence("subscribe", ALICE, BILL);
    const [subscription] = node.agent.subscriptions;
    subscription?.notify("active", open("busy"));
    assert.match(node.local.told().join(), /<show>away<\/show> <status>Busy/);
    node.federated.set(MICROSOFT, { ...dialects.microsoft, mapping: dialects.standard.mapping });
    node.gateway.peersChanged(new Set([MICROSOFT]));
    assert.equal(subscription?.refreshes, 1);
    subscription?.notify("active", open("busy"));
    assert.match(node.local.told().join(), /<show>dnd<\/show>/);
    subscription?.notify("active", open("busy"));
    assert.deepEqual(node.local.told(), []);
  });
});
