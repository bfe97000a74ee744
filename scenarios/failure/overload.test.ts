import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { after, before, describe, test } from "node:test";
import type { SipRequest } from "@interpres/sip";
import { answerText, type PeerLink, SipPeer, type XmppClient } from "@interpres/testkit";
import { attribute } from "@interpres/xmpp/xml";
import { eventually } from "../harness/eventually.ts";
import { requestText } from "../harness/one-request.ts";
import { LOCAL, RoadBed } from "../harness/road-bed.ts";
import { reasonOf } from "../harness/stanzas.ts";

const BUSY = "busy.example";
const CALM = "calm.example";
/** As many from one address as a node lets in by default (`maximumInboundFromOneAddress`). */
const MOST_FROM_ONE = 1000;

interface Told {
  readonly events: readonly {
    readonly result: string;
    readonly decisions: readonly { readonly rule: string; readonly inputs: object }[];
  }[];
}

/** One RFC peer for each domain; `refusal` is the header of its 503 while it has one. */
class Peer {
  readonly requests: SipRequest[] = [];
  refusal: string | undefined;
  #sip: SipPeer | undefined;

  static async start(bed: RoadBed, domain: string): Promise<Peer> {
    const peer = new Peer();
    const fqdn = `sip.${domain}`;
    const sip = await SipPeer.start({
      tls: await bed.keysOf(fqdn),
      onRequest: (request, link) => peer.#take(request, link),
    });
    peer.#sip = bed.own(sip);
    bed.zone.host(fqdn, "127.0.0.1").service(`_sipfederationtls._tcp.${domain}`, fqdn, sip.port);
    await bed.node.admin.ask("POST", "/sip-federated-domains", { domain, integrationType: "standard" });
    return peer;
  }

  /** Users that a message came for. */
  get addressed(): readonly string[] {
    return this.requests.map(({ requestUri }) => requestUri);
  }

  async link(bed: RoadBed): Promise<PeerLink> {
    assert.ok(this.#sip);
    return await this.#sip.ownLink(bed.node.ports.sipTls);
  }

  /** Statuses of final answers that came to requests it did not wait for one by one. */
  get answers(): readonly number[] {
    return this.#sip?.strays.map(({ status }) => status) ?? [];
  }

  #take(request: SipRequest, link: PeerLink): void {
    this.requests.push(request);
    const status = this.refusal === undefined ? "200 OK" : "503 Service Unavailable";
    const headers = this.refusal === undefined ? [] : [this.refusal];
    link.write(answerText(request, { status, toTag: "peer", headers, body: "" }));
  }
}

/** Two peers, one of them too busy or too loud: what it costs is its own. */
describe("overload (RFC 3261 §21.5.4)", () => {
  let bed: RoadBed;
  let alice: XmppClient;
  let busy: Peer;
  let calm: Peer;
  let sequence = 0;

  before(async () => {
    bed = await RoadBed.start();
    alice = await bed.signIn("alice");
    alice.send("<presence/>");
    busy = await Peer.start(bed, BUSY);
    calm = await Peer.start(bed, CALM);
  });
  after(() => bed?.end());

  function write(domain: string): string {
    sequence += 1;
    const id = `m${sequence}`;
    alice.send(`<message to='user${sequence}@${domain}' id='${id}'><body>words</body></message>`);
    return id;
  }

  async function errorsOf(ids: readonly string[]): Promise<readonly string[]> {
    const errors = await Promise.all(
      ids.map((id) =>
        alice.waitFor((stanza) => attribute(stanza, "id") === id && attribute(stanza, "type") === "error"),
      ),
    );
    return [...new Set(errors.map(reasonOf))];
  }

  async function decisionsOn(peer: string): Promise<Told["events"]> {
    const told = (await bed.node.admin.ask("GET", `/decisions?peer=${peer}`)) as { readonly items: Told["events"] };
    return told.items;
  }

  test("a peer that asks for an hour is sent nothing more, its senders are told; the other peer gets everything", async () => {
    busy.refusal = "Retry-After: 3600 (maintenance)";
    assert.deepEqual(await errorsOf([write(BUSY)]), ["503 Service Unavailable"]);
    const ids = Array.from({ length: 20 }, () => {
      write(CALM);
      return write(BUSY);
    });
    assert.deepEqual(await errorsOf(ids), ["503 Service Unavailable"]);
    await eventually(() => assert.equal(calm.requests.length, 20));
    assert.equal(busy.requests.length, 1);
  });

  test("the decisions say for how long, and of each message why it did not leave", async () => {
    const told = await decisionsOn(BUSY);
    assert.ok(
      told.some(({ result, decisions }) => result === "asked to wait 600 s" && decisions[0]?.rule === "retry-after"),
    );
    const details = JSON.stringify(told.map(({ decisions }) => decisions));
    assert.equal(details.split("asked-to-wait: it answered 503 and wants no requests").length - 1, 20);
  });

  test("the metrics say so too", async () => {
    const metrics = String(await bed.node.admin.ask("GET", "/metrics"));
    assert.match(metrics, /^interpres_federation_hops_closed 1$/m);
    assert.match(metrics, /^interpres_federation_hops_unavailable_total\{retry_after="yes"\} 1$/m);
  });

  test("messages wait out a short time, and leave in their order", async () => {
    calm.refusal = "Retry-After: 1";
    await errorsOf([write(CALM)]);
    calm.refusal = undefined;
    const before = calm.requests.length;
    const from = sequence + 1;
    for (let count = 0; count < 5; count += 1) write(CALM);
    await eventually(() => assert.equal(calm.requests.length, before + 5));
    assert.deepEqual(
      calm.addressed.slice(before),
      Array.from({ length: 5 }, (_, index) => `sip:user${from + index}@${CALM}`),
    );
  });

  test("a flood of requests from one is answered one for one, and the other's are served all the while", async () => {
    const flood = 3000;
    const link = await busy.link(bed);
    const request = (): string => requestText({ method: "OPTIONS", from: `eve@${BUSY}`, to: `alice@${LOCAL}` });
    link.write(Array.from({ length: flood }, request).join(""));
    const calmLink = await calm.link(bed);
    for (let count = 0; count < 10; count += 1)
      calmLink.write(
        requestText({ method: "MESSAGE", from: `carol@${CALM}`, to: `alice@${LOCAL}`, body: `calm ${count}` }),
      );
    await eventually(() => assert.deepEqual(calm.answers, Array(10).fill(200)));
    await eventually(() => assert.equal(busy.answers.length, flood));
  });

  test("connections that say nothing take the room of their own address only", async () => {
    const address = "127.0.0.9";
    const sockets = await Promise.all(Array.from({ length: MOST_FROM_ONE + 10 }, () => silent(bed, address)));
    await eventually(() => assert.equal(sockets.filter(({ closed }) => closed).length, 10));
    assert.equal((await bed.edge.say("bob", `alice@${LOCAL}`, "still here")).status, 200);
    for (const socket of sockets) socket.destroy();
  });
});

/** A TCP connection that begins no handshake. */
async function silent(bed: RoadBed, localAddress: string): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port: bed.node.ports.sipTls, localAddress });
  socket.on("error", () => socket.destroy());
  socket.resume();
  await once(socket, "connect");
  return socket;
}
