import type { SecureContextOptions } from "node:tls";
import { type FakeDnsServer, FakeZone, MicrosoftEdge, TestCertificateAuthority, XmppClient } from "@interpres/testkit";
import { type NodePorts, NodeProcess } from "./node-process.ts";

export const LOCAL = "example.com";
export const FOREIGN = "contoso.example";
export const EDGE = "sip.contoso.example";
const PEER_AUTH = "/tls-contexts/Default_SIP_Proxy_Peer_Auth_TLS_Context";
export const PASSWORD = "correct horse";

export interface RoadOptions {
  readonly grantSeconds?: number;
  /** For a node that must come back where it was. */
  readonly ports?: Partial<NodePorts>;
  readonly integrationType?: "microsoft" | "standard";
  readonly withTcpAndUdp?: "tcp-and-udp";
}

/** A node for example.com beside a simulated Microsoft edge for contoso.example, found by DNS SRV, mutual TLS between them. */
export class RoadBed {
  readonly node: NodeProcess;
  readonly edge: MicrosoftEdge;
  readonly zone: FakeZone;
  readonly authority: TestCertificateAuthority;
  /** What the edge shows and trusts. */
  readonly edgeKeys: SecureContextOptions;
  readonly #dns: FakeDnsServer;
  readonly #clients: XmppClient[] = [];

  private constructor(parts: Pick<RoadBed, "node" | "edge" | "zone" | "authority" | "edgeKeys">, dns: FakeDnsServer) {
    this.node = parts.node;
    this.edge = parts.edge;
    this.zone = parts.zone;
    this.authority = parts.authority;
    this.edgeKeys = parts.edgeKeys;
    this.#dns = dns;
  }

  static async start(options: RoadOptions = {}): Promise<RoadBed> {
    const zone = new FakeZone();
    const dns = await zone.listen();
    const { ports = {}, withTcpAndUdp } = options;
    const listening = withTcpAndUdp === undefined ? {} : { withTcpAndUdp };
    const node = new NodeProcess({ dnsServer: `127.0.0.1:${dns.port}`, ports, ...listening });
    await node.start();
    const authority = await TestCertificateAuthority.create("Contoso CA");
    const { certPem: cert, keyPem: key } = await authority.issue({ cn: EDGE, dnsNames: [EDGE] });
    const edgeKeys = { cert, key, ca: node.authorityPem };
    const edge = await MicrosoftEdge.start({
      domain: FOREIGN,
      fqdn: EDGE,
      tls: edgeKeys,
      nodePort: () => node.ports.sipTls,
      ...(options.grantSeconds === undefined ? {} : { grantSeconds: options.grantSeconds }),
    });
    zone.host(EDGE, "127.0.0.1").service(`_sipfederationtls._tcp.${FOREIGN}`, EDGE, edge.port);
    const bed = new RoadBed({ node, edge, zone, authority, edgeKeys }, dns);
    await bed.#federate(options.integrationType ?? "microsoft");
    return bed;
  }

  /** Adds the user the first time, then signs in and is available. */
  async signIn(user: string, resource = "desk"): Promise<XmppClient> {
    const jid = `${user}@${LOCAL}`;
    const known = await this.node.admin.try("GET", `/users/${jid}`);
    if (known.status === 404) await this.node.admin.ask("POST", "/users", { jid, password: PASSWORD });
    const at = { port: this.node.ports.xmppClient, domain: LOCAL };
    const client = await XmppClient.login(at, { user, password: PASSWORD, resource });
    this.#clients.push(client);
    return client;
  }

  async end(): Promise<void> {
    for (const client of this.#clients) client.abort();
    await this.edge.close();
    await this.node.remove();
    await this.#dns.close();
  }

  async #federate(integrationType: string): Promise<void> {
    const { admin } = this.node;
    await admin.ask("POST", "/certificates/trust", { pem: this.authority.certPem });
    await admin.ask("POST", "/tls-peer-subjects", { name: EDGE, description: "Contoso's edge" });
    const context = (await admin.ask("GET", PEER_AUTH)) as Record<string, unknown>;
    const { availableCiphers: _available, effective: _effective, ...writable } = context;
    await admin.ask("PUT", PEER_AUTH, { ...writable, peerSubjects: [EDGE] });
    const domain = { domain: FOREIGN, integrationType, description: "Contoso" };
    await admin.ask("POST", "/sip-federated-domains", domain);
  }
}
