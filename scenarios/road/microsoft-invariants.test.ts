import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { connect, type TLSSocket } from "node:tls";
import { type SipMessage, StreamFramer } from "@interpres/sip";
import type { XmppClient } from "@interpres/testkit";
import { attribute } from "@interpres/xmpp/xml";
import { eventually } from "../harness/eventually.ts";
import { EDGE, FOREIGN, LOCAL, RoadBed } from "../harness/road-bed.ts";

const ALICE = `alice@${LOCAL}`;
const ZOE = `zoe@${LOCAL}`;
const CAROL = `carol@${FOREIGN}`;
/** As an edge signs it: casing, order and the parameter behind the bracket are part of what it checks. */
const SIGNED_ROUTE = `<sip:${EDGE}:5061;transport=tls;opaque=state:T:F:Ci.R1;lr;ms-Route-Sig=aaB-_x9ZQ>;tag=0AF93C`;
const AUDIO = [
  "v=0",
  "o=- 0 0 IN IP4 192.0.2.7",
  "s=session",
  "c=IN IP4 192.0.2.7",
  "t=0 0",
  "m=audio 5062 RTP/AVP 0",
  "",
];

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

  after(async () => {
    edge.close();
    await bed.end();
  });

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
    assert.equal(statusOf(response), 481);
  });

  test("an option tag we do not know is 420, and named", async () => {
    const headers = [...PRESENCE, "Require: adhoclist, categoryList"];
    const response = await edge.ask("SUBSCRIBE", `sip:${ALICE}`, { headers });
    assert.equal(statusOf(response), 420);
    assert.deepEqual(
      response.values("Unsupported").map((tag) => tag.toLowerCase()),
      ["adhoclist", "categorylist"],
    );
  });

  test("an event package we do not have is 489, with those we have", async () => {
    const response = await edge.ask("SUBSCRIBE", `sip:${ALICE}`, {
      headers: ["Event: vnd-microsoft-roaming-contacts", "Accept: application/pidf+xml"],
    });
    assert.equal(statusOf(response), 489);
    assert.deepEqual(response.values("Allow-Events"), ["presence"]);
  });

  test("a watcher who takes nothing that we can say is 406", async () => {
    const headers = ["Event: presence", "Accept: application/rlmi+xml"];
    assert.equal(statusOf(await edge.ask("SUBSCRIBE", `sip:${ALICE}`, { headers })), 406);
  });

  test("an invitation to talk is 488", async () => {
    const headers = ["Content-Type: application/sdp"];
    const body = AUDIO.join("\r\n");
    assert.equal(statusOf(await edge.ask("INVITE", `sip:${ALICE}`, { headers, body })), 488);
  });

  test("an invitation to take a file is 488", async () => {
    const headers = ["Content-Type: multipart/mixed;boundary=cut"];
    const body = [
      "--cut",
      "Content-Type: application/sdp",
      "",
      AUDIO.join("\r\n").replace("audio", "data"),
      "--cut",
      "Content-Type: application/ms-filetransfer+xml",
      "",
      "<request/>",
      "--cut--",
      "",
    ].join("\r\n");
    assert.equal(statusOf(await edge.ask("INVITE", `sip:${ALICE}`, { headers, body })), 488);
  });

  test("an invitation to a conference is no offer at all: 415, and what we take (RFC 3261 §21.4.13)", async () => {
    const headers = ["Content-Type: application/ms-conf-invite+xml"];
    const response = await edge.ask("INVITE", `sip:${ALICE}`, { headers, body: '<Conferencing version="2.0"/>' });
    assert.equal(statusOf(response), 415);
    assert.deepEqual(response.values("Accept"), ["application/sdp"]);
  });

  test("a signed route comes back octet for octet", async () => {
    const headers = [...PRESENCE, `Record-Route: ${SIGNED_ROUTE}`];
    const response = await edge.ask("SUBSCRIBE", `sip:${ALICE}`, { headers });
    assert.equal(statusOf(response), 200);
    assert.deepEqual(response.values("Record-Route"), [SIGNED_ROUTE]);
    const notify = await notifyOf({ bed, edge }, response.callId);
    assert.deepEqual(notify.values("Route"), [SIGNED_ROUTE]);
  });

  test("who is blocked is told the same as who watches one that is away", async () => {
    const zoe = await bed.signIn("zoe");
    zoe.send("<iq type='get' id='r1'><query xmlns='jabber:iq:roster'/></iq>");
    zoe.send(`<presence type='subscribed' to='${CAROL}'/>`);
    await zoe.waitFor((stanza) => attribute(stanza, "id") === "r1");
    await zoe.close();
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
    return [statusOf(response), response.expires, names, state, notify.contentType?.type, body].join("\n");
  }
});

const PRESENCE = ["Event: presence", "Accept: application/pidf+xml", "Expires: 3600"];

interface Content {
  readonly headers?: readonly string[];
  readonly body?: string;
  readonly toTag?: string;
  readonly from?: string;
}

/** A connection with the edge's certificate that says what a test says and keeps what comes. */
class RawEdge {
  readonly received: SipMessage[] = [];
  readonly #socket: TLSSocket;
  #count = 0;

  private constructor(socket: TLSSocket) {
    this.#socket = socket;
    const framer = new StreamFramer({
      message: (message) => {
        if (message.kind === "request" || message.kind === "response") this.received.push(message);
      },
      ping: () => undefined,
      fatal: () => socket.destroy(),
    });
    socket.on("data", (chunk: Buffer) => framer.push(chunk));
    socket.on("error", () => socket.destroy());
  }

  static connect(bed: RoadBed): Promise<RawEdge> {
    const { sipTls: port } = bed.node.ports;
    const to = { ...bed.edgeKeys, host: "127.0.0.1", port, checkServerIdentity: () => undefined };
    return new Promise((resolve, reject) => {
      const socket = connect(to, () => resolve(new RawEdge(socket)));
      socket.once("error", reject);
    });
  }

  /** Sends a request and waits for its final response. */
  async ask(method: string, uri: string, content: Content = {}): Promise<SipMessage> {
    const branch = this.send(method, uri, content);
    const isFinal = (message: SipMessage): boolean =>
      message.kind === "response" && message.status >= 200 && message.topVia.branch === branch;
    await eventually(() => assert.ok(this.received.some(isFinal), `no answer to ${method}`));
    const [found] = this.received.filter(isFinal);
    assert.ok(found);
    return found;
  }

  /** The branch it went out with. */
  send(method: string, uri: string, { headers = [], body = "", toTag, from = `bob@${FOREIGN}` }: Content): string {
    this.#count += 1;
    const branch = `z9hG4bKraw${this.#count}`;
    const lines = [
      `${method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/TLS ${EDGE}:5061;branch=${branch}`,
      "Max-Forwards: 70",
      `From: <sip:${from}>;tag=raw${this.#count};epid=01`,
      `To: <${uri}>${toTag === undefined ? "" : `;tag=${toTag}`}`,
      `Call-ID: raw-${this.#count}@${EDGE}`,
      `CSeq: 1 ${method}`,
      `Contact: <sip:${from};opaque=user:epid:x;gruu>`,
      ...headers,
      `Content-Length: ${Buffer.byteLength(body)}`,
    ];
    this.#socket.write(`${lines.join("\r\n")}\r\n\r\n${body}`);
    return branch;
  }

  close(): void {
    this.#socket.destroy();
  }
}

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

function statusOf(message: SipMessage): number {
  return message.kind === "response" ? message.status : 0;
}
