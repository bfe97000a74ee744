import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { bodyOf, type XmppClient } from "@interpres/testkit";
import { attribute, child, type Element, el, elements, NS } from "../../src/xml/index.ts";
import { type C2sHouse, openHouse, PASSWORD, until } from "../c2s-house.ts";

let house: C2sHouse;
before(async () => {
  house = await openHouse({ maxUnacknowledged: 20, maxUnhandled: 10, maxResumeSeconds: 60 });
});
afterEach(() => {
  house.host.taking = "at-once";
  house.host.untaken.splice(0);
  house.host.events.splice(0);
  house.host.lost.splice(0);
});
after(() => house.close());

const isAnswer = (element: Element): boolean => element.namespace === NS.streamManagement && element.name === "a";
const isMessage = (element: Element): boolean => element.name === "message";

function message(body: string): Element {
  return el("message", NS.client, {}, el("body", NS.client, {}, body));
}

async function managed(user: string, resource: string): Promise<{ readonly client: XmppClient; readonly id: string }> {
  const client = await house.login(user, { resource });
  const enabled = await client.enableManagement();
  return { client, id: attribute(enabled, "id") ?? "" };
}

/** A new connection of the user, ready to resume. */
async function returned(user: string): Promise<XmppClient> {
  const client = await house.connect();
  await client.openStream();
  await client.startTls();
  await client.authenticate({ user, password: PASSWORD });
  return client;
}

/** Counts what becomes of deliveries. */
function tally(): { acknowledged: number; lost: number; readonly settlement: { acknowledged(): void; lost(): void } } {
  const counts = {
    acknowledged: 0,
    lost: 0,
    settlement: {
      acknowledged: (): void => {
        counts.acknowledged += 1;
      },
      lost: (): void => {
        counts.lost += 1;
      },
    },
  };
  return counts;
}

describe("enabling (XEP-0198 §3)", () => {
  test("gives an id no one can guess, and our limit of the time to come back", async () => {
    const client = await house.login("alice");
    const enabled = await client.enableManagement({ resume: "true", max: "3600" });
    assert.equal(enabled.name, "enabled");
    assert.match(attribute(enabled, "id") ?? "", /^\w{22,}$/);
    assert.equal(attribute(enabled, "max"), "60");
    assert.equal((await client.enableManagement()).name, "failed", "only once");
    await client.close();
  });

  test("before a resource is bound it fails", async () => {
    const client = await returned("alice");
    const failed = await client.enableManagement();
    assert.ok(child(failed, "unexpected-request", NS.stanzaErrors) !== undefined);
    client.abort();
  });
});

describe("what the client sent (XEP-0198 §4)", () => {
  test("counts from enable on, stanzas only", async () => {
    const { client } = await managed("alice", "count");
    client.send(message("one"));
    client.send(message("two"));
    client.send(el("r", NS.streamManagement, {}));
    assert.equal(attribute(await client.waitFor(isAnswer), "h"), "2");
    await client.close();
  });

  test("counts a stanza once it is safe, without gaps, and says so again then", async () => {
    const { client } = await managed("alice", "gaps");
    house.host.taking = "by-hand";
    for (const body of ["one", "two", "three"]) client.send(message(body));
    client.send(el("r", NS.streamManagement, {}));
    assert.equal(attribute(await client.waitFor(isAnswer), "h"), "0");
    const [first, second, third] = house.host.untaken;
    third?.();
    second?.();
    client.send(el("r", NS.streamManagement, {}));
    assert.equal(attribute(await client.waitFor(isAnswer), "h"), "0", "the first is not safe yet");
    first?.();
    assert.equal(attribute(await client.waitFor(isAnswer), "h"), "3");
    await client.close();
  });

  test("a client ahead of the store is read no further, and goes on afterwards", async () => {
    const { client } = await managed("alice", "flood");
    house.host.taking = "by-hand";
    for (let count = 0; count < 300; count += 1) client.send(message("x".repeat(10_000)));
    const before = house.host.handled.length;
    await until(() => house.host.untaken.length >= 10);
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    assert.ok(house.host.untaken.length < 200, `${house.host.untaken.length} in hand`);
    house.host.taking = "at-once";
    for (const taken of house.host.untaken.splice(0)) taken();
    await until(() => house.host.handled.length >= before + 290);
    client.abort();
  });
});

