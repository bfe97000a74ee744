import type { SecureContextOptions } from "node:tls";
import {
  ClearingHouse,
  FakeZone,
  type HouseDomains,
  MicrosoftEdge,
  TestCertificateAuthority,
  XmppClient,
} from "@interpres/testkit";
import { attribute } from "@interpres/xmpp/xml";
import { type NodePorts, NodeProcess } from "./node-process.ts";
import { selectPeerSubjects } from "./peer-subjects.ts";
import { sender } from "./stanzas.ts";

export const LOCAL = "example.com";
export const FOREIGN = "contoso.example";
export const EDGE = "sip.contoso.example";
/** What the node is called, and seeded as federation routing FQDN. */
export const NODE_FQDN = "imp1.example.com";
export const PASSWORD = "correct horse";

export interface RoadOptions {
  readonly grantSeconds?: number;
  /** For a node that must come back where it was. */
  readonly ports?: Partial<NodePorts>;
  readonly integrationType?: "microsoft" | "standard";
  readonly withTcpAndUdp?: "tcp-and-udp";
  readonly logLevel?: "debug";
}

/** A node for example.com beside a simulated Microsoft edge for contoso.example, found by DNS SRV, mutual TLS between them. */
export class RoadBed {
  readonly node: NodeProcess;
  readonly edge: MicrosoftEdge;
  readonly zone: FakeZone;
  /** That of contoso.example, which the node trusts. */
  readonly authority: TestCertificateAuthority;
  /** What the edge shows and trusts. */
  readonly edgeKeys: SecureContextOptions;
  /** What was started, in that order; ended the other way round. */
  readonly #started: AsyncDisposableStack;

  private constructor(
    parts: Pick<RoadBed, "node" | "edge" | "zone" | "authority" | "edgeKeys">,
    started: AsyncDisposableStack,
  ) {
    this.node = parts.node;
    this.edge = parts.edge;
    this.zone = parts.zone;
    this.authority = parts.authority;
    this.edgeKeys = parts.edgeKeys;
    this.#started = started;
  }

  static async start(options: RoadOptions = {}): Promise<RoadBed> {
    await using started = new AsyncDisposableStack();
    const zone = new FakeZone();
    const dns = await zone.listen();
    started.defer(() => dns.close());
    const { ports = {}, withTcpAndUdp, logLevel, integrationType = "microsoft" } = options;
    const listening = {
      ...(withTcpAndUdp === undefined ? {} : { withTcpAndUdp }),
      ...(logLevel === undefined ? {} : { logLevel }),
    };
    const node = new NodeProcess({ dnsServer: `127.0.0.1:${dns.port}`, ports, ...listening });
    started.defer(() => node.remove());
    await node.start();
    const authority = await TestCertificateAuthority.create("Contoso CA");
    const { certPem: cert, keyPem: key } = await authority.issue({ cn: EDGE, dnsNames: [EDGE] });
    const edgeKeys = { cert, key, ca: node.authorityPem };
    const rate = integrationType === "microsoft" ? { requestsPerSecond: 20 } : {};
    const edge = await MicrosoftEdge.start({
      ...rate,
      domain: FOREIGN,
      fqdn: EDGE,
      tls: edgeKeys,
      nodePort: () => node.ports.sipTls,
      ...(options.grantSeconds === undefined ? {} : { grantSeconds: options.grantSeconds }),
    });
    started.defer(() => edge.close());
    zone.host(EDGE, "127.0.0.1").service(`_sipfederationtls._tcp.${FOREIGN}`, EDGE, edge.port);
    await federate({ node, authority, integrationType });
    return new RoadBed({ node, edge, zone, authority, edgeKeys }, started.move());
  }

  /** Adds the user the first time, then signs in; she is not available yet. */
  async signIn(user: string, resource = "desk"): Promise<XmppClient> {
    const jid = `${user}@${LOCAL}`;
    const known = await this.node.admin.try("GET", `/users/${jid}`);
    if (known.status === 404) await this.node.admin.ask("POST", "/users", { jid, password: PASSWORD });
    const at = { port: this.node.ports.xmppClient, domain: LOCAL };
    const client = await XmppClient.login(at, { user, password: PASSWORD, resource });
    this.#started.defer(() => client.abort());
    return client;
  }

