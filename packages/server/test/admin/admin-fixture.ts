import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TlsOptions } from "node:tls";
import type { Connection, Diagnosis, Notification, Role, ServiceName } from "@interpres/admin-api";
import {
  addressPolicy,
  createAuthority,
  createSigningRequest,
  isFederated,
  Passages,
  PeerDirectory,
  type RouteExplanation,
} from "@interpres/federation";
import { MailAddresses } from "@interpres/interworking";
import { type AfterStop, type DecisionEvent, DecisionRing, silentLogger, systemClock, Turns } from "@interpres/runtime";
import { DecisionHistory, type EmailDrop, openStore, type SeenCertificate, type Store } from "@interpres/store";
import { FakeClock, FakeZone, SeededRandom, unbroken } from "@interpres/testkit";
import { AccountDirectory, type AttachmentLink } from "@interpres/xmpp";
import { ShownAddresses } from "../../src/addresses/shown-addresses.ts";
import { hashAdministratorPassword } from "../../src/admin/account/password-hash.ts";
import { PasswordSignIn } from "../../src/admin/account/password-sign-in.ts";
import { hashSecret } from "../../src/admin/account/secrets.ts";
import type { AdminContext, LiveImSession, LiveSubscription } from "../../src/admin/admin-context.ts";
import { type AdminServer, createAdminServer } from "../../src/admin/admin-server.ts";
import { mailDomainProblem } from "../../src/admin/identity/mail-domains.ts";
import {
  type ClusterSettings,
  initialClusterSettings,
  parseClusterSettings,
} from "../../src/admin/node/cluster-settings.ts";
import { DomainChanger } from "../../src/admin/node/domain-changer.ts";
import { nodeInForce } from "../../src/admin/node/node-domains.ts";
import type { ServiceControl } from "../../src/admin/node/service-control.ts";
import { CertificateFetcher } from "../../src/admin/trust/fetch-certificates.ts";
import { AUTHORITY } from "../../src/admin/trust/own-authority.ts";
import { DIRECTORY_SECRET, passwordFor } from "../../src/directory/directory-secret.ts";
import { DirectorySync } from "../../src/directory/directory-sync.ts";
import { FederationLamps } from "../../src/lamps/federation-lamps.ts";
import { TrafficHistory } from "../../src/lamps/traffic-history.ts";
import { nodeServices, supervisorOf } from "../../src/node-services.ts";
import { configService, RunningSettings } from "../../src/services/running-settings.ts";
import type { Supervisor } from "../../src/supervisor.ts";
import { DecisionFeed } from "../../src/trace/decision-feed.ts";
import { FlowHistory } from "../../src/trace/flow-history.ts";
import { collectingExporter } from "./collecting-exporter.ts";
import { FakeDirectory } from "./fake-directory.ts";
import { dnsView, effectiveTls, policyView } from "./fixture-views.ts";

interface Shapes {
  readonly document: ClusterSettings;
  readonly watch: { readonly id: string; readonly direction: string };
  readonly journalEntry: { readonly id: string };
  readonly receipt: { readonly id: string; readonly at: number };
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | number | undefined>>;
  readonly text: string;
  /** The parsed body; undefined when it is no JSON. */
  readonly body: Record<string, unknown>;
}

export interface Call {
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly remoteAddress?: string;
}

export const TOKENS: Readonly<Record<Role, string>> = {
  administrator: "administrator-token",
  operator: "operator-token",
  auditor: "auditor-token",
};
export const PASSWORD = "correct horse";

