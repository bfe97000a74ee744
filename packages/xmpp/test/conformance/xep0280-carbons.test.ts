import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type FakeClient, World } from "../world.ts";

const CAROL = "carol@local.example";
const ENABLE = "<iq type='set' id='c'><enable xmlns='urn:xmpp:carbons:2'/></iq>";

async function two(): Promise<{ readonly world: World; readonly desk: FakeClient; readonly phone: FakeClient }> {
  const world = await World.create();
  const [desk, phone] = [await world.login("carol", "desk"), await world.login("carol", "phone")];
  phone.send(ENABLE);
  await desk.take();
  await phone.take();
  return { world, desk, phone };
}

function to(resource: string, content: string, type = "chat"): string {
  return `<message from='bob@sip.example' to='${CAROL}${resource}' type='${type}'>${content}</message>`;
}

describe("message carbons (XEP-0280)", () => {
  test("received: the wrapper comes from the bare JID and holds the whole message", async () => {
    const { world, phone } = await two();
    world.deliver(to("/desk", "<body>x</body>"));
    assert.deepEqual(await phone.take(), [
      "<message type='chat' from='carol@local.example' to='carol@local.example/phone'>" +
        "<received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>" +
        "<message xmlns='jabber:client' from='bob@sip.example' to='carol@local.example/desk' type='chat'><body>x</body></message>" +
        "</forwarded></received></message>",
    ]);
  });

  test("sent: to the other resources, whether or not the sender enabled them", async () => {
    const { desk, phone } = await two();
    desk.send("<message to='bob@sip.example' type='chat'><body>x</body></message>");
    const [copy] = await phone.take();
    assert.match(
      copy ?? "",
      /^<message type='chat' from='carol@local\.example' to='carol@local\.example\/phone'><sent /,
    );
    assert.match(copy ?? "", /from='carol@local\.example\/desk'/);
    phone.send("<message to='bob@sip.example' type='chat'><body>x</body></message>");
    assert.deepEqual([await desk.take(), await phone.take()], [[], []]);
  });

  test("who got the message itself gets no copy", async () => {
    const { world, desk, phone } = await two();
    world.deliver(to("", "<body>x</body>"));
    assert.deepEqual(await desk.flow(), ["message chat bob@sip.example"]);
    assert.deepEqual(await phone.flow(), ["message chat bob@sip.example"]);
  });

  test("disabled again", async () => {
    const { world, phone } = await two();
    phone.send("<iq type='set' id='c'><disable xmlns='urn:xmpp:carbons:2'/></iq>");
    await phone.take();
    world.deliver(to("/desk", "<body>x</body>"));
    assert.deepEqual(await phone.take(), []);
  });

  const rules: readonly (readonly [name: string, content: string, type: string, copied: boolean])[] = [
    ["chat", "<body>x</body>", "chat", true],
    ["chat state alone", "<composing xmlns='http://jabber.org/protocol/chatstates'/>", "chat", true],
    ["normal with body", "<body>x</body>", "normal", true],
    ["normal without body", "<x xmlns='y'/>", "normal", false],
    ["headline", "<body>x</body>", "headline", false],
    ["groupchat", "<body>x</body>", "groupchat", false],
    ["private", "<body>x</body><private xmlns='urn:xmpp:carbons:2'/>", "chat", false],
    ["no-copy", "<body>x</body><no-copy xmlns='urn:xmpp:hints'/>", "chat", false],
    ["from a room", "<body>x</body><x xmlns='http://jabber.org/protocol/muc#user'/>", "chat", false],
    [
      "a forged copy",
      "<received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'/></received>",
      "chat",
      false,
    ],
  ];
  for (const [name, content, type, copied] of rules) {
    test(`${name}: ${copied ? "copied" : "not copied"}, both ways`, async () => {
      const { world, desk, phone } = await two();
      world.deliver(to("/desk", content, type));
      assert.equal((await desk.take()).length, 1);
      assert.equal((await phone.take()).length, copied ? 1 : 0);
      desk.send(`<message to='bob@sip.example' type='${type}'>${content}</message>`);
      assert.equal((await phone.take()).length, copied ? 1 : 0);
    });
  }

  test("<private/> is taken away before delivery", async () => {
    const { world, desk } = await two();
    world.deliver(to("/desk", "<body>x</body><private xmlns='urn:xmpp:carbons:2'/>"));
    assert.doesNotMatch((await desk.take()).join(), /private/);
  });

  test("a forged copy keeps its true sender, so that a client can tell", async () => {
    const { world, desk } = await two();
    world.deliver(to("/desk", "<sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'/></sent>"));
    assert.match((await desk.take()).join(), /^<message from='bob@sip\.example'/);
  });

  test("a stored message makes no copy", async () => {
    const world = await World.create();
    const phone = world.bind("carol", "phone");
    phone.send("<presence><priority>-1</priority></presence>");
    phone.send(ENABLE);
    await phone.take();
    world.deliver(to("", "<body>x</body>"));
    assert.deepEqual(await phone.take(), []);
  });
});
