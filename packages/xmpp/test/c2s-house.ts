import assert from "node:assert/strict";
import { createSecureContext } from "node:tls";
import { silentLogger, silentMetrics, systemClock, systemRandom } from "@interpres/runtime";
import { TestCertificateAuthority, unbroken, XmppClient, type XmppLogin } from "@interpres/testkit";
import { type BareJid, parseJid } from "../src/address/jid.ts";
import { C2sListener } from "../src/c2s/c2s-listener.ts";
import type { C2sServices } from "../src/c2s/c2s-services.ts";
import { type C2sSettings, defaultC2sSettings } from "../src/c2s/c2s-settings.ts";
import { ClientConnections } from "../src/c2s/client-connections.ts";
import { WebSocketListener } from "../src/c2s/websocket-listener.ts";
import type { BindRefusal, ClientSession, SessionHost } from "../src/router/client-session.ts";
import type { Stanza } from "../src/stanza/stanza.ts";
import { mechanisms, plainOnly } from "../src/stream/sasl.ts";
import { noPasswordKeeper, type PasswordKeeper } from "../src/stream/sasl-exchange.ts";
import { hashPassword } from "../src/stream/scram-keys.ts";
import { type Element, el, NS } from "../src/xml/index.ts";

export const PASSWORD = "pencil";

/** A host that carries stanzas between sessions by full JID and tells what it was told. */
export class RecordingHost implements SessionHost {
  readonly sessions = new Map<string, ClientSession>();
  readonly handled: Stanza[] = [];
  readonly lost: Element[] = [];
  readonly events: string[] = [];
  /** "at-once", or kept in `untaken` for the test to call. */
  taking: "at-once" | "by-hand" = "at-once";
  readonly untaken: (() => void)[] = [];
  refusal: BindRefusal | undefined;

  bind(
    user: BareJid,
    requested: string | undefined,
    open: Parameters<SessionHost["bind"]>[2],
  ): ClientSession | BindRefusal {
    if (this.refusal !== undefined) return this.refusal;
    const session = open(user.withResource(requested ?? `auto${this.sessions.size}`));
    this.sessions.set(session.jid.toString(), session);
    return session;
  }

  handle(_session: ClientSession, stanza: Stanza, taken: () => void): void {
    if (stanza.id === "broken") throw new Error("told to break");
    this.handled.push(stanza);
    if (stanza.to !== undefined) this.sessions.get(stanza.to.toString())?.deliver(stanza.element);
    if (this.taking === "at-once") taken();
    else this.untaken.push(taken);
  }

  closed(session: ClientSession, unacknowledged: readonly Element[]): void {
    this.sessions.delete(session.jid.toString());
    this.lost.push(...unacknowledged);
    this.events.push(`closed ${session.jid}`);
  }

  suspended(session: ClientSession): void {
    this.events.push(`suspended ${session.jid}`);
  }

  resumed(session: ClientSession): void {
    this.events.push(`resumed ${session.jid}`);
  }

  session(jid: string): ClientSession {
    const session = this.sessions.get(parseJid(jid)?.toString() ?? "");
    if (session === undefined) throw new Error(`no session of ${jid}`);
    return session;
  }
}

export interface HouseSettings extends Partial<C2sSettings> {
  readonly allowedOrigins?: readonly string[];
}

/**
 * A listener on loopback for example.com with users alice, bob and (disabled) carol, and for example.net, whose users
 * dora and (disabled) emil have their passwords with somebody else.
 */
export interface C2sHouse {
  readonly host: RecordingHost;
  readonly connections: ClientConnections;
  /** Not opened: `openWebSocketHouse` does. */
  readonly webSockets: WebSocketListener;
  readonly certificate: { readonly certPem: string; readonly keyPem: string };
  readonly ca: string;
  readonly port: number;
  connect(domain?: string): Promise<XmppClient>;
  login(user: string, login?: Partial<XmppLogin>): Promise<XmppClient>;
  close(): Promise<void>;
}

export async function openHouse(
  { allowedOrigins = [], ...settings }: HouseSettings = {},
  security: "starttls" | "direct-tls" = "starttls",
  keeper: PasswordKeeper = noPasswordKeeper,
): Promise<C2sHouse> {
  const host = new RecordingHost();
  const authority = await TestCertificateAuthority.create();
  const dnsNames = ["example.com", "example.net", "localhost"];
  const certificate = await authority.issue({ cn: "example.com", dnsNames });
  const scram = await hashPassword(PASSWORD, 4096);
  if (scram === undefined) throw new Error("password refused");
  const users = new Map([
    ["alice@example.com", true],
    ["bob@example.com", true],
    ["carol@example.com", false],
    ["dora@example.net", true],
    ["emil@example.net", false],
  ]);
  const context = createSecureContext({ cert: certificate.certPem, key: certificate.keyPem, minVersion: "TLSv1.2" });
  const services: C2sServices = {
    clock: systemClock,
    random: systemRandom,
    log: silentLogger,
    credentials: {
      credentials: (user) => {
        const enabled = users.get(user.toString());
        if (enabled === undefined) return undefined;
        return user.domain === "example.net" ? { enabled } : { enabled, scram };
      },
    },
    keeper,
    mechanisms: (domain) => (domain === "example.net" ? plainOnly : mechanisms),
    decoySecret: Buffer.from("secret"),
    secureContext: () => context,
    isLocalDomain: (domain) => domain === "example.com" || domain === "example.net",
    sessionFeatures: () => [],
    host,
    settings: { ...defaultC2sSettings, closeGraceMs: 200, ...settings },
  };
  const connections = new ClientConnections(services, silentMetrics);
  const listener = new C2sListener(services, connections);
  const webSockets = new WebSocketListener(services, connections, () => allowedOrigins);
  const { port } = await listener.listen({ host: "127.0.0.1", port: 0, security }, unbroken);
  const tls = { ca: authority.certPem };
  const options = { port, domain: "example.com", tls };
  return {
    host,
    connections,
    webSockets,
    certificate,
    ca: authority.certPem,
    port,
    connect: (domain = "example.com") => XmppClient.connect({ ...options, domain }),
    login: (user, login) => XmppClient.login(options, { user, password: PASSWORD, ...login }),
    close: () => listener.close(),
  };
}

/** Lets the house work until it holds, for some thousand turns; fails when it does not hold then. */
export async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2000 && !holds(); turn += 1) await nextTurn();
  assert.ok(holds());
}

/** Delivers stanzas whether the client reads them or not, up to 50 MB, until the session is connected no more. */
export async function flood(session: ClientSession): Promise<void> {
  const stanza = el("message", NS.client, {}, el("body", NS.client, {}, "x".repeat(10_000)));
  for (let count = 0; count < 5000 && session.facts.state === "connected"; count += 1) {
    session.deliver(stanza);
    if (count % 20 === 0) await nextTurn();
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
