import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { World } from "../world.ts";

/** RFC 6121 Table 1 with our choice where it leaves one: O store, E error, S silence, D that client, M highest priority, A all. */
type Fate = "O" | "E" | "S" | "D" | "M" | "A";
type Columns = readonly [normal: Fate, chat: Fate, groupchat: Fate, headline: Fate];
const TYPES = ["normal", "chat", "groupchat", "headline"] as const;

interface Condition {
  readonly name: string;
  /** Resource and priority of each session. */
  readonly resources: Readonly<Record<string, number>>;
  readonly to: string;
  readonly fates: Columns;
}

const conditions: readonly Condition[] = [
  { name: "account does not exist, bare", resources: {}, to: "nobody@local.example", fates: ["E", "E", "E", "S"] },
  { name: "account does not exist, full", resources: {}, to: "nobody@local.example/x", fates: ["E", "E", "E", "S"] },
  { name: "no active resources, bare", resources: {}, to: "carol@local.example", fates: ["O", "O", "E", "S"] },
  { name: "no active resources, full", resources: {}, to: "carol@local.example/x", fates: ["E", "O", "E", "S"] },
  { name: "only negative, bare", resources: { a: -1 }, to: "carol@local.example", fates: ["O", "O", "E", "S"] },
  { name: "only negative, full match", resources: { a: -1 }, to: "carol@local.example/a", fates: ["D", "D", "D", "D"] },
  {
    name: "only negative, full no match",
    resources: { a: -1 },
    to: "carol@local.example/x",
    fates: ["E", "O", "E", "S"],
  },
  { name: "1 non-negative, bare", resources: { a: 0 }, to: "carol@local.example", fates: ["M", "M", "E", "A"] },
  { name: "1 non-negative, full match", resources: { a: 0 }, to: "carol@local.example/a", fates: ["D", "D", "D", "D"] },
  {
    name: "1 non-negative, full no match",
    resources: { a: 0 },
    to: "carol@local.example/x",
    fates: ["E", "M", "E", "S"],
  },
  { name: "several, bare", resources: { a: 5, b: 1, c: -1 }, to: "carol@local.example", fates: ["M", "M", "E", "A"] },
  { name: "several, full match", resources: { b: 5, a: 1 }, to: "carol@local.example/a", fates: ["D", "D", "D", "D"] },
  {
    name: "several, full no match",
    resources: { a: 5, b: 1 },
    to: "carol@local.example/x",
    fates: ["E", "M", "E", "S"],
  },
];

describe("message delivery (RFC 6121 Table 1)", () => {
  for (const { name, resources, to, fates } of conditions) {
    for (const [column, type] of TYPES.entries()) {
      test(`${name}, ${type}: ${fates[column]}`, async () => {
        const world = await World.create();
        const alice = await world.login("alice", "desk");
        const clients = Object.keys(resources).map((resource) => world.bind("carol", resource));
        for (const client of clients) {
          client.send(`<presence><priority>${resources[client.jid.resource]}</priority></presence>`);
          await client.take();
        }
        for (const client of clients) await client.take();
        const taken = alice.send(`<message id='m' type='${type}' to='${to}'><body>hi</body></message>`);
        const got: string[] = [];
        for (const client of clients) if ((await client.take()).length > 0) got.push(client.jid.resource);
        const answers = await alice.flow();
        assert.equal(taken.count, 1);
        assert.equal(
          fateOf({ got, resources, answers, stored: world.repositories.offline.rows.size }, fates[column]),
          fates[column],
        );
      });
    }
  }

  test("an error to a client that is not there is dropped", async () => {
    const world = await World.create();
    const alice = await world.login("alice", "desk");
    alice.send("<message type='error' to='carol@local.example/x'><error type='cancel'/></message>");
    alice.send("<message type='error' to='carol@local.example'><error type='cancel'/></message>");
    assert.deepEqual(await alice.take(), []);
    assert.equal(world.repositories.offline.rows.size, 0);
  });

  test("several with the highest priority all get it", async () => {
    const world = await World.create();
    const [one, two] = [await world.login("carol", "one"), await world.login("carol", "two")];
    await one.take();
    const sent = world.deliver(
      "<message from='bob@sip.example' to='carol@local.example' type='chat'><body>x</body></message>",
    );
    assert.deepEqual([(await one.take()).length, (await two.take()).length], [1, 1]);
    assert.deepEqual(sent.outcomes, [{ kind: "delivered" }]);
  });

  test("'to' is not rewritten", async () => {
    const world = await World.create();
    const carol = await world.login("carol", "one");
    world.deliver("<message from='bob@sip.example' to='carol@local.example' type='chat'><body>x</body></message>");
    const [got] = await carol.take();
    assert.match(got ?? "", /to='carol@local\.example'/);
  });

  test("a message without 'to' is for the sender's own account (RFC 6120 §10.3.1)", async () => {
    const world = await World.create();
    const alice = await world.login("alice", "desk");
    alice.send("<message type='chat'><body>note</body></message>");
    assert.deepEqual(await alice.flow(), ["message chat alice@local.example/desk"]);
  });

  test("the order of one sender is kept", async () => {
    const world = await World.create();
    const alice = world.bind("alice", "desk");
    for (let n = 0; n < 5; n += 1)
      alice.send(`<message to='carol@local.example' type='chat'><body>${n}</body></message>`);
    await alice.take();
    const stored = world.repositories.offline.rows.get("carol@local.example") ?? [];
    assert.deepEqual(
      stored.map(({ stanza }) => /<body>(\d)/.exec(stanza)?.[1]),
      ["0", "1", "2", "3", "4"],
    );
  });
});

function fateOf(
  seen: {
    readonly got: readonly string[];
    readonly resources: Readonly<Record<string, number>>;
    readonly answers: readonly string[];
    readonly stored: number;
  },
  expected: Fate | undefined,
): Fate | string {
  const { got, resources, answers, stored } = seen;
  if (stored > 0) return "O";
  if (answers.some((answer) => answer.startsWith("message error"))) return "E";
  if (got.length === 0) return "S";
  const able = Object.entries(resources).filter(([, priority]) => priority >= 0);
  const all = able.map(([resource]) => resource);
  if (expected === "A" && all.join() === got.join()) return "A";
  const highest = Math.max(...able.map(([, priority]) => priority));
  const most = able.filter(([, priority]) => priority === highest).map(([resource]) => resource);
  if (expected === "M" && most.join() === got.join()) return "M";
  return got.join() === "a" ? "D" : `delivered to ${got.join()}`;
}