  /** Signed in, with her roster, available. */
  async arrive(user: string): Promise<XmppClient> {
    const client = await this.signIn(user);
    client.send("<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq>");
    await client.waitFor((stanza) => attribute(stanza, "id") === "roster");
    client.send("<presence/>");
    await client.waitFor((stanza) => stanza.name === "presence" && sender(stanza) === `${user}@${LOCAL}`);
    return client;
  }

  /**
   * The Microsoft edge of a domain that the node knows nothing of: an authority of its own has signed for it, SRV leads there.
   * It shows its own certificate, and with `chain` its authority's.
   */
  async addStranger(domain: string, shows: "leaf" | "chain" = "chain"): Promise<Stranger> {
    const fqdn = `sip.${domain}`;
    const authority = await TestCertificateAuthority.create(`CA of ${domain}`);
    const { certPem, keyPem: key } = await authority.issue({ cn: fqdn, dnsNames: [fqdn] });
    const cert = shows === "leaf" ? certPem : `${certPem}\n${authority.certPem}`;
    const tls = { cert, key, ca: [this.node.authorityPem, authority.certPem] };
    const nodePort = (): number => this.node.ports.sipTls;
    const edge = this.own(await MicrosoftEdge.start({ domain, fqdn, tls, nodePort }));
    this.zone.host(fqdn, "127.0.0.1").service(`_sipfederationtls._tcp.${domain}`, fqdn, edge.port);
    return { edge, authority };
  }

  /** Another Microsoft edge: its certificate is trusted, its name selected; how it is reached, the test says. */
  async addEdge(fqdn: string, domain = FOREIGN, tls: SecureContextOptions = {}): Promise<MicrosoftEdge> {
    const nodePort = (): number => this.node.ports.sipTls;
    const edge = await MicrosoftEdge.start({ domain, fqdn, tls: { ...(await this.keysOf(fqdn)), ...tls }, nodePort });
    return this.own(edge);
  }

  /** A clearing house under this name, which has the node as its registered customer. */
  async addHouse(fqdn: string, domains: HouseDomains, tls: SecureContextOptions = {}): Promise<ClearingHouse> {
    const customer = { fqdn: NODE_FQDN, domains: [LOCAL], port: () => this.node.ports.sipTls };
    const keys = await this.keysOf(fqdn);
    const house = await ClearingHouse.start({ fqdn, domains, customer, tls: { ...keys, ...tls } });
    return this.own(house);
  }

  /** To be closed with the bed, whatever becomes of the test. */
  own<Thing extends { close(): unknown }>(thing: Thing): Thing {
    this.#started.defer(async () => void (await thing.close()));
    return thing;
  }

  end(): Promise<void> {
    return this.#started.disposeAsync();
  }

  /** What a peer of this name shows; the name is a selected peer subject from now on. */
  async keysOf(cn: string): Promise<SecureContextOptions> {
    const { certPem: cert, keyPem: key } = await this.authority.issue({ cn, dnsNames: [cn], key: "rsa" });
    await select(this.node, { name: cn, description: cn });
    return { cert, key, ca: this.node.authorityPem };
  }
}

/** Whom nobody here trusts yet. */
export interface Stranger {
  readonly edge: MicrosoftEdge;
  readonly authority: TestCertificateAuthority;
}

/** Trusts the foreign authority, names its edge and federates with its domain. */
async function federate({ node, authority, integrationType }: Federated): Promise<void> {
  await node.admin.ask("POST", "/certificates/trust", { pem: authority.certPem });
  await select(node, { name: EDGE, description: "Contoso's edge" });
  const domain = { domain: FOREIGN, integrationType, description: "Contoso" };
  await node.admin.ask("POST", "/sip-federated-domains", domain);
}

async function select({ admin }: NodeProcess, subject: { readonly name: string; readonly description: string }) {
  await admin.ask("POST", "/tls-peer-subjects", subject);
  await selectPeerSubjects(admin, subject.name);
}

interface Federated {
  readonly node: NodeProcess;
  readonly authority: TestCertificateAuthority;
  readonly integrationType: string;
}
