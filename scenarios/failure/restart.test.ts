import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { SipRequest } from "@interpres/sip";
import type { EdgeRequest, XmppClient } from "@interpres/testkit";
import { attribute, child } from "@interpres/xmpp/xml";
import { eventually } from "../harness/eventually.ts";
import type { NodePorts } from "../harness/node-process.ts";
import { freePorts } from "../harness/peers.ts";
import { FOREIGN, LOCAL, RoadBed } from "../harness/road-bed.ts";
import { isBody, isPresence } from "../harness/stanzas.ts";

const ALICE = `alice@${LOCAL}`;
const BOB = `bob@${FOREIGN}`;
const MANAGEMENT = "urn:xmpp:sm:3";
const ENDS = [
  { signal: "SIGTERM", exitCode: 0 },
  { signal: "SIGKILL", exitCode: null },
] as const;

for (const { signal, exitCode } of ENDS) {
  /** Two watches and a conversation are open when the node ends; it comes back where it was, with what it had on disk. */
  describe(`dialogs over ${signal}`, () => {
    let bed: RoadBed;
    let alice: XmppClient;
    let restartedAt = 0;

    before(async () => {
      bed = await RoadBed.start({ ports: await fixedPorts() });
      alice = await arrive(bed);
      await bed.edge.setState("bob", "available");
      alice.send(`<presence type='subscribe' to='${BOB}'/>`);
      await alice.waitFor((stanza) => isPresence(stanza, undefined, BOB));
      await bed.edge.watch("bob", ALICE);
      await alice.waitFor((stanza) => isPresence(stanza, "subscribe"));
      alice.send(`<presence type='subscribed' to='${BOB}'/>`);
      await eventually(() => assert.match(bed.edge.seen.at(-1)?.body ?? "", /<basic>open</));
      await bed.edge.say("bob", ALICE, "before");
      await alice.waitFor(isBody("before"));
    });

    after(() => bed?.end());

    test("it ends in good time, and as it should", async () => {
      const nodeFile = join(bed.node.dataDirectory, "node.json");
      assert.equal(await bed.node.stop(signal), exitCode);
      await alice.waitForEnd();
      if (signal === "SIGTERM") assert.equal(existsSync(nodeFile), false);
      if (signal === "SIGTERM") assert.equal(alice.streamError, "system-shutdown");
      restartedAt = bed.edge.requests.length;
      await bed.node.start();
    });

    test("alice's next change reaches bob by NOTIFY in the same dialog", async () => {
      const [last] = notifies(bed.edge.requests.slice(0, restartedAt)).slice(-1);
      alice = await arrive(bed);
      alice.send("<presence><show>dnd</show></presence>");
      await eventually(() => assert.match(bed.edge.seen.at(-1)?.body ?? "", /<ep:activity>busy</));
      const later = notifies(bed.edge.requests.slice(restartedAt));
      const callIds = new Set(later.map(({ message }) => message.callId));
      assert.deepEqual([...callIds], [last?.message.callId]);
      assert.ok((later[0]?.message.cseq.number ?? 0) > (last?.message.cseq.number ?? Number.NaN));
    });

    test("bob's next change reaches alice by NOTIFY in the old dialog", async () => {
      await bed.edge.setState("bob", "busy");
      await alice.waitFor((stanza) => isPresence(stanza, undefined, BOB) && child(stanza, "show") !== undefined);
      const later = bed.edge.requests.slice(restartedAt).filter(({ message }) => message.method === "SUBSCRIBE");
      assert.ok(
        later.every(({ message }) => message.to.tag !== undefined),
        "the node watched bob anew",
      );
      assert.equal(bed.edge.watchers, 1);
    });

    test("bob's refresh is answered in the old dialog, with the full state after it", async () => {
      const before = bed.edge.seen.length;
      assert.equal((await bed.edge.refresh("bob", ALICE)).status, 200);
      await eventually(() => assert.equal(bed.edge.seen.length, before + 1));
      assert.match(bed.edge.seen.at(-1)?.body ?? "", /<ep:activity>busy</);
    });

    test("the conversation goes on: what alice says arrives once", async () => {
      alice.send(`<message to='${BOB}' type='chat' id='after'><body>after</body></message>`);
      await eventually(() => assert.equal(bed.edge.texts.filter((each) => each.text === "after").length, 1));
    });

    test("what bob says arrives, in a conversation anew where the old one is gone", async () => {
      await bed.edge.hangUp();
      await bed.edge.say("bob", ALICE, "and again");
      await alice.waitFor(isBody("and again"));
      assert.equal(alice.received.filter(isBody("and again")).length, 0, "it came twice");
    });

    test("the edge found nothing to object to", () => {
      assert.deepEqual(bed.edge.deviations, []);
    });
  });
}

