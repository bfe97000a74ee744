import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { XmppClient } from "@interpres/testkit";
import { attribute, child, type Element, text } from "@interpres/xmpp/xml";
import { eventually } from "../harness/eventually.ts";
import { FOREIGN, LOCAL, RoadBed } from "../harness/road-bed.ts";

const ALICE = `alice@${LOCAL}`;
const BOB = `bob@${FOREIGN}`;
const PATH = `/sip-federated-domains/${FOREIGN}`;

interface Entry {
  readonly id: string;
  readonly origin: { readonly kind: string; readonly domain?: string };
}

/** A federated domain from its first day to its last, with traffic on it all the while (facts R3–R6, R13–R16). */
describe("the life of a federated domain", () => {
  let bed: RoadBed;
  let alice: XmppClient;

  before(async () => {
    bed = await RoadBed.start();
    alice = await bed.signIn("alice");
    alice.send("<iq type='get' id='r1'><query xmlns='jabber:iq:roster'/></iq><presence/>");
    await alice.waitFor((stanza) => attribute(stanza, "id") === "r1");
    alice.send(`<presence type='subscribed' to='${BOB}'/>`);
    await bed.edge.setState("bob", "available");
    alice.send(`<presence type='subscribe' to='${BOB}'/>`);
    await alice.waitFor((stanza) => from(stanza) === BOB && attribute(stanza, "type") === undefined);
    await bed.edge.watch("bob", ALICE);
    await eventually(() => assert.match(bed.edge.seen.at(-1)?.body ?? "", /<basic>open/));
    assert.equal((await bed.edge.say("bob", ALICE, "hello")).status, 200);
    await alice.waitFor((stanza) => bodyOf(stanza) === "hello");
  });

  after(() => bed?.end());

  async function entries(): Promise<readonly Entry[]> {
    const { items } = (await bed.node.admin.ask("GET", "/incoming-acl")) as { readonly items: readonly Entry[] };
    return items;
  }

  const since = (count: number, method: string): number =>
    bed.edge.requests.slice(count).filter(({ message }) => message.method === method).length;

  test("R4: the domain came with its entry of the access list", async () => {
    const origins = (await entries()).map(({ origin }) => origin);
    assert.deepEqual(origins, [{ kind: "sip-federated-domain", domain: FOREIGN }]);
  });

  test("R5: the entry is shown, and neither changed nor deleted by itself; the answer names the domain", async () => {
    const [owned] = await entries();
    const path = `/incoming-acl/${owned?.id}`;
    for (const [method, body] of [
      ["PUT", { pattern: "Allow from all" }],
      ["DELETE", undefined],
    ] as const) {
      const { status, body: problem } = await bed.node.admin.try(method, path, body);
      assert.equal(status, 409);
      assert.match(JSON.stringify(problem), new RegExp(`acl-entry-owned.*${FOREIGN.replace(".", "\\.")}`));
    }
    assert.deepEqual(await entries(), owned === undefined ? [] : [owned]);
  });

  test("R15: a save that is refused changes neither the domain nor its entry", async () => {
    const before = [await bed.node.admin.ask("GET", PATH), await entries()];
    assert.equal((await bed.node.admin.try("PUT", PATH, { integrationType: "lync" })).status, 400);
    assert.equal((await bed.node.admin.try("POST", "/sip-federated-domains", { domain: "x..y" })).status, 400);
    assert.deepEqual([await bed.node.admin.ask("GET", PATH), await entries()], before);
  });

  test("R13, R16: another type is spoken from then on, in the dialogs that stand", async () => {
    for (const integrationType of ["standard", "microsoft"]) {
      const count = bed.edge.requests.length;
      await bed.node.admin.ask("PUT", PATH, { integrationType, description: "Contoso" });
      await eventually(() => assert.deepEqual([since(count, "SUBSCRIBE"), since(count, "NOTIFY")], [1, 1]));
      assert.equal(since(count, "BYE"), 0);
      assert.equal((await entries()).length, 1);
    }
    assert.equal((await bed.edge.refresh("bob", ALICE)).status, 200);
  });

  test("R16: another description touches no dialog", async () => {
    const count = bed.edge.requests.length;
    await bed.node.admin.ask("PUT", PATH, { integrationType: "microsoft", description: "Contoso, Ltd." });
    assert.equal((await bed.edge.say("bob", ALICE, "still here")).status, 200);
    await alice.waitFor((stanza) => bodyOf(stanza) === "still here");
    assert.equal(since(count, "SUBSCRIBE"), 0);
  });

  test("R6, R16: deleted, its entry is gone, and every dialog ends as SIP has it", async () => {
    const count = bed.edge.requests.length;
    await bed.node.admin.ask("DELETE", PATH);
    assert.deepEqual(await entries(), []);
    await alice.waitFor((stanza) => from(stanza).startsWith(BOB) && attribute(stanza, "type") === "unavailable");
    await eventually(() => {
      const last = bed.edge.requests.slice(count).map(({ message }) => message);
      const notify = last.find(({ method }) => method === "NOTIFY");
      assert.match(notify?.first("Subscription-State") ?? "", /^terminated/);
      assert.equal(last.find(({ method }) => method === "SUBSCRIBE")?.first("Expires"), "0");
      assert.equal(since(count, "BYE"), 1);
    });
  });

  test("R6: what she sends there afterwards is answered, what comes from there is refused", async () => {
    alice.send(`<message to='${BOB}' type='chat' id='late'><body>anybody?</body></message>`);
    const error = await alice.waitFor((stanza) => attribute(stanza, "id") === "late");
    assert.equal(attribute(error, "type"), "error");
    const refused = await bed.edge.watch("carol", ALICE).then(
      ({ status }) => status,
      () => "closed",
    );
    assert.ok(refused === 403 || refused === "closed", String(refused));
  });

  test("R16: added again it works again, without a restart", async () => {
    await bed.node.admin.ask("POST", "/sip-federated-domains", { domain: FOREIGN, integrationType: "microsoft" });
    assert.equal((await entries()).length, 1);
    await eventually(async () => assert.equal((await bed.edge.watch("bob", ALICE)).status, 200));
    await alice.waitFor((stanza) => from(stanza).startsWith(BOB) && attribute(stanza, "type") === undefined);
  });
});

function from(stanza: Element): string {
  return attribute(stanza, "from")?.replace(/\/.*$/, "") ?? "";
}

function bodyOf(stanza: Element): string | undefined {
  const body = stanza.name === "message" ? child(stanza, "body") : undefined;
  return body === undefined ? undefined : text(body);
}
