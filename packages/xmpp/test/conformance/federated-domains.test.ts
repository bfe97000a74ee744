import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RosterEntry } from "../../src/roster/roster-repository.ts";
import { bare, type FakeClient, World } from "../world.ts";

const [ALICE, BOB, EVE] = ["alice@local.example", "bob@sip.example", "eve@elsewhere.example"];
const COMMANDS = "http://jabber.org/protocol/commands";
const NS = "urn:interpres:federated-domains";

async function ask(client: FakeClient, xml: string): Promise<string> {
  client.send(`<iq type='get' id='q' to='local.example'>${xml}</iq>`);
  return (await client.take()).join("");
}

async function command(client: FakeClient, attributes: string, content = ""): Promise<string> {
  client.send(
    `<iq type='set' id='c' to='local.example'><command xmlns='${COMMANDS}' ${attributes}>${content}</command></iq>`,
  );
  return (await client.take()).join("");
}

/** What the user submits; the answer. */
async function decide(client: FakeClient, domain: string, decision: string): Promise<string> {
  const field = (name: string, value: string) => `<field var='${name}'><value>${value}</value></field>`;
  const form = `<x xmlns='jabber:x:data' type='submit'>${field("domain", domain)}${field("decision", decision)}</x>`;
  return await command(client, "node='outsiders' action='complete'", form);
}

async function world(entry?: Partial<RosterEntry>): Promise<{ readonly world: World; readonly alice: FakeClient }> {
  const made = await World.create();
  made.gateway.domains.add("elsewhere.example").add("alias.example");
  if (entry !== undefined) {
    const put: RosterEntry = {
      jid: BOB,
      kind: "item",
      state: "none",
      approval: "not-approved",
      groups: [],
      version: 1,
      ...entry,
    };
    await made.repositories.rosters.save(ALICE, { version: 1, floor: 1, put, drop: [] });
  }
  const alice = await made.login("alice", "desk");
  made.gateway.take();
  return { world: made, alice };
}

function verdict({ core }: World, contact = BOB): Promise<string> {
  return core.local.mayWatch(bare(contact), bare(ALICE));
}

/** What a message of the contact comes to. */
async function message(of: World, from = BOB): Promise<string> {
  const sent = of.deliver(`<message from='${from}/pc' to='${ALICE}' type='chat'><body>x</body></message>`);
  await of.rest();
  return sent.outcomes.map(({ kind }) => kind).join();
}