describe("many watches over a restart", () => {
  const COUNT = 100;
  /** Requests a second, over all of them: what a busy machine costs is less than what the first second gives at once. */
  const LEAST_RATE = 16;
  let bed: RoadBed;

  before(async () => {
    bed = await RoadBed.start({ ports: await fixedPorts() });
  });

  after(() => bed?.end());

  test("a Microsoft edge gets 20 requests in any second at most, and nearly as many", { timeout: 60_000 }, async () => {
    const alice = await arrive(bed);
    for (let index = 0; index < COUNT; index += 1)
      alice.send(`<presence type='subscribe' to='friend${index}@${FOREIGN}'/>`);
    await eventually(() => assert.equal(bed.edge.watchers, COUNT));
    // What the node has not heard of yet it cannot go on with: it knows a dialog once the first NOTIFY is through.
    await eventually(async () => assert.equal(await activeWatches(bed), COUNT));
    await bed.node.stop("SIGKILL");
    const restartedAt = bed.edge.requests.length;
    await bed.node.start();
    await arrive(bed);
    await eventually(() => assert.equal(refreshed(bed.edge.requests.slice(restartedAt)), COUNT));
    for (const life of [bed.edge.requests.slice(0, restartedAt), bed.edge.requests.slice(restartedAt)])
      assert.ok(
        life.length * 1000 >= LEAST_RATE * spanMs(life),
        `${life.length} requests within ${Math.round(spanMs(life))} ms`,
      );
    assert.equal(bed.edge.watchers, COUNT, "a watch was begun anew");
    assert.deepEqual(bed.edge.deviations, []);
  });
});

describe("messages over kill -9", () => {
  test("to a page-mode peer that was silent: sent again as the same message", { timeout: 60_000 }, async () => {
    const bed = await RoadBed.start({ ports: await fixedPorts(), integrationType: "standard" });
    try {
      const alice = await arrive(bed);
      bed.edge.faults.set("silent=MESSAGE");
      await alice.enableManagement({});
      await acknowledged(alice, 1, "do not lose me");
      await eventually(() => assert.equal(pages(bed).length, 1));
      await bed.node.stop("SIGKILL");
      bed.edge.faults.clear("silent");
      await bed.node.start();
      await eventually(() => assert.equal(textsOf(bed, "do not lose me"), 1));
      const [first, second] = pages(bed);
      assert.equal(second?.callId, first?.callId);
      assert.equal(second?.first("Message-ID"), first?.first("Message-ID"));
    } finally {
      await bed.end();
    }
  });

  test("to a session-mode peer that was silent: delivered after the restart", { timeout: 60_000 }, async () => {
    const bed = await RoadBed.start({ ports: await fixedPorts() });
    try {
      const alice = await arrive(bed);
      bed.edge.faults.set("silent=INVITE");
      await alice.enableManagement({});
      await acknowledged(alice, 1, "one");
      await acknowledged(alice, 2, "two");
      await bed.node.stop("SIGKILL");
      bed.edge.faults.clear("silent");
      await bed.node.start();
      await eventually(() =>
        assert.deepEqual(
          bed.edge.texts.map((each) => each.text),
          ["one", "two"],
        ),
      );
    } finally {
      await bed.end();
    }
  });

  test("to a user who was away: kept for her next sign-in once it was answered", { timeout: 60_000 }, async () => {
    const bed = await RoadBed.start({ ports: await fixedPorts() });
    try {
      const alice = await arrive(bed);
      await alice.close();
      const response = await bed.edge.say("bob", ALICE, "for later");
      assert.equal(response.status, 202);
      await bed.node.stop("SIGKILL");
      await bed.node.start();
      const again = await arrive(bed);
      await again.waitFor(isBody("for later"));
      assert.equal(again.received.filter(isBody("for later")).length, 0, "it came twice");
    } finally {
      await bed.end();
    }
  });
});

async function fixedPorts(): Promise<Partial<NodePorts>> {
  const [sipTls = 0, xmppClient = 0, admin = 0] = await freePorts(3);
  return { sipTls, xmppClient, admin };
}

/** Alice signs in, reads her contacts and is available. */
async function arrive(bed: RoadBed): Promise<XmppClient> {
  const alice = await bed.signIn("alice");
  alice.send("<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq>");
  await alice.waitFor((stanza) => attribute(stanza, "id") === "roster");
  alice.send("<presence/>");
  return alice;
}

/** Says it under stream management, as stanza `count` since it was enabled, and settles when the server has acknowledged it. */
async function acknowledged(alice: XmppClient, count: number, words: string): Promise<void> {
  alice.send(`<message to='${BOB}' type='chat' id='m${count}'><body>${words}</body></message>`);
  await eventually(async () => {
    alice.send(`<r xmlns='${MANAGEMENT}'/>`);
    const answer = await alice.waitFor((each) => each.name === "a" && each.namespace === MANAGEMENT);
    assert.equal(attribute(answer, "h"), String(count));
  });
}

function notifies(requests: readonly EdgeRequest[]): readonly EdgeRequest[] {
  return requests.filter(({ message }) => message.method === "NOTIFY");
}

/** How many dialogs were refreshed: SUBSCRIBE with a To tag. */
function refreshed(requests: readonly EdgeRequest[]): number {
  const within = requests.filter(({ message }) => message.method === "SUBSCRIBE" && message.to.tag !== undefined);
  return new Set(within.map(({ message }) => message.callId)).size;
}

/** From the first that came to the last. */
function spanMs(requests: readonly EdgeRequest[]): number {
  return (requests.at(-1)?.at ?? 0) - (requests[0]?.at ?? 0);
}

async function activeWatches(bed: RoadBed): Promise<number> {
  const page = (await bed.node.admin.ask("GET", "/subscriptions?limit=1000")) as {
    readonly items: readonly { readonly state: string }[];
  };
  return page.items.filter(({ state }) => state === "active").length;
}

function pages(bed: RoadBed): readonly SipRequest[] {
  return bed.edge.requests.map(({ message }) => message).filter(({ method }) => method === "MESSAGE");
}

function textsOf(bed: RoadBed, words: string): number {
  return bed.edge.texts.filter((each) => each.text === words).length;
}
