import { FakeZone, TestCertificateAuthority, XmppClient } from "@interpres/testkit";
import { el } from "@interpres/xmpp/xml";
import { NodeProcess } from "../harness/node-process.ts";
import { selectPeerSubjects } from "../harness/peer-subjects.ts";

export const LOCAL = "example.com";
export const NODE_FQDN = "imp1.example.com";
export const PASSWORD = "interop-password";

export interface ForeignDomain {
  readonly domain: string;
  readonly integrationType: "standard" | "microsoft";
  /** The host of the peer: subject of its certificate. */
  readonly fqdn: string;
  readonly port: number;
}

/** A node for example.com, a DNS server, and a certificate authority for the foreign side. */
export class InteropBed {
  readonly node: NodeProcess;
  readonly zone: FakeZone;
  readonly authority: TestCertificateAuthority;
  /** What was started, in that order; ended the other way round. */
  readonly #started: AsyncDisposableStack;
  readonly #clients: XmppClient[] = [];

  private constructor(parts: Pick<InteropBed, "node" | "zone" | "authority">, started: AsyncDisposableStack) {
    this.node = parts.node;
    this.zone = parts.zone;
    this.authority = parts.authority;
    this.#started = started;
  }

  static async start(): Promise<InteropBed> {
    await using started = new AsyncDisposableStack();
    const zone = new FakeZone();
    const dns = await zone.listen();
    started.defer(() => dns.close());
    const node = new NodeProcess({ dnsServer: dns.address, fqdn: NODE_FQDN, localDomain: LOCAL });
    started.defer(() => node.remove());
    await node.start();
    const authority = await TestCertificateAuthority.create("Foreign CA");
    return new InteropBed({ node, zone, authority }, started.move());
  }

  /** Federates with the domain; its hosts are found by DNS SRV. */
  async federate(peer: ForeignDomain): Promise<void> {
    this.zone.host(peer.fqdn, "127.0.0.1").service(`_sipfederationtls._tcp.${peer.domain}`, peer.fqdn, peer.port);
    await this.trust(peer);
  }

  /** Federates with the domain; a static route leads to its port. */
  async federateByRoute(peer: ForeignDomain): Promise<void> {
    await this.trust(peer);
    const route = { destinationPattern: peer.domain, nextHop: "127.0.0.1", nextHopPort: peer.port };
    await this.node.admin.ask("POST", "/static-routes", { ...route, routeType: "domain", protocol: "tls" });
  }

  /** Adds the domain, trusts the authority and names the subject of the peer's certificate. */
  async trust(peer: ForeignDomain): Promise<void> {
    const { admin } = this.node;
    const { domain, integrationType, fqdn } = peer;
    await admin.ask("POST", "/certificates/trust", { pem: this.authority.certPem });
    await admin.ask("POST", "/tls-peer-subjects", { name: fqdn, description: "interop" });
    await selectPeerSubjects(admin, fqdn);
    await admin.ask("POST", "/sip-federated-domains", { domain, integrationType, description: "interop" });
  }

  async addUser(user: string): Promise<string> {
    const jid = `${user}@${LOCAL}`;
    const known = await this.node.admin.try("GET", `/users/${jid}`);
    if (known.status === 404) await this.node.admin.ask("POST", "/users", { jid, password: PASSWORD });
    return jid;
  }

  /** Adds the user the first time, then signs in; sends no presence yet. */
  async signIn(user: string, resource = "desk"): Promise<XmppClient> {
    await this.addUser(user);
    const at = { port: this.node.ports.xmppClient, domain: LOCAL };
    const client = await XmppClient.login(at, { user, password: PASSWORD, resource });
    this.#clients.push(client);
    // RFC 6121 §2.2: who asked for the roster hears of decisions about it.
    await client.request("get", el("query", "jabber:iq:roster", {}));
    return client;
  }

  async end(): Promise<void> {
    for (const client of this.#clients) client.abort();
    await this.#started.disposeAsync();
  }
}
