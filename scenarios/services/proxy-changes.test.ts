import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import { connect, type SecureContextOptions } from "node:tls";
import { TestCertificateAuthority } from "@interpres/testkit";
import { askOnce, CLOSED } from "../harness/one-request.ts";
import { PlainPeer } from "../harness/plain-peer.ts";
import { EDGE, FOREIGN, LOCAL, RoadBed } from "../harness/road-bed.ts";
import { order, pendingRestarts } from "./services-bed.ts";

const ALICE = `alice@${LOCAL}`;
const PARTNER = "partner.example";

/** What `sip-proxy` takes up when it restarts (facts B4), as a peer sees it. */
interface ProxyChange {
  readonly name: string;
  /** How the notification names what waits. */
  readonly waiting: RegExp;
  readonly make: () => Promise<void>;
  /** Says `old` or `new`. */
  readonly seen: () => Promise<string>;
}

/** A node with a partner in clear text who has no entry yet, and an edge whose authority is not trusted yet. */
class ProxyBed {
  readonly bed: RoadBed;
  readonly #partner: PlainPeer;
  readonly #stranger: TestCertificateAuthority;
  #strangerKeys: SecureContextOptions = {};
  #firstCertificate = "";

  private constructor(bed: RoadBed, partner: PlainPeer, stranger: TestCertificateAuthority) {
    this.bed = bed;
    this.#partner = partner;
    this.#stranger = stranger;
  }

  static async start(changeControl: "live" | "on-restart"): Promise<ProxyBed> {
    await using started = new AsyncDisposableStack();
    const bed = started.adopt(await RoadBed.start({ withTcpAndUdp: "tcp-and-udp" }), (each) => each.end());
    const nodePort = bed.node.ports.sipTcp ?? 0;
    const partner = bed.own(await PlainPeer.start({ user: `carol@${PARTNER}`, nodePort }));
    const made = new ProxyBed(bed, partner, await TestCertificateAuthority.create("Another CA of Contoso"));
    await (await bed.signIn("alice")).close();
    await bed.node.admin.ask("POST", "/sip-federated-domains", { domain: PARTNER, integrationType: "standard" });
    await bed.node.admin.ask("PATCH", "/cluster/settings", { changeControl });
    const { certPem: cert, keyPem: key } = await made.#stranger.issue({ cn: EDGE, dnsNames: [EDGE] });
    made.#strangerKeys = { cert, key, ca: bed.node.authorityPem };
    made.#firstCertificate = await made.#presented();
    started.move();
    return made;
  }

  end(): Promise<void> {
    return this.bed.end();
  }

  readonly changes: readonly ProxyChange[] = [
    {
      name: "an access list entry of an administrator",
      waiting: /incoming-acl\/\S+ added/,
      make: () => this.#ask("/incoming-acl", { pattern: "Allow from 127.0.0.1" }),
      seen: async () => ((await this.#partner.subscribe(ALICE)) === "closed" ? "old" : "new"),
    },
    {
      name: "the node's own SIP certificate",
      waiting: /certificates\/own\/sip changed/,
      make: () => this.#ask("/certificates/own/sip/regenerate", {}),
      seen: async () => ((await this.#presented()) === this.#firstCertificate ? "old" : "new"),
    },
    {
      name: "a trusted authority",
      waiting: /certificates\/trust\/\S+ added/,
      make: () => this.#ask("/certificates/trust", { pem: this.#stranger.certPem }),
      seen: async () => ((await this.#strangerIsAnswered()) ? "new" : "old"),
    },
  ];

  async #ask(path: string, body: object): Promise<void> {
    await this.bed.node.admin.ask("POST", path, body);
  }

  /** Which certificate a new connection is shown. */
  async #presented(): Promise<string> {
    const to = { ...this.bed.edgeKeys, host: "127.0.0.1", port: this.bed.node.ports.sipTls };
    const socket = connect({ ...to, checkServerIdentity: () => undefined });
    await once(socket, "secureConnect");
    const { fingerprint256 } = socket.getPeerCertificate();
    socket.destroy();
    return fingerprint256;
  }

  async #strangerIsAnswered(): Promise<boolean> {
    const request = { method: "OPTIONS", from: `bob@${FOREIGN}`, to: ALICE } as const;
    return (await askOnce(this.bed.node.ports.sipTls, this.#strangerKeys, request)) !== CLOSED;
  }
}

function seenOf({ changes }: ProxyBed): Promise<readonly string[]> {
  return Promise.all(changes.map(({ seen }) => seen()));
}

describe("what belongs to sip-proxy, live", { timeout: 60_000 }, () => {
  let proxy: ProxyBed;
  before(async () => {
    proxy = await ProxyBed.start("live");
  });
  after(() => proxy?.end());

  test("each change counts for the first who comes after it, and nothing waits", async () => {
    for (const { name, make, seen } of proxy.changes) {
      assert.equal(await seen(), "old", name);
      await make();
      assert.equal(await seen(), "new", name);
    }
    assert.deepEqual(await pendingRestarts(proxy.bed), []);
  });
});

describe("what belongs to sip-proxy, on restart", { timeout: 60_000 }, () => {
  let proxy: ProxyBed;
  before(async () => {
    proxy = await ProxyBed.start("on-restart");
  });
  after(() => proxy?.end());
  const oldOnes = ["old", "old", "old"];

  test("saved, nothing has changed for a peer, and sip-proxy says that each waits", async () => {
    for (const { make } of proxy.changes) await make();
    assert.deepEqual(await seenOf(proxy), oldOnes);
    const [waiting = "", ...others] = await pendingRestarts(proxy.bed);
    assert.deepEqual(others, []);
    assert.match(waiting, /^sip-proxy /);
    for (const change of proxy.changes) assert.match(waiting, change.waiting);
  });

  test("a restart of the router brings none of it", async () => {
    await order(proxy.bed, "xmpp-router", "restart");
    assert.deepEqual(await seenOf(proxy), oldOnes);
  });

  test("a restart of sip-proxy brings it all", async () => {
    await order(proxy.bed, "sip-proxy", "restart");
    assert.deepEqual(await seenOf(proxy), ["new", "new", "new"]);
    assert.deepEqual(await pendingRestarts(proxy.bed), []);
  });
});
