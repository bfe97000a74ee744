import { FakeZone, TestCertificateAuthority } from "@interpres/testkit";
import { NodeProcess } from "./node-process.ts";

export const PEER_AUTH = "Default_SIP_Proxy_Peer_Auth_TLS_Context";

/** A TLS context as the API shows it. */
export interface ShownContext {
  readonly ciphers: readonly string[];
  readonly peerSubjects: readonly string[];
  readonly availableCiphers: readonly string[];
  readonly effective: Readonly<Record<string, unknown>>;
}

/** A node, its DNS zone, and an authority that it trusts: who may come in is the test's to set. */
export class TlsBed {
  readonly node: NodeProcess;
  readonly zone: FakeZone;
  readonly authority: TestCertificateAuthority;
  /** What was started, in that order; ended the other way round. */
  readonly #started: AsyncDisposableStack;

  private constructor(parts: Pick<TlsBed, "node" | "zone" | "authority">, started: AsyncDisposableStack) {
    this.node = parts.node;
    this.zone = parts.zone;
    this.authority = parts.authority;
    this.#started = started;
  }

  static async start(): Promise<TlsBed> {
    await using started = new AsyncDisposableStack();
    const zone = new FakeZone();
    const dns = await zone.listen();
    started.defer(() => dns.close());
    const node = new NodeProcess({ dnsServer: dns.address });
    started.defer(() => node.remove());
    await node.start();
    const authority = await TestCertificateAuthority.create("Peers' CA");
    await node.admin.ask("POST", "/certificates/trust", { pem: authority.certPem });
    return new TlsBed({ node, zone, authority }, started.move());
  }

  async context(): Promise<ShownContext> {
    return (await this.node.admin.ask("GET", `/tls-contexts/${PEER_AUTH}`)) as ShownContext;
  }

  /** Changes some fields of the peer-auth context; the others stay. */
  async setContext(fields: object): Promise<ShownContext> {
    return (await this.node.admin.ask("PUT", `/tls-contexts/${PEER_AUTH}`, fields)) as ShownContext;
  }

  /** Defines a subject and adds it to those the peer-auth context has selected. */
  async select(name: string, more: object = {}): Promise<void> {
    await this.node.admin.ask("POST", "/tls-peer-subjects", { name, ...more });
    const { peerSubjects } = await this.context();
    await this.setContext({ peerSubjects: [...peerSubjects, name] });
  }

  async federate(domain: string, integrationType: "microsoft" | "standard" | "aol"): Promise<void> {
    await this.node.admin.ask("POST", "/sip-federated-domains", { domain, integrationType });
  }

  async end(): Promise<void> {
    await this.#started.disposeAsync();
  }
}
