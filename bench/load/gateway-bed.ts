import type { AddressInfo } from "node:net";
import { connect, createServer, type Server, type TLSSocket } from "node:tls";
import { FakeDnsServer, FakeZone, TestCertificateAuthority } from "@interpres/testkit";
import { NodeProcess } from "../../scenarios/harness/node-process.ts";
import { canPin, NODE_CORE } from "./pinned.ts";
import { SipStream } from "./sip-stream.ts";
import { XmppUser } from "./xmpp-user.ts";

export const LOCAL_DOMAIN = "example.com";
export const FOREIGN_DOMAIN = "peer.example";
const PASSWORD = "bench-password";

export type OnRequest = (text: string, reply: (text: string) => void) => void;

/** One node on a core of its own with a foreign SIP domain beside it, mutual TLS between the two. */
export class GatewayBed {
  readonly node: NodeProcess;
  readonly #server: Server;
  readonly #toNode: SipStream;
  readonly #dns: FakeDnsServer;
  readonly #streams: SipStream[] = [];
  #onRequest: OnRequest = () => undefined;
  #onResponse: (text: string) => void = () => undefined;

  private constructor(parts: { node: NodeProcess; server: Server; toNode: TLSSocket; dns: FakeDnsServer }) {
    this.node = parts.node;
    this.#server = parts.server;
    this.#dns = parts.dns;
    parts.server.on("secureConnection", (socket: TLSSocket) => this.#streams.push(this.#stream(socket)));
    this.#toNode = this.#stream(parts.toNode);
  }

  /** `around`: further words before the node's command, after the pinning. */
  static async start(around: readonly string[] = []): Promise<GatewayBed> {
    const dns = await FakeDnsServer.start(new FakeZone());
    const authority = await TestCertificateAuthority.create("Bench peer CA");
    const keys = await authority.issue({ cn: `sip.${FOREIGN_DOMAIN}`, dnsNames: [`sip.${FOREIGN_DOMAIN}`] });
    const runner = [...(canPin ? ["/usr/bin/taskset", "-c", String(NODE_CORE)] : []), ...around];
    const node = new NodeProcess({ dnsServer: `127.0.0.1:${dns.port}`, runner, logLevel: "warn" });
    await node.start();
    const tls = { cert: keys.certPem, key: keys.keyPem, ca: node.authorityPem };
    const server = createServer({ ...tls, requestCert: true, rejectUnauthorized: true });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    await federate(node, authority.certPem, (server.address() as AddressInfo).port);
    const toNode = connect({
      ...tls,
      host: "127.0.0.1",
      port: node.ports.sipTls,
      checkServerIdentity: () => undefined,
    });
    await new Promise<void>((done) => toNode.once("secureConnect", done));
    return new GatewayBed({ node, server, toNode, dns });
  }

  async addUsers(count: number): Promise<readonly string[]> {
    const jids = Array.from({ length: count }, (_, index) => `user${index}@${LOCAL_DOMAIN}`);
    for (const jid of jids) await this.node.admin.ask("POST", "/users", { jid, password: PASSWORD });
    return jids;
  }

  signIn(jid: string): Promise<XmppUser> {
    return XmppUser.signIn({ port: this.node.ports.xmppClient, jid, password: PASSWORD });
  }

  /** Requests the node sends to the foreign domain. */
  onRequest(handler: OnRequest): void {
    this.#onRequest = handler;
  }

  /** Responses of the node. */
  onResponse(handler: (text: string) => void): void {
    this.#onResponse = handler;
  }

  send(text: string): void {
    this.#toNode.write(text);
  }

  async end(): Promise<void> {
    this.#toNode.end();
    for (const stream of this.#streams) stream.end();
    this.#server.close();
    await this.node.remove();
    await this.#dns.close();
  }

  #stream(socket: TLSSocket): SipStream {
    return new SipStream(socket, (text, reply) => {
      if (text.startsWith("SIP/2.0")) this.#onResponse(text);
      else this.#onRequest(text, reply);
    });
  }
}

async function federate(node: NodeProcess, caPem: string, port: number): Promise<void> {
  const { admin } = node;
  const subject = `sip.${FOREIGN_DOMAIN}`;
  await admin.ask("PATCH", "/presence-settings", { maxContactListSize: null, maxWatchers: null });
  await admin.ask("POST", "/sip-federated-domains", {
    domain: FOREIGN_DOMAIN,
    integrationType: "standard",
    description: "",
  });
  const route = {
    destinationPattern: FOREIGN_DOMAIN,
    nextHop: "127.0.0.1",
    nextHopPort: port,
    routeType: "domain",
    protocol: "tls",
  };
  await admin.ask("POST", "/static-routes", route);
  await admin.ask("POST", "/certificates/trust", { pem: caPem });
  const subjects = (await admin.ask("GET", "/tls-peer-subjects")) as {
    readonly items: readonly { readonly name: string }[];
  };
  if (!subjects.items.some((item) => item.name === subject)) {
    await admin.ask("POST", "/tls-peer-subjects", { name: subject, description: "bench" });
  }
  const path = "/tls-contexts/Default_SIP_Proxy_Peer_Auth_TLS_Context";
  const context = (await admin.ask("GET", path)) as Record<string, unknown>;
  const { availableCiphers: _available, effective: _effective, ...writable } = context;
  await admin.ask("PUT", path, { ...writable, peerSubjects: [subject] });
}
