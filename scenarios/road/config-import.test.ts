import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { XmppClient } from "@interpres/testkit";
import { attribute } from "@interpres/xmpp/xml";
import { eventually } from "../harness/eventually.ts";
import { FOREIGN, LOCAL, RoadBed } from "../harness/road-bed.ts";
import { isBody, isPresence } from "../harness/stanzas.ts";

const ALICE = `alice@${LOCAL}`;
const BOB = `bob@${FOREIGN}`;

interface Imported {
  readonly applied: boolean;
  readonly differences: readonly { readonly kind: string; readonly path: string }[];
}
type Document = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

describe("an import on a running node beside a Microsoft edge", () => {
  let bed: RoadBed;
  let alice: XmppClient;
  let whole: Document;

  before(async () => {
    bed = await RoadBed.start();
    await bed.edge.setState("bob", "available");
    alice = await bed.signIn("alice");
    alice.send("<iq type='get' id='r1'><query xmlns='jabber:iq:roster'/></iq>");
    await alice.waitFor((stanza) => attribute(stanza, "id") === "r1");
    alice.send("<presence/>");
    alice.send(`<presence type='subscribe' to='${BOB}'/>`);
    await alice.waitFor((stanza) => isPresence(stanza, undefined, BOB));
    whole = (await bed.node.admin.ask("GET", "/config")) as Document;
  });
  after(() => bed?.end());

  const put = async (document: unknown) => (await bed.node.admin.ask("PUT", "/config", document)) as Imported;

  test("takes a domain away at once: its contacts go, its dialogs end, and what is written there comes back", async () => {
    const federation = { ...whole.federation, sipFederatedDomains: [], incomingAcl: [] };
    const { applied, differences } = await put({ federation });
    assert.equal(applied, true);
    assert.deepEqual(
      differences.map(({ kind, path }) => `${kind} ${path}`),
      [`removed federation.sipFederatedDomains[${FOREIGN}]`, "removed federation.incomingAcl[1]"],
    );
    await alice.waitFor((stanza) => isPresence(stanza, "unavailable", BOB));
    await eventually(() => assert.equal(bed.edge.watchers, 0));
    alice.send(`<message to='${BOB}' type='chat' id='m1'><body>gone?</body></message>`);
    await alice.waitFor((stanza) => stanza.name === "message" && attribute(stanza, "type") === "error");
  });

  test("brings it back at once, and the road is open both ways", async () => {
    assert.equal((await put(whole)).applied, true);
    assert.deepEqual(await bed.node.admin.ask("GET", "/config"), whole);
    alice.send(`<message to='${BOB}' type='chat' id='m2'><body>here again</body></message>`);
    await eventually(() => assert.equal(bed.edge.texts.at(-1)?.text, "here again"));
    await bed.edge.say("bob", ALICE, "so am I");
    await alice.waitFor(isBody("so am I"));
  });

  test("with something wrong in it touches nothing", async () => {
    const federation = { ...whole.federation, sipFederatedDomains: [], incomingAcl: [], staticRoutes: [{ id: "1" }] };
    const { status } = await bed.node.admin.try("PUT", "/config", { federation });
    assert.equal(status, 400);
    await bed.edge.say("bob", ALICE, "still here");
    await alice.waitFor(isBody("still here"));
  });
});
