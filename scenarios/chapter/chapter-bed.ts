import type { SecureContextOptions } from "node:tls";
import { FakeZone, TestCertificateAuthority, XmppClient } from "@interpres/testkit";
import { CommandLine } from "../harness/command-line.ts";
import { NodeProcess } from "../harness/node-process.ts";
import { PEER_AUTH } from "../harness/peer-subjects.ts";

export const LOCAL = "example.com";
/** The name peers know the routing node by; the node's own is imp1.example.com. */
export const PUBLIC_FQDN = "imp1-public.example.com";
/** What the node was called when it was installed; its domain is set later. */
const INSTALLED_FQDN = "imp1.lab.example";
const PASSWORD = "correct horse";

export type ChangeControl = "live" | "on-restart";

/** An empty node and the world around it: what somebody has before the first page of the configuration chapter. */
export class ChapterBed {
  readonly node: NodeProcess;
  readonly zone: FakeZone;
  readonly authority: TestCertificateAuthority;
  readonly cli: CommandLine;
  /** What was started, in that order; ended the other way round. */
  readonly #started: AsyncDisposableStack;
  readonly #clients: XmppClient[] = [];

  private constructor(parts: Pick<ChapterBed, "node" | "zone" | "authority">, started: AsyncDisposableStack) {
    this.node = parts.node;
    this.zone = parts.zone;
    this.authority = parts.authority;
    this.cli = new CommandLine(parts.node);
    this.#started = started;
  }

  static async start(changeControl: ChangeControl): Promise<ChapterBed> {
    await using started = new AsyncDisposableStack();
    const zone = new FakeZone();
    const dns = await zone.listen();
    started.defer(() => dns.close());
    const node = new NodeProcess({ dnsServer: `127.0.0.1:${dns.port}`, fqdn: INSTALLED_FQDN });
    started.defer(() => node.remove());
    await node.start();
    const authority = await TestCertificateAuthority.create("Partner CA");
    await node.admin.ask("PATCH", "/cluster/settings", { changeControl });
    return new ChapterBed({ node, zone, authority }, started.move());
  }

  /** Certificate and key of a foreign server, which trusts our authority and its own. */
  async keysOf(fqdn: string): Promise<SecureContextOptions> {
    const { certPem: cert, keyPem: key } = await this.authority.issue({ cn: fqdn, dnsNames: [fqdn] });
    return { cert, key, ca: [this.node.authorityPem, this.authority.certPem] };
  }

  /** Certificate Management: a chain and key of another authority for the SIP side, in the name that peers call. */
  async uploadCertificate(fqdn: string): Promise<void> {
    const { certPem: chainPem, keyPem } = await this.authority.issue({ cn: fqdn, dnsNames: [fqdn] });
    await this.node.admin.ask("PUT", "/certificates/own/sip", { chainPem, keyPem });
  }

  /** Signs a user in who was added before, with her roster asked for, and available. */
  async signIn(user: string, password = PASSWORD): Promise<XmppClient> {
    const at = { port: this.node.ports.xmppClient, domain: LOCAL };
    const client = await XmppClient.login(at, { user, password, resource: "desk" });
    this.#clients.push(client);
    client.send("<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq>");
    client.send("<presence/>");
    return client;
  }

  async addUser(user: string): Promise<void> {
    const words = ["user", "add", `${user}@${LOCAL}`, "--password-stdin"];
    const { code, err } = await this.cli.run(words, `${PASSWORD}\n`);
    if (code !== 0) throw new Error(err);
  }

  /** Certificate Management: the authority that signed the certificates of foreign servers. */
  async trustAuthority(): Promise<void> {
    const { code, err } = await this.cli.run(["certificate", "trust", "add", "-"], this.authority.certPem);
    if (code !== 0) throw new Error(err);
  }

  /** System > Security > TLS Context Configuration: every cipher, these subjects, no empty fragments (R49 to R52). */
  async selectPeerSubjects(...names: readonly string[]): Promise<void> {
    const { admin } = this.node;
    const { availableCiphers } = (await admin.ask("GET", PEER_AUTH)) as TlsContextView;
    await admin.ask("PUT", PEER_AUTH, { ciphers: availableCiphers, disableEmptyTlsFragments: true });
    await this.cli.do("tls", "context", "select", ...names);
  }

  /** The services that notifications ask to restart, by their names. */
  async waitingRestarts(): Promise<readonly string[]> {
    const page = (await this.node.admin.ask("GET", "/notifications?find=text:begins-with:Restart")) as NotificationPage;
    return page.items.map(({ service }) => service ?? "").sort();
  }

  async end(): Promise<void> {
    for (const client of this.#clients) client.abort();
    await this.#started.disposeAsync();
  }
}

interface TlsContextView {
  readonly availableCiphers: readonly string[];
}

interface NotificationPage {
  readonly items: readonly { readonly id: string; readonly service: string | null }[];
}
