import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { XmppClient } from "@interpres/testkit";
import { child, elements, NS, text } from "../../src/xml/index.ts";
import { type C2sHouse, openHouse, PASSWORD } from "../c2s-house.ts";

/** The directory of example.net, as the tests want it to be. */
const directory = {
  state: "there" as "there" | "down",
  asked: [] as string[],
  held: undefined as Promise<void> | undefined,
};

let house: C2sHouse;
before(async () => {
  house = await openHouse({}, "starttls", {
    check: async (user, password) => {
      directory.asked.push(user.toString());
      await directory.held;
      if (directory.state === "down") return "unavailable";
      return password === PASSWORD ? "right" : "wrong";
    },
  });
});
after(() => house.close());

async function secured(domain: string): Promise<{ readonly client: XmppClient; readonly offered: readonly string[] }> {
  const client = await house.connect(domain);
  await client.openStream();
  const features = await client.startTls();
  const mechanisms = child(features, "mechanisms", NS.sasl);
  return { client, offered: elements(mechanisms ?? features).map(text) };
}

const login = (user: string, password: string) => ({ user, password, mechanism: "PLAIN" }) as const;

describe("a domain whose passwords are kept elsewhere", () => {
  test("is offered PLAIN only, since SCRAM needs verifiers; another domain keeps its offer", async () => {
    const { client, offered } = await secured("example.net");
    assert.deepEqual(offered, ["PLAIN"]);
    client.abort();
    const other = await secured("example.com");
    assert.equal(other.offered.length, 3);
    other.client.abort();
  });

  test("takes no other mechanism than it offered", async () => {
    const { client } = await secured("example.net");
    const scram = client.authenticate({ user: "dora", password: PASSWORD, mechanism: "SCRAM-SHA-256" });
    await assert.rejects(scram, { message: "invalid-mechanism" });
    client.abort();
  });

  test("admits whom the keeper knows, and nobody else", async () => {
    const { client } = await secured("example.net");
    await assert.rejects(client.authenticate(login("dora", "wrong")), { message: "not-authorized" });
    await assert.rejects(client.authenticate(login("nobody", PASSWORD)), { message: "not-authorized" });
    await assert.rejects(client.authenticate(login("emil", "wrong")), { message: "not-authorized" });
    await assert.rejects(client.authenticate(login("emil", PASSWORD)), { message: "account-disabled" });
    directory.asked.length = 0;
    await client.authenticate(login("dora", PASSWORD));
    assert.match(await client.bind(), /^dora@example.net\//);
    assert.deepEqual(directory.asked, ["dora@example.net"]);
    await client.close();
  });

  test("says that it cannot tell while the keeper is away, and a later try succeeds", async () => {
    const { client } = await secured("example.net");
    directory.state = "down";
    await assert.rejects(client.authenticate(login("dora", PASSWORD)), { message: "temporary-auth-failure" });
    directory.state = "there";
    await client.authenticate(login("dora", PASSWORD));
    await client.close();
  });

  test("a keeper that takes its time holds nobody else up", async () => {
    let release = (): void => undefined;
    directory.held = new Promise((resolve) => {
      release = resolve;
    });
    const { client } = await secured("example.net");
    const waiting = client.authenticate(login("dora", PASSWORD));
    const other = await house.login("alice");
    await other.close();
    release();
    directory.held = undefined;
    await waiting;
    await client.close();
  });
});
