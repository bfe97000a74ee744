import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type FakeClient, World } from "../world.ts";

const GET = "<iq type='get' id='g'><query xmlns='jabber:iq:roster'/></iq>";

function set(item: string, id = "s"): string {
  return `<iq type='set' id='${id}'><query xmlns='jabber:iq:roster'>${item}</query></iq>`;
}

/** The conditions of the IQ errors among what came. */
async function conditions(client: FakeClient): Promise<readonly (string | undefined)[]> {
  const errors = (await client.take()).filter((xml) => /type='error'/.test(xml));
  return errors.map((xml) => /<([a-z-]+) xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/.exec(xml)?.[1]);
}

/** The items pushed or returned among what came. */
async function items(client: FakeClient): Promise<readonly string[]> {
  return (await client.take()).flatMap((xml) => xml.match(/<item [^>]*?(?:\/>|>.*?<\/item>)/g) ?? []);
}

describe("roster (RFC 6121 §2)", () => {
  test("§2.3 adding: result to the sender, push to every interested resource", async () => {
    const world = await World.create();
    const desk = await world.login("alice", "desk");
    const phone = await world.login("alice", "phone");
    const mute = world.bind("alice", "mute");
    await desk.take();
    desk.send(set("<item jid='Bob@sip.example' name='Bob'><group>Friends</group></item>"));
    const expected = "<item jid='bob@sip.example' name='Bob' subscription='none'><group>Friends</group></item>";
    const own = await desk.take();
    assert.deepEqual(
      [own.filter((xml) => xml.includes(expected)).length, own.filter((xml) => xml.includes("type='result'")).length],
      [1, 1],
    );
    assert.deepEqual(await items(phone), [expected]);
    assert.deepEqual(await mute.take(), []);
  });

  test("§2.4 updating replaces name and groups, never the subscription", async () => {
    const world = await World.create();
    await world.befriend("alice@local.example", "carol@local.example");
    const desk = await world.login("alice", "desk");
    desk.send(set("<item jid='carol@local.example' name='C' subscription='none'><group>A</group></item>"));
    assert.deepEqual(await items(desk), [
      "<item jid='carol@local.example' name='C' subscription='both'><group>A</group></item>",
    ]);
    desk.send(set("<item jid='carol@local.example'/>"));
    assert.deepEqual(await items(desk), ["<item jid='carol@local.example' subscription='both'/>"]);
  });

  test("§2.5.2 removing ends both subscriptions, unavailable first", async () => {
    const world = await World.create();
    await world.befriend("alice@local.example", "bob@sip.example");
    const desk = await world.login("alice", "desk");
    world.gateway.take();
    desk.send(set("<item jid='bob@sip.example' subscription='remove'/>"));
    assert.deepEqual(await items(desk), ["<item jid='bob@sip.example' subscription='remove'/>"]);
    assert.deepEqual(world.gateway.flow(), [
      "presence unsubscribe alice@local.example > bob@sip.example",
      "presence unavailable alice@local.example/desk > bob@sip.example",
      "presence unsubscribed alice@local.example > bob@sip.example",
    ]);
    desk.send(GET);
    assert.deepEqual(await items(desk), []);
  });

  const refused: readonly (readonly [rule: string, item: string, condition: string])[] = [
    ["two items", "<item jid='a@x.example'/><item jid='b@x.example'/>", "bad-request"],
    ["no item", "", "bad-request"],
    ["duplicate groups", "<item jid='a@x.example'><group>G</group><group>G</group></item>", "bad-request"],
    ["an empty group", "<item jid='a@x.example'><group/></item>", "not-acceptable"],
    ["a handle too long", `<item jid='a@x.example' name='${"n".repeat(1024)}'/>`, "not-acceptable"],
    ["a group name too long", `<item jid='a@x.example'><group>${"n".repeat(1024)}</group></item>`, "not-acceptable"],
    ["removing what is not there", "<item jid='a@x.example' subscription='remove'/>", "item-not-found"],
    ["oneself", "<item jid='alice@local.example'/>", "not-allowed"],
    ["no JID", "<item jid='@'/>", "jid-malformed"],
  ];
  for (const [rule, item, condition] of refused) {
    test(`§2.3.3, §2.5.3 ${rule}: ${condition}`, async () => {
      const world = await World.create();
      const desk = await world.login("alice", "desk");
      desk.send(set(item));
      assert.deepEqual(await conditions(desk), [condition]);
      assert.equal(world.repositories.rosters.rows.size, 0);
    });
  }

  test("§2.1.5 nobody else's roster: forbidden", async () => {
    const world = await World.create();
    const [desk, carol] = [await world.login("alice", "desk"), await world.login("carol", "one")];
    desk.send(
      `<iq type='set' id='x' to='carol@local.example'><query xmlns='jabber:iq:roster'><item jid='a@x.example'/></query></iq>`,
    );
    desk.send(
      `<iq type='set' id='y' to='carol@local.example/one'><query xmlns='jabber:iq:roster'><item jid='a@x.example'/></query></iq>`,
    );
    assert.deepEqual(await conditions(desk), ["forbidden", "forbidden"]);
    assert.deepEqual(await carol.take(), []);
  });

  test("a forged roster push from abroad reaches nobody", async () => {
    const world = await World.create();
    await world.befriend("alice@local.example", "bob@sip.example");
    const desk = await world.login("alice", "desk");
    world.gateway.take();
    world.iq(
      "<iq type='set' id='x' from='bob@sip.example' to='alice@local.example/desk'><query xmlns='jabber:iq:roster'><item jid='evil@x.example'/></query></iq>",
    );
    assert.deepEqual(await desk.take(), []);
    assert.deepEqual(world.gateway.flow(), ["iq error alice@local.example/desk > bob@sip.example"]);
  });

  test("the list is bounded", async () => {
    const world = await World.create();
    world.settings = { ...world.settings, maxContactListSize: 1 };
    const desk = await world.login("alice", "desk");
    desk.send(set("<item jid='a@x.example'/>"));
    await desk.take();
    desk.send(set("<item jid='b@x.example'/>"));
    desk.send("<presence type='subscribe' to='bob@sip.example'/>");
    assert.deepEqual(await conditions(desk), ["resource-constraint", "resource-constraint"]);
    desk.send(set("<item jid='a@x.example' name='still mine to change'/>"));
    assert.deepEqual(await conditions(desk), []);
  });

  test("nothing is told before it is durable, and a failed write is taken back", async () => {
    const world = await World.create();
    const desk = await world.login("alice", "desk");
    world.repositories.gate.close();
    desk.send(set("<item jid='a@x.example'/>"));
    assert.deepEqual(await desk.take(), []);
    world.repositories.gate.open();
    assert.equal((await desk.take()).length, 2);
    world.repositories.gate.break(new Error("disk full"));
    desk.send(set("<item jid='b@x.example'/>"));
    assert.deepEqual(await conditions(desk), ["internal-server-error"]);
    desk.send(GET);
    assert.deepEqual(await items(desk), ["<item jid='a@x.example' subscription='none'/>"]);
  });

  test("each roster is read once", async () => {
    const world = await World.create();
    const desk = world.bind("alice", "desk");
    for (let n = 0; n < 5; n += 1) desk.send(GET);
    await desk.take();
    await world.login("alice", "phone");
    assert.equal(world.repositories.rosters.loads, 1);
  });
});

