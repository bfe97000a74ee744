import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { EdgeRequest, XmppClient } from "@interpres/testkit";
import { attribute } from "@interpres/xmpp/xml";
import { eventually } from "../harness/eventually.ts";
import { freePorts } from "../harness/peers.ts";
import { FOREIGN, RoadBed } from "../harness/road-bed.ts";

const COUNT = 300;
/** What the edge takes of a partner it does not know, in any second. */
const LIMIT = 20;
/** Texts said while all the refreshes wait; each is an INVITE, an ACK and a MESSAGE. */
const TEXTS = ["one", "two", "three", "four", "five"] as const;
const REQUESTS_OF_A_TEXT = 3;
/** Requests of two seconds: what may pass a text that stands before all the others, on a machine that is busy. */
const OVERTAKEN_AT_MOST = 2 * LIMIT;
/** What the road to the peer and a busy machine may take off the pace that the peer allows. */
const LEAST_RATE = 14;
const LONG = { timeout: 120_000 };

/** One of our users watches three hundred users behind one edge, and the node ends: its return may not be a flood. */
describe("three hundred contacts at one Microsoft peer", () => {
  let bed: RoadBed;
  let alice: XmppClient;

  before(async () => {
    const [sipTls = 0, xmppClient = 0, admin = 0] = await freePorts(3);
    bed = await RoadBed.start({ ports: { sipTls, xmppClient, admin } });
    await bed.node.admin.ask("PATCH", "/presence-settings", { maxContactListSize: COUNT });
  });

  after(() => bed?.end());

  test("are asked for at the pace the peer allows", LONG, async () => {
    alice = await arrive(bed);
    for (let index = 0; index < COUNT; index += 1)
      alice.send(`<presence type='subscribe' to='friend${index}@${FOREIGN}'/>`);
    await reaches(COUNT, () => activeWatches(bed));
    assert.equal(bed.edge.requests.length, COUNT);
    keepsPace(bed.edge.requests);
    assert.deepEqual(bed.edge.deviations, []);
  });

  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    test(`${signal}: messages first, then each dialog refreshed once, in the time that takes`, LONG, async () => {
      const kept = await endAmidst(signal);
      const restartedAt = bed.edge.requests.length;
      const textsBefore = bed.edge.texts.length;
      await bed.node.start();
      alice = await arrive(bed);
      const saidAt = bed.edge.requests.length;
      for (const [index, text] of TEXTS.entries()) alice.send(said(text, `friend${index + 1}`));
      const life = (): readonly EdgeRequest[] => bed.edge.requests.slice(restartedAt);
      await reaches(COUNT, () => refreshed(life()));
      assert.deepEqual(
        bed.edge.texts.slice(textsBefore).map(({ text }) => text),
        [...kept, ...TEXTS],
      );
      const methods = life().map(({ message }) => message.method);
      assert.deepEqual(
        methods.slice(0, kept.length),
        kept.map(() => "INVITE"),
        "a refresh went before what was kept",
      );
      const overtaken = bed.edge.requests.slice(saidAt, positionOfLastText(bed)).filter(isRefresh).length;
      assert.ok(overtaken <= OVERTAKEN_AT_MOST, `${overtaken} refreshes went before what people said`);
      // Those that left before she signed in are asked once more, as her probes want news; of these some were on their way.
      const early = bed.edge.requests.slice(restartedAt, saidAt).filter(isRefresh).length + LIMIT;
      const needed = COUNT + early + REQUESTS_OF_A_TEXT * (TEXTS.length + kept.length);
      assert.ok(methods.length <= needed, `${methods.length} requests where ${needed} will do`);
      assert.equal(bed.edge.watchers, COUNT, "a watch was begun anew");
      keepsPace(life());
      assert.deepEqual(bed.edge.deviations, []);
      await bed.edge.hangUp();
    });
  }

  test("and all of them are current: a change of any one is shown", LONG, async () => {
    for (const index of [0, COUNT - 1]) {
      await bed.edge.setState(`friend${index}`, "available");
      const contact = `friend${index}@${FOREIGN}`;
      await alice.waitFor(
        (stanza) => stanza.name === "presence" && (attribute(stanza, "from") ?? "").startsWith(contact),
      );
    }
  });

  /**
   * The node ends with a message of alice's under way. In good order that comes back to its sender; otherwise it stands
   * before all others when the node is back. Gives what is kept so.
   */
  async function endAmidst(signal: "SIGTERM" | "SIGKILL"): Promise<readonly string[]> {
    bed.edge.faults.set("silent=INVITE");
    alice.send(said("kept", "friend0"));
    await eventually(() => assert.equal(bed.edge.requests.at(-1)?.message.method, "INVITE"));
    await bed.node.stop(signal);
    bed.edge.faults.clear("silent");
    if (signal === "SIGKILL") return ["kept"];
    await alice.waitFor((stanza) => attribute(stanza, "id") === "kept");
    return [];
  }
});

/** They took no more time than they need at the pace of the peer. That none came early, the edge counts by itself. */
function keepsPace(requests: readonly EdgeRequest[]): void {
  const spanMs = (requests.at(-1)?.at ?? 0) - (requests[0]?.at ?? 0);
  assert.ok(
    spanMs <= (requests.length * 1000) / LEAST_RATE,
    `${requests.length} requests took ${Math.round(spanMs)} ms`,
  );
}

/** Waits for a count that takes longer than a single wait may: in thirds. */
async function reaches(goal: number, count: () => number | Promise<number>): Promise<void> {
  for (const third of [goal / 3, (goal * 2) / 3, goal])
    await eventually(async () => assert.ok((await count()) >= third, `not ${third} yet`));
  assert.equal(await count(), goal);
}

function isRefresh({ message }: EdgeRequest): boolean {
  return message.method === "SUBSCRIBE" && message.to.tag !== undefined;
}

/** How many dialogs were refreshed. */
function refreshed(requests: readonly EdgeRequest[]): number {
  return new Set(requests.filter(isRefresh).map(({ message }) => message.callId)).size;
}

function positionOfLastText({ edge }: RoadBed): number {
  return edge.requests.findLastIndex(({ message }) => message.method === "MESSAGE");
}

function said(words: string, user: string): string {
  return `<message to='${user}@${FOREIGN}' type='chat' id='${words.replaceAll(" ", "-")}'><body>${words}</body></message>`;
}

async function arrive(bed: RoadBed): Promise<XmppClient> {
  const alice = await bed.signIn("alice");
  alice.send("<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq>");
  await alice.waitFor((stanza) => attribute(stanza, "id") === "roster");
  alice.send("<presence/>");
  return alice;
}

async function activeWatches(bed: RoadBed): Promise<number> {
  const page = (await bed.node.admin.ask("GET", "/subscriptions?limit=1000")) as {
    readonly items: readonly { readonly state: string }[];
  };
  return page.items.filter(({ state }) => state === "active").length;
}
