import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { bodyOf, type XmppClient } from "@interpres/testkit";
import { el, NS } from "../../src/xml/index.ts";
import { type C2sHouse, flood, openHouse, PASSWORD } from "../c2s-house.ts";
import { hostileRows, skipWithoutHostileData } from "../hostile-data.ts";

let house: C2sHouse;
before(async () => {
  house = await openHouse();
});
after(() => house.close());

async function secured(): Promise<XmppClient> {
  const client = await house.connect();
  await client.openStream();
  await client.startTls();
  return client;
}

interface StreamCase {
  readonly id: string;
  readonly where: "before-header" | "after-sasl" | "in-stream";
  readonly expect: readonly string[] | string;
  readonly send?: string;
  readonly sendHex?: string;
  readonly recipe?: {
    readonly prefix?: string;
    readonly repeat?: string;
    readonly times?: number;
    readonly suffix?: string;
    readonly chunk?: number;
    readonly bytes?: string;
  };
  readonly deliveredBody?: string;
}

describe("hostile streams", { skip: skipWithoutHostileData }, () => {
  for (const row of hostileRows<StreamCase>("xmpp-streams.json", "cases")) {
    test(`${row.id}: ${row.expect}`, async () => {
      const client = await arrive(row.where);
      const to = client.jid;
      const octets = octetsOf(row);
      const aimed =
        to === "" ? octets : Buffer.from(octets.toString("latin1").replaceAll("bob@example.com", to), "latin1");
      const chunk = row.recipe?.chunk ?? aimed.length;
      for (let at = 0; at < aimed.length; at += chunk) client.send(aimed.subarray(at, at + chunk));
      if (Array.isArray(row.expect)) {
        const error = await client.waitForStreamError();
        assert.ok(row.expect.includes(error), error);
        await client.waitForEnd();
        return;
      }
      if (row.where === "in-stream") {
        const message = await client.waitFor((element) => element.name === "message");
        if (row.deliveredBody !== undefined) assert.equal(bodyOf(message), row.deliveredBody);
      } else {
        await client.waitFor((element) => element.name === "features");
      }
      assert.equal(client.streamError, undefined);
      client.abort();
    });
  }
});

async function arrive(where: StreamCase["where"]): Promise<XmppClient> {
  if (where === "before-header") return house.connect();
  if (where === "in-stream") return house.login("bob");
  const client = await secured();
  client.send(el("auth", NS.sasl, { mechanism: "PLAIN" }, Buffer.from(`\0bob\0${PASSWORD}`).toString("base64")));
  await client.waitFor((element) => element.name === "success");
  client.restart();
  return client;
}

function octetsOf({ send, sendHex, recipe }: StreamCase): Buffer {
  if (send !== undefined) return Buffer.from(send);
  if (sendHex !== undefined) return Buffer.from(sendHex, "hex");
  if (recipe?.bytes !== undefined) return Buffer.from(recipe.bytes);
  return Buffer.from(`${recipe?.prefix}${(recipe?.repeat ?? "").repeat(recipe?.times ?? 0)}${recipe?.suffix}`);
}

describe("a fault of ours", () => {
  test("ends the one stream with internal-server-error, and the others live", async () => {
    const [alice, bob] = [await house.login("alice"), await house.login("bob")];
    alice.send(el("message", NS.client, { id: "broken" }));
    assert.equal(await alice.waitForStreamError(), "internal-server-error");
    bob.send(el("message", NS.client, { to: bob.jid }));
    await bob.waitFor((element) => element.name === "message");
    await bob.close();
  });
});

describe("bounds (RFC 6120 §13.12)", () => {
  test("who does not get as far as a resource in time is disconnected", async (context) => {
    const hasty = await openHouse({ negotiationTimeoutMs: 100 });
    context.after(() => hasty.close());
    const silent = await hasty.connect();
    await silent.waitForEnd();
    assert.equal(silent.streamError, "connection-timeout");
    const stalled = await hasty.connect();
    await stalled.openStream();
    stalled.send(el("starttls", NS.tls, {}));
    await stalled.waitFor((element) => element.name === "proceed");
    await stalled.waitForEnd();
  });

  test("one address has only so many connections without a resource", async (context) => {
    const small = await openHouse({ maxUnboundPerAddress: 2 });
    context.after(() => small.close());
    const [first, second] = [await small.login("alice"), await small.connect()];
    const third = await small.connect();
    const fourth = await small.connect();
    await fourth.waitForEnd();
    await third.openStream();
    for (const client of [first, second, third]) client.abort();
  });

  test("a giant SASL text is cut off before anybody is authenticated", async () => {
    const client = await secured();
    client.send(el("auth", NS.sasl, { mechanism: "PLAIN" }, "A".repeat(1_000_000)));
    assert.equal(await client.waitForStreamError(), "policy-violation");
  });

  test("a client that does not read is cut off", async (context) => {
    const small = await openHouse({ maxUnsentBytes: 200_000 });
    context.after(() => small.close());
    const client = await small.login("alice", { resource: "slow" });
    client.pause();
    const session = small.host.session(client.jid);
    await flood(session);
    assert.equal(session.facts.state, "closed");
    client.abort();
  });

  test("shutting down says so to every client", async () => {
    const short = await openHouse();
    const [bound, unbound] = [await short.login("alice"), await short.connect()];
    await unbound.openStream();
    const closing = short.close();
    assert.equal(await bound.waitForStreamError(), "system-shutdown");
    assert.equal(await unbound.waitForStreamError(), "system-shutdown");
    await closing;
    assert.equal(short.host.sessions.size, 0);
  });
});
