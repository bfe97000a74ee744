import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { dialects } from "@interpres/federation";
import { FakeClock, settled } from "@interpres/testkit";
import { jid } from "../fakes/fake-local-domain.ts";
import { MemoryLink } from "../fakes/memory-link.ts";
import { type Client, WholeSite } from "../fakes/whole-site.ts";

const ALICE = "alice@example.com";
const BOB = "bob@partner.example";
/** RFC 3856 §6.10. */
const LEAST_BETWEEN_NOTIFIES_MS = 5000;

interface Pair {
  readonly here: WholeSite;
  readonly there: WholeSite;
  readonly clock: FakeClock;
  readonly wire: string[];
  readonly rest: () => Promise<void>;
}

async function pair(kind: "standard" | "microsoft"): Promise<Pair> {
  const clock = new FakeClock();
  const [left, right] = MemoryLink.pair();
  const shared = { clock, dialect: dialects[kind] };
  const here = new WholeSite({
    ...shared,
    domain: "example.com",
    users: ["alice", "carol"],
    other: "partner.example",
    link: left,
    seed: 11,
  });
  const there = new WholeSite({
    ...shared,
    domain: "partner.example",
    users: ["bob"],
    other: "example.com",
    link: right,
    seed: 12,
  });
  await Promise.all([here.start(), there.start()]);
  const rest = async (): Promise<void> => {
    for (let turn = 0; turn < 10; turn += 1) await settled();
    await clock.elapse(LEAST_BETWEEN_NOTIFIES_MS);
    for (let turn = 0; turn < 10; turn += 1) await settled();
  };
  return { here, there, clock, wire: left.wire, rest };
}