describe("the list of foreign domains (R12, XEP-0050, XEP-0030)", () => {
  test("R12: the commands are found by disco", async () => {
    const { alice } = await world();
    const info = await ask(alice, "<query xmlns='http://jabber.org/protocol/disco#info'/>");
    assert.match(info, new RegExp(`<feature var='${COMMANDS}'/>`));
    const items = await ask(alice, `<query xmlns='http://jabber.org/protocol/disco#items' node='${COMMANDS}'/>`);
    assert.match(items, /<item jid='local\.example' node='federated-domains' name='Foreign domains'\/>/);
    assert.match(items, /<item jid='local\.example' node='outsiders' name='Allow or block a foreign domain'\/>/);
    const list = await ask(alice, `<query xmlns='http://jabber.org/protocol/disco#info' node='${COMMANDS}'/>`);
    assert.match(list, /<identity category='automation' type='command-list' name='Commands'\/>/);
    const node = await ask(alice, "<query xmlns='http://jabber.org/protocol/disco#info' node='outsiders'/>");
    assert.match(node, /node='outsiders'><identity category='automation' type='command-node'/);
    assert.match(node, /<feature var='jabber:x:data'\/>/);
    const none = await ask(alice, "<query xmlns='http://jabber.org/protocol/disco#info' node='no-such'/>");
    assert.match(none, /<item-not-found /);
  });

  test("R12: the administrator's description stands beside each domain", async () => {
    const { alice } = await world();
    const table = await command(alice, "node='federated-domains'");
    assert.match(table, /<command xmlns='[^']*' node='federated-domains' sessionid='[^']+' status='completed'>/);
    assert.match(table, new RegExp(`<field var='FORM_TYPE' type='hidden'><value>${NS}</value>`));
    const cell = (name: string, value: string) => `<field var='${name}'><value>${value}</value></field>`;
    const row = `${cell("domain", "sip.example")}${cell("description", "Sip, Inc.")}${cell("decision", "ask")}`;
    assert.ok(table.includes(`<item>${row}</item>`), table);
  });

  test("R12: who asked is told once that the list changed, who did not is not", async () => {
    const { world: made, alice } = await world();
    const quiet = await made.login("carol", "desk");
    await command(alice, "node='federated-domains'");
    made.listed = [{ domain: "sip.example", description: "Renamed" }];
    made.core.federatedDomainsChanged();
    made.core.federatedDomainsChanged();
    assert.deepEqual(await alice.take(), []);
    await made.clock.elapse(1000);
    const [told, ...more] = await alice.take();
    assert.equal(
      told,
      `<message type='headline' from='local.example' to='${alice.jid}'><changed xmlns='${NS}'/></message>`,
    );
    assert.deepEqual(more, []);
    assert.deepEqual(await quiet.take(), []);
    assert.match(await command(alice, "node='federated-domains'"), /Renamed/);
  });

  test("a client's decision is told to the user's other clients that asked", async () => {
    const { world: made, alice } = await world();
    const phone = await made.login("alice", "phone");
    await alice.take();
    await command(phone, "node='federated-domains'");
    await decide(alice, "sip.example", "block");
    assert.deepEqual(await phone.flow(), ["message headline local.example"]);
  });
});

describe("the form (XEP-0050, XEP-0004)", () => {
  test("offers each domain by its description, with what holds for it", async () => {
    const { alice } = await world();
    await decide(alice, "sip.example", "allow");
    const form = await command(alice, "node='outsiders' action='execute'");
    assert.match(form, /status='executing'><actions execute='complete'><complete\/><\/actions>/);
    assert.match(form, /<option label='Sip, Inc\. \(sip\.example\): may see me'><value>sip\.example<\/value>/);
    assert.match(form, /<option label='Everybody else: ask me each time'><value>\*<\/value>/);
    const canceled = await command(alice, "node='outsiders' action='cancel' sessionid='s1'");
    assert.match(canceled, /sessionid='s1' status='canceled'\/>/);
    assert.match(await command(alice, "node='outsiders' sessionid=''"), /sessionid='[^']+' status='executing'/);
  });

  const bad = [
    ["an unknown command", "node='no-such'", "", /<item-not-found /],
    ["a step back", "node='outsiders' action='prev'", "", /<bad-request .*<bad-action xmlns='[^']*commands'\/>/],
    ["an unknown action", "node='outsiders' action='leap'", "", /<bad-request .*<malformed-action /],
    ["a form given back empty", "node='outsiders'", "<x xmlns='jabber:x:data' type='cancel'/>", /<bad-payload /],
  ] as const;
  for (const [name, attributes, content, expected] of bad) {
    test(`${name} is refused`, async () => {
      const { alice } = await world();
      assert.match(await command(alice, attributes, content), expected);
    });
  }

  for (const [domain, decision] of [
    ["not-listed.example", "block"],
    ["sip.example", "perhaps"],
    ["", ""],
  ] as const) {
    test(`"${domain}" "${decision}" is refused as a bad payload and changes nothing`, async () => {
      const { world: made, alice } = await world();
      assert.match(await decide(alice, domain, decision), /<bad-request .*<bad-payload /);
      assert.deepEqual(await made.repositories.outsiders.load(ALICE), []);
    });
  }

  test("it is not for others", async () => {
    const { world: made } = await world();
    const payload = `<command xmlns='${COMMANDS}' node='federated-domains'/>`;
    made.iq(`<iq type='set' id='x' from='${BOB}/pc' to='local.example'>${payload}</iq>`);
    await made.rest();
    assert.match(made.gateway.take().join(), /<error type='cancel'><forbidden /);
  });

  test("what could not be written does not hold", async () => {
    const { world: made, alice } = await world();
    made.repositories.gate.break(new Error("disk full"));
    assert.match(await decide(alice, "sip.example", "block"), /<internal-server-error /);
    made.repositories.gate.break(undefined);
    assert.equal(await verdict(made), "none");
  });

  test("a decision outlives a restart, and goes with the account", async () => {
    const { world: made, alice } = await world();
    await decide(alice, "sip.example", "block");
    await made.restart();
    assert.equal(await verdict(made), "blocked");
    await made.core.accounts.remove(bare(ALICE));
    await made.rest();
    assert.deepEqual(await made.repositories.outsiders.load(ALICE), []);
  });
});