/** A whole admin API over a store in a directory of its own; the living parts are what the test puts there. */
export class AdminFixture {
  readonly clock = new FakeClock();
  readonly random = new SeededRandom(7);
  readonly subscriptions: LiveSubscription[] = [];
  readonly refreshed: string[] = [];
  readonly imSessions: LiveImSession[] = [];
  readonly emailDrops: EmailDrop[] = [];
  readonly connections: Connection[] = [];
  /** What the doctor finds. */
  diagnosis: (domain: string) => Promise<Diagnosis> = (domain) =>
    Promise.resolve({ domain, at: "2026-11-27T00:00:00.000Z", healthy: true, steps: [], forPartner: null });
  readonly traffic = new TrafficHistory();
  readonly decisionFeed = new DecisionFeed();
  readonly collected: Uint8Array[] = [];
  readonly flows = new FlowHistory({
    clock: this.clock,
    peers: { get: (domain) => (domain === "contoso.example" ? { domain } : undefined) },
  });
  /** All of DNS. */
  readonly zone = new FakeZone();
  /** Real time: its other end is a real server. */
  readonly fetcher = new CertificateFetcher({
    clock: systemClock,
    resolver: this.zone,
    mayConnect: addressPolicy("refused"),
    context: () => ({ minVersion: "TLSv1.2" }),
    identity: () => ({}),
    review: () => [{ rule: "tls-peer-subject", status: 403, reason: "", presented: "them", expected: "nobody" }],
  });
  readonly notifications: Notification[] = [];
  readonly attachmentLinks: AttachmentLink[] = [];
  readonly logged: string[] = [];
  readonly drained: string[] = [];
  readonly seenCertificates: SeenCertificate[] = [];
  readonly peerCertificates = { list: () => this.seenCertificates };
  readonly peersVerified: string[] = [];
  readonly passwords: string[] = [];
  readonly directory = new FakeDirectory();
  readonly accountTurns = new Turns();
  /** What was decided on traffic. */
  readonly passages = new Passages();
  explanation: RouteExplanation | undefined;
  /** What services were told, in order; those in `failing` do not start. */
  readonly orders: string[] = [];
  readonly failing = new Set<string>();
  /** Stands for the XMPP server's. */
  readonly webSockets = { isOpen: true, upgrade: () => undefined };
  readonly #directory = mkdtempSync(join(tmpdir(), "interpres-admin-"));
  #store: Store<Shapes> | undefined;
  #accounts: AccountDirectory | undefined;
  #server: AdminServer | undefined;
  #ring: DecisionRing | undefined;
  #supervisor: Supervisor | undefined;

  static async start(tls: TlsOptions = {}): Promise<AdminFixture> {
    const fixture = new AdminFixture();
    await fixture.#start(tls);
    return fixture;
  }

