import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { bodyOf, SipPeer, type XmppClient } from "@interpres/testkit";
import { eventually } from "../harness/eventually.ts";
import { RawEdge } from "../harness/raw-edge.ts";
import { FOREIGN, LOCAL, RoadBed } from "../harness/road-bed.ts";

const ALICE = `sip:alice@${LOCAL}`;
const PLAIN = "Content-Type: text/plain";
const SDP = "Content-Type: application/sdp";
const OFFER = [
  "v=0",
  "o=- 0 0 IN IP4 192.0.2.7",
  "s=session",
  "c=IN IP4 192.0.2.7",
  "t=0 0",
  "m=message 5060 sip null",
  "",
].join("\r\n");

/** Each request gets one final answer and has one effect, whatever becomes of it on the way. */
describe("every request is answered exactly once", () => {
  let bed: RoadBed;
  let edge: RawEdge;
  let alice: XmppClient;

  before(async () => {
    bed = await RoadBed.start();
    alice = await bed.signIn("alice");
    await alice.enableManagement({});
    alice.send("<presence/>");
    edge = await RawEdge.connect(bed);
  });

  after(() => bed?.end());

  const kinds = [
    { method: "OPTIONS", status: 200 },
    { method: "SUBSCRIBE", headers: ["Event: presence"], status: 200 },
    { method: "MESSAGE", headers: [PLAIN], body: "once", status: 200 },
    { method: "MESSAGE", headers: ["Content-Type: image/gif"], body: "GIF89a", status: 415 },
    { method: "MESSAGE", headers: [PLAIN], body: "lost", toTag: "gone", status: 481 },
    {
      method: "INVITE",
      headers: [SDP],
      body: OFFER.replace("m=message 5060 sip null", "m=audio 1 RTP/AVP 0"),
      status: 488,
    },
    { method: "BYE", toTag: "gone", status: 481 },
    { method: "INFO", toTag: "gone", status: 481 },
    { method: "CANCEL", status: 481 },
    { method: "NOTIFY", headers: ["Event: presence", "Subscription-State: active"], toTag: "gone", status: 481 },
    { method: "REFER", status: 405 },
    { method: "FROB", status: 501 },
    { method: "SUBSCRIBE", headers: ["Event: presence", "Max-Forwards: seventy"], status: 400 },
  ] as const;
  for (const { method, status, ...content } of kinds) {
    test(`${method}: ${status}, and nothing after it`, async () => {
      const sent = edge.send(method, ALICE, content);
      assert.equal((await edge.finalOf(sent)).status, status);
      await edge.ask("OPTIONS", `sip:${LOCAL}`);
      assert.equal(edge.finalsOf(sent.branch).length, 1);
    });
  }

  test("repeated while it is under way: one answer, and alice reads it once", async () => {
    const sent = await withheld("said three times");
    edge.write(sent.text);
    edge.write(sent.text);
    await edge.ask("OPTIONS", `sip:${LOCAL}`);
    answered();
    assert.equal((await edge.finalOf(sent)).status, 200);
    await settledWith(sent.branch, 1);
    assert.deepEqual(copies("said three times"), []);
  });

  test("the same by another path while it is under way: 482 there, one answer here", async () => {
    const sent = await withheld("by two paths");
    const branch = `${sent.branch}again`;
    edge.write(sent.text.replace(sent.branch, branch));
    assert.equal((await edge.finalOf({ ...sent, branch })).status, 482);
    answered();
    assert.equal((await edge.finalOf(sent)).status, 200);
    await settledWith(sent.branch, 1);
    assert.deepEqual(copies("by two paths"), []);
  });

  test("a CANCEL on the heels of its INVITE: 200 each, the session stands until BYE", async () => {
    const dialog = { fromTag: "hasty", callId: "hasty@edge", from: `bob@${FOREIGN}` };
    const sent = edge.send("INVITE", ALICE, { ...dialog, headers: [SDP], body: OFFER });
    edge.send("CANCEL", ALICE, { ...dialog, branch: sent.branch });
    const accepted = await edge.finalOf(sent);
    const toTag = accepted.to.tag ?? "";
    edge.send("ACK", ALICE, { ...dialog, toTag });
    const bye = await edge.ask("BYE", ALICE, { ...dialog, toTag, cseq: "2" });
    assert.equal(bye.status, 200);
    const finals = edge.finalsOf(sent.branch).map(({ cseq, status }) => `${cseq.method} ${status}`);
    assert.deepEqual(finals.sort(), ["CANCEL 200", "INVITE 200"]);
    assert.equal((await edge.ask("BYE", ALICE, { ...dialog, toTag, cseq: "3" })).status, 481);
  });

  test("an INVITE repeated before its ACK: one session, one answer", async () => {
    const dialog = { fromTag: "twice", callId: "twice@edge", from: `bob@${FOREIGN}` };
    const sent = edge.send("INVITE", ALICE, { ...dialog, headers: [SDP], body: OFFER });
    edge.write(sent.text);
    const accepted = await edge.finalOf(sent);
    const toTag = accepted.to.tag ?? "";
    edge.send("ACK", ALICE, { ...dialog, toTag });
    await settledWith(sent.branch, 1);
    const sessions = (await bed.node.admin.ask("GET", "/im-sessions")) as { readonly items: readonly unknown[] };
    assert.equal(sessions.items.length, 1);
    assert.equal((await edge.ask("BYE", ALICE, { ...dialog, toTag, cseq: "2" })).status, 200);
  });

  test("the connection is lost before the answer: it comes once, by a new one to the port of sent-by", async () => {
    const listener = await SipPeer.start({ tls: bed.edgeKeys, onRequest: () => undefined });
    try {
      const before = await inbound();
      const lost = await RawEdge.connect(bed);
      const sent = await withheld("sent and gone", { by: lost, port: listener.port });
      lost.close();
      await eventually(async () => assert.equal(await inbound(), before));
      answered();
      await eventually(() => assert.equal(listener.strays.length, 1));
      await edge.ask("OPTIONS", `sip:${LOCAL}`);
      assert.deepEqual(
        listener.strays.map(({ topVia, status }) => [topVia.branch, status]),
        [[sent.branch, 200]],
      );
      assert.deepEqual(copies("sent and gone"), []);
    } finally {
      await listener.close();
    }
  });

  /** Bob's page that alice has and has not acknowledged: it is under way. */
  async function withheld(words: string, { by, port }: { readonly by?: RawEdge; readonly port?: number } = {}) {
    alice.acknowledges = "never";
    const sent = (by ?? edge).send("MESSAGE", ALICE, {
      headers: [PLAIN],
      body: words,
      ...(port === undefined ? {} : { sentByPort: port }),
    });
    await alice.waitFor((stanza) => stanza.name === "message" && bodyOf(stanza) === words);
    assert.deepEqual((by ?? edge).finalsOf(sent.branch), []);
    return sent;
  }

  function answered(): void {
    alice.acknowledges = "always";
    alice.acknowledge();
  }

  /** Connections of the peer that the node has. */
  async function inbound(): Promise<number> {
    const { items } = (await bed.node.admin.ask("GET", "/connections")) as {
      readonly items: readonly { readonly direction: string }[];
    };
    return items.filter(({ direction }) => direction === "inbound").length;
  }

  /** No more final answers than `count`, also when everything before has been answered. */
  async function settledWith(branch: string, count: number): Promise<void> {
    await edge.ask("OPTIONS", `sip:${LOCAL}`);
    assert.equal(edge.finalsOf(branch).length, count);
  }

  /** Copies that came beside the first. */
  function copies(words: string) {
    return alice.received.filter((stanza) => stanza.name === "message" && bodyOf(stanza) === words);
  }
});
