import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { SipMessage } from "@interpres/sip";
import type { XmppClient } from "@interpres/testkit";
import { attribute } from "@interpres/xmpp/xml";
import { eventually } from "../harness/eventually.ts";
import { RawEdge } from "../harness/raw-edge.ts";
import { EDGE, FOREIGN, LOCAL, RoadBed } from "../harness/road-bed.ts";

const ALICE = `alice@${LOCAL}`;
const ZOE = `zoe@${LOCAL}`;
const CAROL = `carol@${FOREIGN}`;
/** As an edge signs it: casing, order and the parameter behind the bracket are part of what it checks. */
const SIGNED_ROUTE = `<sip:${EDGE}:5061;transport=tls;opaque=state:T:F:Ci.R1;lr;ms-Route-Sig=aaB-_x9ZQ>;tag=0AF93C`;
const PRESENCE = ["Event: presence", "Accept: application/pidf+xml", "Expires: 3600"];

/** What a Microsoft server counts on, asked in raw requests (dialect facts, sections 0.1 and 7). */
describe("invariants towards a Microsoft edge", () => {
  let bed: RoadBed;
  let edge: RawEdge;
  let alice: XmppClient;

  before(async () => {
    bed = await RoadBed.start();
    alice = await bed.signIn("alice");
    alice.send("<presence/>");
    edge = await RawEdge.connect(bed);
  });

  after(() => bed?.end());

  test("BENOTIFY gets no answer at all, what comes after it does", async () => {
    edge.send("BENOTIFY", `sip:${ALICE}`, {
      headers: ["Event: presence", "Subscription-State: active"],
      toTag: "none",
    });
    await edge.ask("OPTIONS", `sip:${LOCAL}`);
    const answered = edge.received.filter(({ cseq }) => cseq.method === "BENOTIFY");
    assert.equal(answered.length, 0);
  });

  test("a refresh of a dialog nobody knows is 481 at once", async () => {
    const response = await edge.ask("SUBSCRIBE", `sip:${ALICE}`, { headers: PRESENCE, toTag: "lost" });
    assert.equal(response.status, 481);
  });

  test("an option tag we do not know is 420, and named", async () => {
    const headers = [...PRESENCE, "Require: adhoclist, categoryList"];
    const response = await edge.ask("SUBSCRIBE", `sip:${ALICE}`, { headers });
    assert.equal(response.status, 420);
    assert.deepEqual(
      response.values("Unsupported").map((tag) => tag.toLowerCase()),
      ["adhoclist", "categorylist"],
    );
  });

  test("an event package we do not have is 489, with those we have", async () => {
    const response = await edge.ask("SUBSCRIBE", `sip:${ALICE}`, {
      headers: ["Event: vnd-microsoft-roaming-contacts", "Accept: application/pidf+xml"],
    });
    assert.equal(response.status, 489);
    assert.deepEqual(response.values("Allow-Events"), ["presence"]);
  });

  test("a watcher who takes nothing that we can say is 406", async () => {
    const headers = ["Event: presence", "Accept: application/rlmi+xml"];
    assert.equal((await edge.ask("SUBSCRIBE", `sip:${ALICE}`, { headers })).status, 406);
  });

  test("a signed route comes back octet for octet", async () => {
    const headers = [...PRESENCE, `Record-Route: ${SIGNED_ROUTE}`];
    const response = await edge.ask("SUBSCRIBE", `sip:${ALICE}`, { headers });
    assert.equal(response.status, 200);
    assert.deepEqual(response.values("Record-Route"), [SIGNED_ROUTE]);
    const notify = await notifyOf({ bed, edge }, response.callId);
    assert.deepEqual(notify.values("Route"), [SIGNED_ROUTE]);
  });

  test("headers in any order and case, line ends before them, a Via without branch: read, and given back octet for octet", async () => {
    const vias = [
      `SIP/2.0/TLS ${EDGE}:5061;branch=z9hG4bKCA9.3E23;branched=FALSE;ms-internal-info="bXMtZXhhbXBsZQ+/=="`,
      "SIP/2.0/TLS 192.0.2.112:50101;branch=z9hG4bK2E7D2C03.18AC;branched=FALSE;ms-received-cid=B10C100",
      "SIP/2.0/TLS 192.0.2.56:50202;ms-received-port=50202;ms-received-cid=B20C200",
    ];
    const contact = `sip:bob@${FOREIGN};opaque=user:epid:a1De4AWnzFmb-tN1kxQSMQAA;gruu`;
    const text = [
      `\r\n\r\nSUBSCRIBE sip:${ALICE} SIP/2.0`,
      `v: ${vias[0]}`,
      "MAX-FORWARDS: 68",
      `from: "Bob"<sip:bob@${FOREIGN}>;tag=odd;epid=451e9252b6`,
      `VIA: ${vias[1]}`,
      "Content-Length: 0",
      "EVENT: presence",
      `Via: ${vias[2]}`,
      `t: <sip:${ALICE}>`,
      "CALL-ID: odd@edge",
      `CONTACT: <${contact}>`,
      "cseq: 7 SUBSCRIBE",
      "\r\n",
    ].join("\r\n");
    edge.write(text);
    const response = await edge.finalOf({ branch: "z9hG4bKCA9.3E23", text });
    assert.equal(response.status, 200);
    // RFC 3261 §18.2.1 adds where the first one came from, behind what it said.
    assert.deepEqual(response.values("Via"), [`${vias[0]};received=127.0.0.1`, ...vias.slice(1)]);
    const notify = await notifyOf({ bed, edge }, response.callId);
    assert.equal(notify.kind === "request" ? notify.requestUri : "", contact);
    assert.equal(notify.first("To"), `"Bob"<sip:bob@${FOREIGN}>;tag=odd;epid=451e9252b6`);
  });

  test("no option tag of a Microsoft watcher comes back", async () => {
    const headers = [
      ...PRESENCE,
      "Supported: ms-piggyback-first-notify",
      "Supported: ms-benotify, com.microsoft.autoextend",
      "Proxy-Require: ms-benotify",
    ];
    const response = await edge.ask("SUBSCRIBE", `sip:${ALICE}`, { headers });
    assert.equal(response.status, 200);
    for (const name of ["Supported", "Require", "Proxy-Require", "Unsupported"])
      assert.deepEqual(response.values(name), [], name);
    assert.equal(response.body.length, 0);
    const notify = await notifyOf({ bed, edge }, response.callId);
    assert.equal(notify.cseq.method, "NOTIFY");
  });

  test("who is blocked is told the same as who watches one that is away", async () => {
    const zoe = await bed.signIn("zoe");
    zoe.send("<iq type='get' id='r1'><query xmlns='jabber:iq:roster'/></iq>");
    zoe.send(`<presence type='subscribed' to='${CAROL}'/>`);
    await zoe.waitFor((stanza) => attribute(stanza, "id") === "r1");
    await zoe.close();
    alice.send(`<presence type='subscribed' to='${CAROL}'/>`);
    alice.send(`<iq type='set' id='b1'><block xmlns='urn:xmpp:blocking'><item jid='${CAROL}'/></block></iq>`);
    await alice.waitFor((stanza) => attribute(stanza, "id") === "b1");
    const [blocked, away] = [await told(ALICE), await told(ZOE)];
    assert.match(away, /<basic>closed</);
    assert.equal(blocked, away);
  });

  test("every request was answered once", () => {
    const finals = edge.received.filter((message) => message.kind === "response" && message.status >= 200);
    const branches = finals.map((message) => message.topVia.branch);
    assert.equal(new Set(branches).size, branches.length);
    assert.deepEqual(bed.edge.deviations, []);
  });

  /** Answer and last NOTIFY to a watcher of `target`, without what names her and what is random. */
  async function told(target: string): Promise<string> {
    const response = await edge.ask("SUBSCRIBE", `sip:${target}`, { headers: PRESENCE, from: CAROL });
    const notify = await notifyOf({ bed, edge }, response.callId);
    const state = notify.subscriptionState?.state ?? "";
    const names = [...response.headers.text.matchAll(/^([\w-]+):/gm)].map(([, name]) => name).join();
    const body = Buffer.from(notify.body).toString("utf8").replaceAll(target.replace(/@.*/, ""), "USER");
    return [response.status, response.expires, names, state, notify.contentType?.type, body].join("\n");
  }
});

/** The first NOTIFY of a dialog, on whichever connection it came. */
async function notifyOf(at: { readonly bed: RoadBed; readonly edge: RawEdge }, callId: string): Promise<SipMessage> {
  let found: SipMessage | undefined;
  await eventually(() => {
    const all = [...at.bed.edge.requests.map(({ message }) => message), ...at.edge.received];
    found = all.find((message) => message.callId === callId && message.cseq.method === "NOTIFY");
    assert.ok(found, "no NOTIFY came");
  });
  assert.ok(found);
  return found;
}