describe("whose word counts (B7: explicit entry, contact list, domain, everybody else)", () => {
  const pending = { kind: "request", state: "none+pending-in" } as const;
  const rows: readonly {
    readonly entry: Partial<RosterEntry> | undefined;
    readonly domain: string;
    readonly others: string;
    readonly verdict: string;
    readonly message: string;
  }[] = [
    { entry: undefined, domain: "ask", others: "ask", verdict: "none", message: "delivered" },
    { entry: undefined, domain: "block", others: "ask", verdict: "blocked", message: "refused" },
    { entry: undefined, domain: "allow", others: "ask", verdict: "approved", message: "delivered" },
    { entry: undefined, domain: "ask", others: "block", verdict: "blocked", message: "refused" },
    { entry: undefined, domain: "allow", others: "block", verdict: "approved", message: "delivered" },
    { entry: undefined, domain: "block", others: "allow", verdict: "blocked", message: "refused" },
    { entry: { state: "from" }, domain: "block", others: "block", verdict: "granted", message: "delivered" },
    { entry: { state: "to" }, domain: "block", others: "block", verdict: "none", message: "delivered" },
    { entry: { state: "to" }, domain: "allow", others: "ask", verdict: "approved", message: "delivered" },
    { entry: pending, domain: "ask", others: "ask", verdict: "pending", message: "delivered" },
    { entry: pending, domain: "block", others: "ask", verdict: "blocked", message: "refused" },
  ];
  for (const row of rows) {
    const who = row.entry === undefined ? "a stranger" : `an entry "${row.entry.state}"`;
    test(`B7: ${who}, domain ${row.domain}, everybody else ${row.others}: ${row.verdict}, messages ${row.message}`, async () => {
      const { world: made, alice } = await world(row.entry);
      await decide(alice, "*", row.others);
      await decide(alice, "sip.example", row.domain);
      assert.equal(await verdict(made), row.verdict);
      assert.equal(await message(made), row.message);
    });
  }

  test("B7: an address she blocks (XEP-0191) stays blocked in a domain she allows", async () => {
    const { world: made, alice } = await world();
    await decide(alice, "sip.example", "allow");
    alice.send(`<iq type='set' id='b'><block xmlns='urn:xmpp:blocking'><item jid='${BOB}'/></block></iq>`);
    await alice.take();
    assert.equal(await verdict(made), "blocked");
  });

  test("R9: another name of the domain is the same domain; a domain of its own is not", async () => {
    const { world: made, alice } = await world();
    await decide(alice, "sip.example", "block");
    assert.equal(await verdict(made, "bob@alias.example"), "blocked");
    assert.equal(await verdict(made, EVE), "none");
  });

  test("B7: whom she blocks with his domain she may still write to and see", async () => {
    const { world: made, alice } = await world({ state: "to" });
    await decide(alice, "sip.example", "block");
    alice.send(`<message to='${BOB}' type='chat'><body>x</body></message>`);
    assert.deepEqual(await alice.take(), []);
    assert.deepEqual(made.gateway.flow(), [`message chat ${ALICE}/desk > ${BOB}`]);
    assert.equal(await made.core.local.isWatching(bare(ALICE), bare(BOB)), true);
  });
});