describe("roster versioning (RFC 6121 §2.6)", () => {
  async function version(client: FakeClient): Promise<string> {
    client.send(GET);
    const [xml] = await client.take();
    return /ver='(\d+)'/.exec(xml ?? "")?.[1] ?? "";
  }
  const since = (ver: string) => `<iq type='get' id='v'><query xmlns='jabber:iq:roster' ver='${ver}'/></iq>`;

  test("an unchanged roster is an empty result", async () => {
    const world = await World.create();
    const desk = await world.login("alice", "desk");
    desk.send(set("<item jid='a@x.example'/>"));
    await desk.take();
    desk.send(since(await version(desk)));
    assert.deepEqual(await desk.take(), [
      "<iq type='result' id='v' from='alice@local.example' to='alice@local.example/desk'/>",
    ]);
  });

  test("changes come as pushes in their order, each item once, removals too", async () => {
    const world = await World.create();
    const desk = await world.login("alice", "desk");
    for (const jid of ["a@x.example", "b@x.example", "c@x.example"]) desk.send(set(`<item jid='${jid}'/>`));
    await desk.take();
    const known = await version(desk);
    desk.send(set("<item jid='c@x.example' name='1'/>"));
    desk.send(set("<item jid='b@x.example' subscription='remove'/>"));
    desk.send(set("<item jid='c@x.example' name='2'/>"));
    await desk.take();
    await world.restart();
    const again = world.bind("alice", "desk");
    again.send(since(known));
    assert.deepEqual(await items(again), [
      "<item jid='b@x.example' subscription='remove'/>",
      "<item jid='c@x.example' name='2' subscription='none'/>",
    ]);
  });

  for (const ver of ["", "junk", "99999999999999999999", "1"]) {
    test(`a version it cannot place ("${ver}") gets the whole roster`, async () => {
      const world = await World.create();
      const desk = await world.login("alice", "desk");
      desk.send(set("<item jid='a@x.example'/>"));
      await desk.take();
      desk.send(since(ver));
      assert.deepEqual(await items(desk), ["<item jid='a@x.example' subscription='none'/>"]);
    });
  }

  test("an internal change makes no version", async () => {
    const world = await World.create();
    const desk = await world.login("alice", "desk");
    desk.send(set("<item jid='a@x.example'/>"));
    await desk.take();
    const known = await version(desk);
    world.presence("<presence type='subscribe' from='a@sip.example' to='alice@local.example'/>");
    await desk.take();
    assert.equal(await version(desk), known);
  });
});
