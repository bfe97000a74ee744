import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { XmppClient } from "@interpres/testkit";
import { attribute, child, childrenNamed, type Element, el, text } from "@interpres/xmpp/xml";
import { eventually } from "../harness/eventually.ts";
import { FOREIGN, LOCAL, RoadBed } from "../harness/road-bed.ts";

const ALICE = `alice@${LOCAL}`;
const COMMANDS = "http://jabber.org/protocol/commands";
const FORM = "jabber:x:data";
const NS = "urn:interpres:federated-domains";
const PATH = `/sip-federated-domains/${FOREIGN}`;

/** What a user is shown of federated domains, and what she decides on one, on the wire (facts R12, B7). */
describe("foreign domains in the users' hands", () => {
  let bed: RoadBed;
  let alice: XmppClient;

  before(async () => {
    bed = await RoadBed.start();
    alice = await bed.signIn("alice");
    alice.send("<presence/>");
  });

  after(() => bed?.end());

  const command = (node: string, ...content: readonly Element[]): Promise<Element> =>
    alice.request("set", el("command", COMMANDS, { node }, ...content), LOCAL);

  function decide(decision: string): Promise<Element> {
    const fields = Object.entries({ domain: FOREIGN, decision }).map(([name, value]) =>
      el("field", FORM, { var: name }, el("value", FORM, {}, value)),
    );
    return command("outsiders", el("x", FORM, { type: "submit" }, ...fields));
  }

  async function rows(): Promise<readonly (readonly string[])[]> {
    const answer = child(await command("federated-domains"), "command", COMMANDS);
    const table = answer === undefined ? undefined : child(answer, "x", FORM);
    const items = table === undefined ? [] : childrenNamed(table, "item", FORM);
    return items.map((item) =>
      childrenNamed(item, "field", FORM).flatMap((field) => childrenNamed(field, "value", FORM).map(text)),
    );
  }

  /** What the foreign user was shown last of alice. */
  const shown = (user: string): string | undefined =>
    bed.edge.seen.findLast((each) => each.user === user && each.of === `sip:${ALICE}`)?.body;
  const sees = (user: string, what: RegExp): Promise<void> =>
    eventually(() => assert.match(shown(user) ?? "nothing", what));
  const OPEN = /<basic>open<\/basic>/;
  const CLOSED = /<basic>closed<\/basic>/;

  test("R12: her client lists the domain with the administrator's description", async () => {
    assert.deepEqual(await rows(), [
      [FOREIGN, "Contoso", "ask"],
      ["*", "Everybody else outside", "ask"],
    ]);
  });

  test("R12: another description is told to the client that asked, at once and without a restart", async () => {
    await bed.node.admin.ask("PUT", PATH, {
      integrationType: "microsoft",
      description: "Contoso, our biggest customer",
    });
    await alice.waitFor((stanza) => stanza.name === "message" && child(stanza, "changed", NS) !== undefined);
    assert.deepEqual((await rows())[0], [FOREIGN, "Contoso, our biggest customer", "ask"]);
  });

  test("B7: of a domain she blocks everybody sees her offline, and is not told more", async () => {
    await decide("block");
    assert.equal((await bed.edge.watch("bob", ALICE)).status, 200);
    await sees("bob", CLOSED);
    alice.send("<presence><show>dnd</show></presence>");
    await sees("bob", CLOSED);
    assert.deepEqual(bed.edge.deviations, []);
  });

  test("B7: what they write does not reach her", async () => {
    assert.equal((await bed.edge.say("bob", ALICE, "let me in")).status, 403);
  });

  test("B7: left to her again, she is asked for who waits; her yes to him outlives a block of his domain", async () => {
    await decide("ask");
    const asked = (stanza: Element): boolean => attribute(stanza, "type") === "subscribe";
    assert.equal(attribute(await alice.waitFor(asked), "from"), `bob@${FOREIGN}`);
    alice.send(`<presence type='subscribed' to='bob@${FOREIGN}'/>`);
    await sees("bob", OPEN);
    await decide("block");
    alice.send("<presence><show>away</show></presence>");
    await sees("bob", /<basic>open<\/basic>[\s\S]*away/);
  });

  test("B7: of a domain she allows everybody sees her, unasked, until she blocks it", async () => {
    await decide("allow");
    assert.equal((await bed.edge.watch("carol", ALICE)).status, 200);
    await sees("carol", OPEN);
    await decide("block");
    await sees("carol", CLOSED);
    await sees("bob", OPEN);
  });

  test("XEP-0191: a whole domain blocked by its address shuts out him as well to whom she said yes", async () => {
    await decide("ask");
    const item = (name: string) => el(name, "urn:xmpp:blocking", {}, el("item", "urn:xmpp:blocking", { jid: FOREIGN }));
    await alice.request("set", item("block"));
    await sees("bob", CLOSED);
    await alice.request("set", item("unblock"));
    await sees("bob", OPEN);
    assert.deepEqual(bed.edge.deviations, []);
  });
});