describe("what the client was sent (XEP-0198 §4)", () => {
  test("is acknowledged only by the client's word", async () => {
    const { client } = await managed("alice", "ack");
    client.acknowledges = "never";
    const counts = tally();
    house.host.session(client.jid).deliver(message("one"), counts.settlement);
    house.host.session(client.jid).deliver(message("two"), counts.settlement);
    await client.waitFor((element) => bodyOf(element) === "two");
    assert.equal(counts.acknowledged, 0);
    client.send(el("a", NS.streamManagement, { h: "1" }));
    await until(() => counts.acknowledged === 1);
    client.acknowledge();
    await until(() => counts.acknowledged === 2);
    await client.close();
    assert.equal(counts.lost, 0);
  });

  test("what was sent while an answer was awaited is asked about next", async () => {
    const { client } = await managed("alice", "next");
    client.acknowledges = "never";
    const counts = tally();
    const session = house.host.session(client.jid);
    const isRequest = (element: Element): boolean => element.name === "r";
    session.deliver(message("one"), counts.settlement);
    await client.waitFor(isRequest);
    session.deliver(message("two"), counts.settlement);
    await client.waitFor((element) => bodyOf(element) === "two");
    client.send(el("a", NS.streamManagement, { h: "1" }));
    await client.waitFor(isRequest);
    client.send(el("a", NS.streamManagement, { h: "2" }));
    await until(() => counts.acknowledged === 2);
    await client.close();
  });

  test("without stream management it is acknowledged once written, after deliver returned", async () => {
    const client = await house.login("alice", { resource: "plain" });
    const counts = tally();
    house.host.session(client.jid).deliver(message("one"), counts.settlement);
    assert.equal(counts.acknowledged, 0);
    await client.waitFor(isMessage);
    assert.equal(counts.acknowledged, 1);
    await client.close();
  });

  test("an h above what was sent ends the stream", async () => {
    const { client } = await managed("alice", "high");
    client.send(el("a", NS.streamManagement, { h: "7" }));
    assert.equal(await client.waitForStreamError(), "undefined-condition");
    await until(() => house.host.events.includes("closed alice@example.com/high"));
  });

  test("a client that never acknowledges is ended at the bound, and its stanzas come back", async () => {
    const { client } = await managed("alice", "deaf");
    client.acknowledges = "never";
    const session = house.host.session(client.jid);
    const counts = tally();
    for (let count = 0; count < 21; count += 1) session.deliver(message("x"), counts.settlement);
    assert.equal(await client.waitForStreamError(), "resource-constraint");
    assert.equal(counts.lost, 21);
  });
});

describe("resumption (XEP-0198 §5)", () => {
  test("brings back the same session with all that was not acknowledged", async () => {
    const { client, id } = await managed("alice", "back");
    client.acknowledges = "never";
    client.send(message("counted"));
    const counts = tally();
    const session = house.host.session(client.jid);
    session.deliver(message("one"), counts.settlement);
    session.deliver(message("two"), counts.settlement);
    await client.waitFor((element) => bodyOf(element) === "two");
    client.abort();
    await until(() => house.host.events.includes("suspended alice@example.com/back"));
    session.deliver(message("three"), counts.settlement);
    assert.equal(session.facts.state, "suspended");
    assert.equal(session.facts.unacknowledged, 3);

    const again = await returned("alice");
    const resumed = await again.resume(id, 1);
    assert.equal(resumed.name, "resumed");
    assert.equal(attribute(resumed, "h"), "1");
    assert.equal(bodyOf(await again.waitFor(isMessage)), "two");
    assert.equal(bodyOf(await again.waitFor(isMessage)), "three");
    await until(() => counts.acknowledged === 3);
    assert.deepEqual(house.host.events, ["suspended alice@example.com/back", "resumed alice@example.com/back"]);
    again.send(el("message", NS.client, { to: "alice@example.com/back" }, el("body", NS.client, {}, "mine")));
    assert.equal(bodyOf(await again.waitFor(isMessage)), "mine");
    await again.close();
  });

  test("takes over a connection that is still there", async () => {
    const { client, id } = await managed("alice", "over");
    const again = await returned("alice");
    const resumed = await again.resume(id, 0);
    assert.equal(resumed.name, "resumed");
    assert.equal(await client.waitForStreamError(), "conflict");
    assert.deepEqual(house.host.events, []);
    await again.close();
  });

  test("is for the same user only; the id does not even exist for others", async () => {
    const { client, id } = await managed("alice", "mine");
    const thief = await returned("bob");
    const failed = await thief.resume(id, 0);
    assert.deepEqual(
      elements(failed).map(({ name }) => name),
      ["item-not-found"],
    );
    assert.match(await thief.bind(), /^bob@/, "and may bind instead");
    assert.equal(house.host.session(client.jid).facts.state, "connected");
    await client.close();
    await thief.close();
  });

  test("ends with the stream the client closed", async () => {
    const { client, id } = await managed("alice", "closed");
    await client.close();
    await until(() => house.host.events.includes("closed alice@example.com/closed"));
    const again = await returned("alice");
    assert.equal((await again.resume(id, 0)).name, "failed");
    again.abort();
  });

  test("with a count above what was sent ends the new stream and leaves the old session", async () => {
    const { client, id } = await managed("alice", "liar");
    const again = await returned("alice");
    const answer = assert.rejects(again.resume(id, 99));
    assert.equal(await again.waitForStreamError(), "undefined-condition");
    await answer;
    assert.equal(house.host.session(client.jid).facts.state, "connected");
    await client.close();
  });

  test("not wanted, a lost connection ends the session, and unacknowledged stanzas come back", async () => {
    const client = await house.login("alice", { resource: "brief" });
    await client.enableManagement({});
    client.acknowledges = "never";
    house.host.session(client.jid).deliver(message("lost?"));
    await client.waitFor(isMessage);
    client.abort();
    await until(() => house.host.events.includes("closed alice@example.com/brief"));
    assert.deepEqual(house.host.lost.map(bodyOf), ["lost?"]);
  });

  test("not used in time, the session ends and its stanzas come back", async (context) => {
    const hasty = await openHouse({ maxResumeSeconds: 1 });
    context.after(() => hasty.close());
    const client = await hasty.login("alice", { resource: "late" });
    const enabled = await client.enableManagement();
    assert.equal(attribute(enabled, "max"), "1");
    const session = hasty.host.session(client.jid);
    client.abort();
    await until(() => session.facts.state === "suspended");
    session.deliver(message("waiting"));
    const started = performance.now();
    while (session.facts.state === "suspended" && performance.now() - started < 3000) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => hasty.host.lost.length === 1);
  });
});