describe("what a decision brings about (B7)", () => {
  const subscribe = `<presence type='subscribe' from='${BOB}' to='${ALICE}'/>`;

  test("of a blocked domain no request reaches her", async () => {
    const { world: made, alice } = await world();
    await decide(alice, "sip.example", "block");
    made.presence(subscribe);
    assert.deepEqual(await alice.take(), []);
    await made.restart();
    assert.deepEqual(await (await made.login("alice", "phone")).take(), []);
  });

  test("an allowed domain's people see her without her being asked", async () => {
    const { world: made, alice } = await world();
    await decide(alice, "sip.example", "allow");
    made.presence(subscribe);
    assert.deepEqual(await alice.flow(), ["iq set alice@local.example"]);
    assert.deepEqual(made.gateway.flow(), [`presence subscribed ${ALICE} > ${BOB}`, `presence ${ALICE}/desk > ${BOB}`]);
  });

  test("who waits for her answer when she allows his domain is let in", async () => {
    const { world: made, alice } = await world();
    made.presence(subscribe);
    assert.deepEqual(await alice.flow(), [`presence subscribe ${BOB}`]);
    await decide(alice, "sip.example", "allow");
    assert.deepEqual(made.gateway.flow(), [`presence subscribed ${ALICE} > ${BOB}`, `presence ${ALICE}/desk > ${BOB}`]);
    assert.equal(await verdict(made), "granted");
  });

  test("as many watchers as are allowed: nobody more is let in, nobody is told no who waits", async () => {
    const { world: made, alice } = await world();
    made.presence(subscribe);
    made.settings = { ...made.settings, maxWatchers: 0 };
    await decide(alice, "sip.example", "allow");
    assert.deepEqual(made.gateway.flow(), []);
    assert.equal(await verdict(made), "pending");
  });

  test("who was let in with his domain sees her leave when she blocks it, and nothing tells him why", async () => {
    const { world: made, alice } = await world();
    await decide(alice, "sip.example", "allow");
    made.presence(subscribe);
    await alice.take();
    made.gateway.take();
    await decide(alice, "sip.example", "block");
    assert.deepEqual(made.gateway.flow(), [`presence unavailable ${ALICE}/desk > ${BOB}`]);
    assert.equal(await verdict(made), "blocked");
    alice.send("<presence><show>away</show></presence>");
    await alice.take();
    assert.deepEqual(made.gateway.flow(), []);
  });

  const adoptions = {
    "put him into her contact list": `<iq type='set' id='r'><query xmlns='jabber:iq:roster'><item jid='${BOB}' name='Bob'/></query></iq>`,
    "asked for his presence": `<presence type='subscribe' to='${BOB}'/>`,
  };
  for (const [name, xml] of Object.entries(adoptions)) {
    test(`whoever was let in with his domain stays when she has ${name} since`, async () => {
      const { world: made, alice } = await world();
      await decide(alice, "sip.example", "allow");
      made.presence(subscribe);
      await alice.take();
      alice.send(xml);
      await alice.take();
      await decide(alice, "sip.example", "block");
      assert.equal(await verdict(made), "granted");
    });
  }

  test("the gateway thinks her watchers over, after a block of an address as well", async () => {
    const { world: made, alice } = await world();
    await decide(alice, "sip.example", "block");
    for (const name of ["block", "unblock"]) {
      alice.send(`<iq type='set' id='b'><${name} xmlns='urn:xmpp:blocking'><item jid='sip.example'/></${name}></iq>`);
      await alice.take();
    }
    assert.deepEqual(made.gateway.reconsidered, [ALICE, ALICE, ALICE]);
  });
});