for (const kind of ["standard", "microsoft"] as const) {
  const resource = kind === "standard" ? "desk" : "0";

  describe(`two organisations, nothing played but clients and wires, ${kind}`, () => {
    test("adding each other, seeing each other, leaving", async () => {
      const { here, there, rest } = await pair(kind);
      const alice = here.signIn(`${ALICE}/pc`);
      const bob = there.signIn(`${BOB}/desk`);
      await rest();
      alice.send(`<presence type='subscribe' to='${BOB}'/>`);
      await rest();
      assert.deepEqual(bob.take(), [`<presence type='subscribe' from='${ALICE}' to='${BOB}'/>`]);
      alice.take();
      bob.send(`<presence type='subscribed' to='${ALICE}'/>`);
      await rest();
      const seen = alice.take();
      assert.match(seen.at(-1) ?? "", new RegExp(`^<presence from='${BOB}/${resource}' to='${ALICE}'`));
      bob.send(`<presence><show>away</show></presence>`);
      await rest();
      assert.match(alice.take().join(), /<show>away<\/show>/);
      // A second client of hers is told at once, from what is known.
      const phone = here.signIn(`${ALICE}/phone`);
      await rest();
      assert.match(phone.take().join(), new RegExp(`from='${BOB}/${resource}'.*<show>away</show>`));
      bob.close();
      await rest();
      assert.match(alice.take().join(), new RegExp(`type='unavailable' from='${BOB}/${resource}'`));
      const back = there.signIn(`${BOB}/desk`);
      await rest();
      assert.match(alice.take().join(), new RegExp(`<presence from='${BOB}/${resource}'`));
      back.send(`<presence type='unsubscribed' to='${ALICE}'/>`);
      await rest();
      const last = alice.take().join("\n");
      assert.match(last, new RegExp(`type='unavailable' from='${BOB}/${resource}'`));
      if (kind === "standard") assert.match(last, /type='unsubscribed'/);
    });

    test("messages, offline messages, and a reply", async () => {
      const { here, there, wire, rest } = await pair(kind);
      const alice = here.signIn(`${ALICE}/pc`);
      await rest();
      alice.send(`<message type='chat' to='${BOB}' id='1'><body>are you there?</body></message>`);
      await rest();
      assert.ok(
        wire.some((text) => text.startsWith("SIP/2.0 202")),
        "kept for later is 202",
      );
      assert.deepEqual(alice.take(), []);
      assert.equal(here.journal.size, 0);
      const bob = there.signIn(`${BOB}/desk`);
      await rest();
      assert.match(bob.take().join(), /<body>are you there\?<\/body>.*<delay /);
      bob.send(`<message type='chat' to='${ALICE}'><body>now I am</body></message>`);
      await rest();
      assert.match(alice.take().join(), /<body>now I am<\/body>/);
    });

    test("a message to nobody is an error to the client that sent it", async () => {
      const { here, rest } = await pair(kind);
      const alice = here.signIn(`${ALICE}/pc`);
      await rest();
      alice.send("<message type='chat' to='nobody@partner.example' id='lost'><body>x</body></message>");
      await rest();
      assert.match(
        alice.take().join(),
        /<message type='error' id='lost' from='nobody@partner.example'.*item-not-found.*404/,
      );
    });

    test("blocking shows as leaving, and stays so", async () => {
      const { here, there, rest } = await pair(kind);
      const alice = here.signIn(`${ALICE}/pc`);
      const bob = there.signIn(`${BOB}/desk`);
      await rest();
      alice.send(`<presence type='subscribe' to='${BOB}'/>`);
      await rest();
      bob.send(`<presence type='subscribed' to='${ALICE}'/>`);
      await rest();
      alice.take();
      bob.send(`<iq type='set' id='b1'><block xmlns='urn:xmpp:blocking'><item jid='${ALICE}'/></block></iq>`);
      await rest();
      assert.match(alice.take().join(), new RegExp(`type='unavailable' from='${BOB}/${resource}'`));
      bob.send("<presence><show>dnd</show></presence>");
      await rest();
      assert.deepEqual(alice.take(), []);
      bob.take();
      alice.send(`<message type='chat' to='${BOB}' id='9'><body>hey</body></message>`);
      await rest();
      assert.deepEqual(bob.take(), []);
      assert.match(alice.take().join(), /<message type='error' id='9'/);
    });

    const decide = (client: Client, decision: string): void => {
      const fields = { domain: "example.com", decision };
      const filled = Object.entries(fields).map(
        ([name, value]) => `<field var='${name}'><value>${value}</value></field>`,
      );
      const form = `<x xmlns='jabber:x:data' type='submit'>${filled.join("")}</x>`;
      const command = `<command xmlns='http://jabber.org/protocol/commands' node='outsiders'>${form}</command>`;
      client.send(`<iq type='set' id='d1' to='partner.example'>${command}</iq>`);
    };
    const blocks: Readonly<Record<string, (bob: Client) => void>> = {
      "by her decision on it (B7)": (bob) => decide(bob, "block"),
      "by its address (XEP-0191)": (bob) =>
        bob.send("<iq type='set' id='b1'><block xmlns='urn:xmpp:blocking'><item jid='example.com'/></block></iq>"),
    };

    for (const [name, block] of Object.entries(blocks)) {
      test(`a whole domain blocked ${name}: who waits, and who comes after, sees someone offline`, async () => {
        const { here, there, rest } = await pair(kind);
        const [alice, carol, bob] = [
          here.signIn(`${ALICE}/pc`),
          here.signIn("carol@example.com/pc"),
          there.signIn(`${BOB}/desk`),
        ];
        await rest();
        alice.send(`<presence type='subscribe' to='${BOB}'/>`);
        await rest();
        assert.deepEqual(bob.take(), [`<presence type='subscribe' from='${ALICE}' to='${BOB}'/>`]);
        block(bob);
        carol.send(`<presence type='subscribe' to='${BOB}'/>`);
        await rest();
        assert.deepEqual(bob.take(), []);
        const views = there.gateway.subscriptions().map(({ foreign, authorization }) => [foreign, authorization]);
        assert.deepEqual(views, [
          [ALICE, "refused"],
          ["carol@example.com", "refused"],
        ]);
        bob.send("<presence><show>dnd</show></presence>");
        await rest();
        const seen = [...alice.take(), ...carol.take()].join();
        assert.doesNotMatch(seen, /<show>|from='bob@partner\.example\/[^']*'( to='[^']*')?>/);
        alice.send(`<message type='chat' to='${BOB}' id='9'><body>hey</body></message>`);
        await rest();
        assert.deepEqual(bob.take(), []);
        assert.match(alice.take().join(), /<message type='error' id='9'/);
      });
    }

    test("B7: a domain blocked, allowed, left to her again: its people see what she says, without a new SUBSCRIBE", async () => {
      const { here, there, wire, rest } = await pair(kind);
      const [alice, bob] = [here.signIn(`${ALICE}/pc`), there.signIn(`${BOB}/desk`)];
      await rest();
      decide(bob, "block");
      alice.send(`<presence type='subscribe' to='${BOB}'/>`);
      await rest();
      wire.length = 0;
      bob.take();
      alice.take();
      decide(bob, "ask");
      await rest();
      assert.deepEqual(bob.take(), [`<presence type='subscribe' from='${ALICE}' to='${BOB}'/>`]);
      decide(bob, "allow");
      await rest();
      assert.match(alice.take().join(), new RegExp(`from='${BOB}/${resource}'`));
      decide(bob, "block");
      await rest();
      assert.match(alice.take().join(), new RegExp(`type='unavailable' from='${BOB}/${resource}'`));
      assert.deepEqual(
        wire.filter((message) => /^SUBSCRIBE/.test(message)),
        [],
      );
    });

    test("a user who is disabled looks offline, watches nobody and gets nothing, and has all back afterwards", async () => {
      const { here, there, wire, rest } = await pair(kind);
      const alice = here.signIn(`${ALICE}/pc`);
      const bob = there.signIn(`${BOB}/desk`);
      await rest();
      alice.send(`<presence type='subscribe' to='${BOB}'/>`);
      bob.send(`<presence type='subscribe' to='${ALICE}'/>`);
      await rest();
      alice.send(`<presence type='subscribed' to='${BOB}'/>`);
      bob.send(`<presence type='subscribed' to='${ALICE}'/>`);
      await rest();
      bob.take();
      wire.length = 0;
      const account = here.core.accounts.find(jid(ALICE));
      assert.ok(account !== undefined);
      await here.core.accounts.put({ ...account, enabled: false });
      here.gateway.userBarred(jid(ALICE));
      await rest();
      assert.match(bob.take().join(), new RegExp(`type='unavailable' from='${ALICE}/`));
      assert.ok(wire.some((text) => text.startsWith("SUBSCRIBE ") && /^Expires: 0\r$/m.test(text)));
      bob.send(`<message type='chat' to='${ALICE}' id='7'><body>there?</body></message>`);
      await rest();
      assert.match(bob.take().join(), /<message type='error' id='7'.*480/);
      await here.core.accounts.put({ ...account, enabled: true });
      const back = here.signIn(`${ALICE}/pc`);
      await rest();
      assert.match(bob.take().join(), new RegExp(`<presence from='${ALICE}/`));
      assert.match(back.take().join(), new RegExp(`<presence from='${BOB}/`));
    });

    test("a question SIP cannot carry is answered", async () => {
      const { here, rest } = await pair(kind);
      const alice = here.connect(ALICE, "pc");
      const answers: string[] = [];
      const deliver = alice.deliver.bind(alice);
      alice.deliver = (element, settlement): void => {
        if (element.name === "iq") answers.push(element.attributes.get("type") ?? "");
        deliver(element, settlement);
      };
      alice.send(`<iq type='get' id='v' to='${BOB}/desk'><query xmlns='jabber:iq:version'/></iq>`);
      await rest();
      assert.deepEqual(answers, ["error"]);
    });
  });
}
