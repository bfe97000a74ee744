import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { XmppClient } from "@interpres/testkit";
import { eventually } from "../harness/eventually.ts";
import { PlainPeer } from "../harness/plain-peer.ts";
import { EDGE, FOREIGN, LOCAL, RoadBed } from "../harness/road-bed.ts";

const ALICE = `alice@${LOCAL}`;
const PARTNER = "partner.example";
const EXPECTED = "an entry of the incoming access list";

/** A partner without TLS, known by its address alone, which an administrator's entry lets in; it has a dialog when that goes. */
describe("an access-list entry of an administrator is deleted while a dialog lives", () => {
  let bed: RoadBed;
  let alice: XmppClient;
  let carol: PlainPeer;
  let entry = "";

  before(async () => {
    bed = await RoadBed.start({ withTcpAndUdp: "tcp-and-udp" });
    alice = await bed.signIn("alice");
    alice.send("<presence/>");
    carol = bed.own(await PlainPeer.start({ user: `carol@${PARTNER}`, nodePort: bed.node.ports.sipTcp ?? 0 }));
    await bed.node.admin.ask("POST", "/sip-federated-domains", { domain: PARTNER, integrationType: "standard" });
    const route = { destinationPattern: PARTNER, nextHop: "127.0.0.1", nextHopPort: carol.port, protocol: "tcp" };
    await bed.node.admin.ask("POST", "/static-routes", route);
    await bed.edge.watch("bob", ALICE);
    await eventually(() => assert.equal(bed.edge.seen.length, 1));
  });

  after(() => bed?.end());

  test("without an entry her address is closed without an answer", async () => {
    assert.equal(await carol.subscribe(ALICE), "closed");
    assert.deepEqual(await refusal("connection"), { presented: "127.0.0.1", expected: EXPECTED });
  });

  test("with an entry she watches alice", async () => {
    const made = await bed.node.admin.ask("POST", "/incoming-acl", { pattern: "Allow from 127.0.0.1" });
    entry = (made as { readonly id: string }).id;
    assert.equal(await carol.subscribe(ALICE), 200);
    await eventually(() => assert.equal(carol.notifies.length, 1));
    assert.equal(await carol.subscribe(ALICE), 200, "a refresh within the dialog");
    await eventually(() => assert.equal(carol.notifies.length, 2));
  });

  test("deleted: her connection is closed at once, and a new one is not heard", async () => {
    await bed.node.admin.ask("DELETE", `/incoming-acl/${entry}`);
    await eventually(() => assert.equal(carol.isConnected, false));
    assert.equal(await carol.subscribe(ALICE), "closed");
  });

  test("deleted: a request of the dialog on the connection that the node opened is 403, with presented and expected", async () => {
    assert.equal(await carol.subscribe(ALICE, "by the node's connection"), 403);
    assert.deepEqual(await refusal("request"), { presented: `${PARTNER} from 127.0.0.1`, expected: EXPECTED });
  });

  test("nothing else is disturbed: bob's dialog goes on, on the connections there were", async () => {
    const before = await edgeConnections();
    const seen = bed.edge.seen.length;
    alice.send("<presence><show>dnd</show></presence>");
    assert.equal((await bed.edge.refresh("bob", ALICE)).status, 200);
    await eventually(() => assert.ok(bed.edge.seen.length > seen));
    assert.deepEqual(await edgeConnections(), before);
    assert.deepEqual(bed.edge.deviations, []);
  });

  test("the entry that a federated domain owns stays, and so do its dialogs", async () => {
    const { items } = (await bed.node.admin.ask("GET", "/incoming-acl")) as {
      readonly items: readonly { readonly id: string; readonly origin: { readonly domain?: string } }[];
    };
    const own = items.find(({ origin }) => origin.domain === FOREIGN);
    assert.equal((await bed.node.admin.try("DELETE", `/incoming-acl/${own?.id}`)).status, 409);
    assert.equal((await bed.edge.refresh("bob", ALICE)).status, 200);
  });

  test("allowed again, she goes on in her dialog", async () => {
    await bed.node.admin.ask("POST", "/incoming-acl", { pattern: "Allow from 127.0.0.0/8" });
    const before = carol.notifies.length;
    assert.equal(await carol.subscribe(ALICE), 200);
    await eventually(() => assert.ok(carol.notifies.length > before));
    assert.equal(new Set(carol.notifies.map(({ callId, from }) => `${callId} ${from.tag}`)).size, 1);
  });

  /** What the newest refusal by the access list compared. */
  async function refusal(kind: "connection" | "request"): Promise<unknown> {
    let found: unknown;
    await eventually(async () => {
      const { items } = (await bed.node.admin.ask("GET", "/decisions")) as {
        readonly items: readonly {
          readonly kind: string;
          readonly decisions: readonly { readonly rule: string; readonly inputs: unknown }[];
        }[];
      };
      found = items
        .filter((event) => event.kind === kind)
        .flatMap((event) => event.decisions)
        .find(({ rule }) => rule === "incoming-acl")?.inputs;
      assert.ok(found !== undefined, "no decision by the access list");
    });
    return found;
  }

  async function edgeConnections(): Promise<readonly string[]> {
    const { items } = (await bed.node.admin.ask("GET", `/connections?peer=${EDGE}`)) as {
      readonly items: readonly { readonly id: string }[];
    };
    assert.ok(items.length > 0);
    return items.map(({ id }) => id);
  }
});