  get accounts(): AccountDirectory {
    if (this.#accounts === undefined) throw new Error("not started");
    return this.#accounts;
  }

  get store(): Store<Shapes> {
    if (this.#store === undefined) throw new Error("not started");
    return this.#store;
  }

  /** Empty, but for what the test puts there. */
  get consoleFolder(): string {
    return join(this.#directory, "console");
  }

  get server(): AdminServer {
    if (this.#server === undefined) throw new Error("not started");
    return this.#server;
  }

  decide(event: Omit<DecisionEvent, "id" | "at">): void {
    this.#ring?.record(event);
  }

  /** One request without a socket, by default as an administrator's program. */
  async call(method: string, path: string, options: Call = {}): Promise<Answer> {
    const { token = TOKENS.administrator, headers = {}, body, remoteAddress = "192.0.2.1" } = options;
    const answer = await this.server.app.inject({
      method: method as "GET",
      url: path.startsWith("/api") || !path.startsWith("/") ? path : `/api/v1${path}`,
      headers: {
        ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      remoteAddress,
      ...(body === undefined ? {} : { payload: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    return { status: answer.statusCode, headers: answer.headers, text: answer.payload, body: parsed(answer.payload) };
  }

  /** A path outside `/api/v1`. */
  async plain(path: string, options: Call = {}): Promise<Answer> {
    const { token = "", remoteAddress = "192.0.2.1" } = options;
    const headers = { ...(token === "" ? {} : { authorization: `Bearer ${token}` }), ...options.headers };
    const answer = await this.server.app.inject({ method: "GET", url: path, headers, remoteAddress });
    return { status: answer.statusCode, headers: answer.headers, text: answer.payload, body: parsed(answer.payload) };
  }

  async addAdministrator(name: string, role: Role): Promise<void> {
    const passwordHash = await hashAdministratorPassword(PASSWORD, this.random);
    await this.store.administrators.add(
      { name, role, passwordHash, createdAt: this.clock.now() },
      { actor: "system", action: "create", resource: `administrators/${name}` },
    );
  }

  /** As the first start does. */
  async makeAuthority(): Promise<void> {
    const { certificatePem, keyPem } = await createAuthority("example.com", this);
    const audit = { actor: "system", action: "create", resource: "certificates/own/authority" };
    await this.store.certificates.putOwn(AUTHORITY, { chainPem: certificatePem, keyPem }, audit);
  }

  async stop(): Promise<void> {
    await this.#server?.close();
    await this.#store?.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #start(tls: TlsOptions): Promise<void> {
    this.#store = await openStore<Shapes>({
      path: join(this.#directory, "interpres.db"),
      clock: this.clock,
      log: silentLogger,
      settings: { initial: () => initialClusterSettings(["example.com"]), parse: parseClusterSettings },
      onDeath: (error) => {
        throw error;
      },
    });
    const accounts = new AccountDirectory(this.#store.accounts);
    await accounts.load();
    this.#accounts = accounts;
    this.#server = await createAdminServer(this.#context(this.#store, accounts), tls);
    await this.#supervisor?.start();
  }

  /** The real supervisor and settings in force, over services that only write down what they are told. */
  #services(store: Store<Shapes>): ServiceControl {
    const { clock } = this;
    const running = new RunningSettings(store);
    const { start, stop } = configService({ running });
    const services = SERVICES.map((name) => ({
      name,
      start: async () => {
        this.orders.push(`start ${name}`);
        if (this.failing.has(name)) throw new Error("the port is taken");
        if (name === "config") await start(unbroken);
      },
      stop: async (next: AfterStop) => {
        this.orders.push(`stop ${name}`);
        if (name === "config") await stop(next);
      },
    }));
    const supervisor = supervisorOf({ clock, log: silentLogger, node: "imp1", store, running }, services);
    this.#supervisor = supervisor;
    return nodeServices(() => supervisor, running);
  }

  #mailAddresses(store: Store<Shapes>, accounts: AccountDirectory): MailAddresses {
    const domains = () => store.settings.current().document.federation.sipFederatedDomains;
    const isForeign = (domain: string) => isFederated(domain, domains());
    const addresses = new MailAddresses({ accounts, isForeign });
    accounts.listen({ changed: (changes) => void addresses.changed(changes) });
    return addresses;
  }

  #context(store: Store<Shapes>, accounts: AccountDirectory): AdminContext {
    const { clock, random } = this;
    this.decisionFeed.listen((event) => store.decisions.keep(event));
    this.#ring = new DecisionRing({ clock, random, capacity: 100, keep: (event) => this.decisionFeed.tell(event) });
    const write = (event: string, fields?: object) => this.logged.push(`${event} ${JSON.stringify(fields)}`);
    const log = { debug: write, info: write, warn: write, error: write };
    const configured = { name: "imp1", fqdn: "imp1.example.com" };
    const services = this.#services(store);
    const { accountTurns } = this;
    return {
      clock,
      random,
      log,
      node: nodeInForce(configured, () => store.settings.current().document.nodeDomains),
      settings: store.settings,
      audit: store.audit,
      administrators: store.administrators,
      administratorTurns: new Turns(),
      signIn: new PasswordSignIn({ administrators: store.administrators, clock, log }),
      sessions: store.sessions,
      attachmentLinks: () => this.attachmentLinks,
      apiTokens: store.apiTokens,
      fixedTokens: (Object.keys(TOKENS) as Role[]).map((role) => ({
        name: `${role} program`,
        role,
        hash: hashSecret(TOKENS[role]),
      })),
      certificates: store.certificates,
      peerCertificates: this.peerCertificates,
      certificateFiles: { problemOf: () => undefined },
      createSigningRequest: (subject) => createSigningRequest({ ...subject, key: "ecdsa" }),
      domainChanger: new DomainChanger({
        configured,
        settings: store.settings,
        certificates: store.certificates,
        clock,
        random,
        dhcpDomain: () => undefined,
        sipTlsPort: () => 5061,
        services,
      }),
      accounts,
      accountTable: store.accounts,
      accountTurns,
      secrets: store.secrets,
      directorySync: new DirectorySync({
        clock,
        log,
        source: this.directory,
        accounts,
        accountTable: store.accounts,
        accountTurns,
        runs: store.directoryRuns,
        mailDomainProblem: (domain) => mailDomainProblem(domain, store.settings.current().document),
        access: async () => {
          const { directory } = store.settings.current().document;
          const password = passwordFor(directory, await store.secrets.find(DIRECTORY_SECRET));
          return { settings: directory, password, trustedPem: [] };
        },
      }),
      hashPassword: async (password) => {
        if (password.includes("\u0007")) return undefined;
        this.passwords.push(password);
        const keys = { salt: "c2FsdA==", iterations: 4096, storedKey: hashSecret(password), serverKey: "c2VydmVy" };
        return { sha1: keys, sha256: keys };
      },
      mailAddresses: this.#mailAddresses(store, accounts),
      sipTlsPort: () => 5061,
      emailDrops: () => this.emailDrops,
      federationAddress: (account) => account.mailId ?? account.jid,
      explain: async () => this.explanation,
      policy: policyView({ clock, random, zone: this.zone, store, passages: this.passages }),
      dns: dnsView({ clock, random, zone: this.zone, settings: store.settings }),
      consoleFolder: this.consoleFolder,
      webClient: {
        sockets: this.webSockets,
        localDomains: () => this.store.settings.current().document.federation.localDomains,
      },
      shownAddresses: new ShownAddresses({ bothForms: bothFormsOf }, { looksLike: () => [] }),
      live: {
        subscriptions: () => this.subscriptions,
        refreshSubscription: (id) => {
          const isKnown = this.subscriptions.some((subscription) => subscription.id === id);
          if (isKnown) this.refreshed.push(id);
          return isKnown;
        },
        imSessions: () => this.imSessions,
        connections: () => this.connections,
      },
      tls: {
        effective: () => effectiveTls,
        drain: (name) => this.drained.push(name),
        peersVerifiedWith: () => this.peersVerified,
      },
      certificateFetcher: this.fetcher,
      decisions: new DecisionHistory({ ring: this.#ring, table: store.decisions }),
      lamps: new FederationLamps(new PeerDirectory([])),
      traffic: this.traffic,
      flushStore: () => store.flush(),
      flows: this.flows,
      decisionFeed: this.decisionFeed,
      traceExporter: collectingExporter(store, this),
      diagnose: (domain) => ({ result: this.diagnosis(domain), found: () => [] }),
      metrics: { contentType: "application/openmetrics-text; version=1.0.0", text: async () => "# EOF\n" },
      services,
      notificationSources: [() => this.notifications],
    };
  }
}

/** What a fresh node starts. */
const SERVICES = [
  "config",
  "presence-datastore",
  "xmpp-router",
  "sip-federation",
  "xmpp-client",
  "sip-proxy",
] as const satisfies ServiceName[];

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** The items of a list's answer. */
export function items(answer: Answer): readonly Record<string, unknown>[] {
  return answer.body.items as readonly Record<string, unknown>[];
}

/** The fields a problem names. */
export function paths(answer: Answer): readonly string[] {
  const { errors } = answer.body as { readonly errors?: readonly { readonly path: string }[] };
  return (errors ?? []).map((error) => error.path);
}

/** As the gateway does it, for plain names. */
function bothFormsOf(text: string) {
  const address = text.replace(/^sips?:/, "");
  return address.includes("@") ? { jid: address, sipUri: `sip:${address}` } : undefined;
}
