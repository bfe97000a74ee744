import assert from "node:assert/strict";
import { silentLogger, silentMetrics } from "@interpres/runtime";
import { FakeClock, SeededRandom } from "@interpres/testkit";
import { type BareJid, type FullJid, parseBareJid, parseJid } from "../src/address/jid.ts";
import type { FederatedDomain, FederatedDomains } from "../src/roster/federated-domains.ts";
import type { ClientSession, SessionFacts, Settlement } from "../src/router/client-session.ts";
import type { ForeignGateway } from "../src/router/gateway-domain.ts";
import type { DeliveryOutcome } from "../src/router/local-domain.ts";
import { defaultXmppSettings, type XmppSettings } from "../src/settings.ts";
import { parseStanza } from "../src/stanza/parse-stanza.ts";
import { readdress, type Stanza } from "../src/stanza/stanza.ts";
import type { StreamErrorCondition } from "../src/stream/stream-error.ts";
import { type Element, isXmlProblem, parseDocument, serializeElement } from "../src/xml/index.ts";
import { XmppCore } from "../src/xmpp-core.ts";
import { InMemoryRepositories } from "./in-memory-repositories.ts";

const KEYS = { salt: "c2FsdA==", iterations: 4096, storedKey: "a2V5", serverKey: "a2V5" };

/** One stanza from its text, in namespace `jabber:client`. */
export function stanza(xml: string): Stanza {
  const element = parseDocument(xml.replace(/^<(\w+)/, "<$1 xmlns='jabber:client'"));
  assert.ok(!isXmlProblem(element), xml);
  const parsed = parseStanza(element);
  assert.ok(parsed.kind !== "stanza-problem", xml);
  return parsed;
}

/** A client without a stream: what it is given it acknowledges a moment later, unless it `holds`. */
export class FakeClient implements ClientSession {
  readonly jid: FullJid;
  readonly #world: World;
  readonly #received: Element[] = [];
  readonly #unsettled: Settlement[] = [];
  #state: SessionFacts["state"] = "connected";
  /** As a client with stream management that does not answer: nothing is acknowledged until `acknowledge()`. */
  holds = false;
  closedWith: StreamErrorCondition | undefined;

  constructor(jid: FullJid, world: World) {
    this.jid = jid;
    this.#world = world;
  }

  get facts(): SessionFacts {
    const [state, unacknowledged] = [this.#state, this.#unsettled.length];
    return {
      remoteAddress: "192.0.2.1",
      transport: "tls",
      boundAt: 0,
      state,
      streamManagement: this.holds,
      unacknowledged,
    };
  }

  deliver(element: Element, settlement?: Settlement): void {
    if (this.#state === "closed") {
      queueMicrotask(() => settlement?.lost());
      return;
    }
    this.#received.push(element);
    if (settlement === undefined) return;
    if (this.holds || this.#state === "suspended") this.#unsettled.push(settlement);
    else queueMicrotask(() => settlement.acknowledged());
  }

  close(error?: StreamErrorCondition): void {
    this.closedWith = error;
    queueMicrotask(() => this.die());
  }

  /** The session ends; what was not acknowledged is lost. */
  die(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    for (const settlement of this.#unsettled.splice(0)) settlement.lost();
    this.#world.core.host.closed(this, []);
  }

  suspend(): void {
    this.#state = "suspended";
    this.#world.core.host.suspended?.(this);
  }

  resume(): void {
    this.#state = "connected";
    this.#world.core.host.resumed?.(this);
  }

  acknowledge(): void {
    for (const settlement of this.#unsettled.splice(0)) settlement.acknowledged();
  }

  /** Sends a stanza; the session stamps `from`. Returns how often it was taken so far. */
  send(xml: string): { readonly count: number } {
    const taken = { count: 0 };
    this.#world.core.host.handle(this, readdress(stanza(xml), { from: this.jid }), () => {
      taken.count += 1;
    });
    return taken;
  }

  /** What came since the last call, as text, when all promises have run. */
  async take(): Promise<readonly string[]> {
    await this.#world.rest();
    return this.#received.splice(0).map((element) => serializeElement(element, "jabber:client"));
  }

  /** The same as `name type from`, for tests that look at the flow only. */
  async flow(): Promise<readonly string[]> {
    await this.#world.rest();
    return this.#received.splice(0).map(summary);
  }
}

/** The gateway as a notebook. */
export class FakeGateway implements ForeignGateway {
  readonly domains = new Set(["sip.example"]);
  /** Users whose foreign watchers were to be thought over. */
  readonly reconsidered: string[] = [];
  readonly #sent: Stanza[] = [];
  readonly #untaken: (() => void)[] = [];
  holds = false;

  takes(domain: string): boolean {
    return this.domains.has(domain);
  }

  refuse({ to }: Stanza, answer: (text: string) => void): void {
    answer(`${to?.domain} is nowhere`);
  }

  message(message: Stanza, taken: () => void): void {
    this.#sent.push(message);
    if (this.holds) this.#untaken.push(taken);
    else taken();
  }

  presence(presence: Stanza): void {
    this.#sent.push(presence);
  }

  iq(iq: Stanza): void {
    this.#sent.push(iq);
  }

  permissionsChanged(user: BareJid): void {
    this.reconsidered.push(user.toString());
  }

  releaseTaken(): void {
    for (const taken of this.#untaken.splice(0)) taken();
  }

  take(): readonly string[] {
    return this.#sent.splice(0).map(({ element }) => serializeElement(element, "jabber:client"));
  }

  /** `name type from > to`. */
  flow(): readonly string[] {
    return this.#sent.splice(0).map(({ element }) => `${summary(element)} > ${element.attributes.get("to")}`);
  }
}

/** A whole core for `local.example`, with alice, carol and dave; `sip.example` is foreign. */
export class World {
  readonly clock = new FakeClock();
  readonly repositories = new InMemoryRepositories();
  readonly gateway = new FakeGateway();
  settings: XmppSettings = defaultXmppSettings;
  /** What the administrator lists; `alias.example` is another name of `sip.example`. */
  listed: readonly FederatedDomain[] = [{ domain: "sip.example", description: "Sip, Inc." }];
  readonly federatedDomains: FederatedDomains = {
    list: () => this.listed,
    listedAs: (domain) => (domain === "alias.example" ? "sip.example" : domain),
  };
  core: XmppCore;

  private constructor() {
    this.core = this.#core();
  }

  static async create(): Promise<World> {
    const world = new World();
    for (const user of ["alice", "carol", "dave"]) {
      const jid = `${user}@local.example`;
      await world.repositories.accounts.put({ jid, enabled: true, scram: { sha1: KEYS, sha256: KEYS } });
    }
    await world.core.load();
    return world;
  }

  /** All weather is lost, all promises are kept. */
  async restart(): Promise<void> {
    this.core = this.#core();
    await this.core.load();
  }

  /** A client with a resource; with "available" also roster and initial presence, and nothing left to take. */
  async login(user: string, resource: string, state: "connected" | "available" = "available"): Promise<FakeClient> {
    const client = this.bind(user, resource);
    if (state === "available") {
      client.send("<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq>");
      client.send("<presence/>");
      await client.take();
    }
    return client;
  }

  bind(user: string, resource: string): FakeClient {
    const jid = bare(`${user}@local.example`);
    const open = (full: FullJid) => new FakeClient(full, this);
    const bound = this.core.host.bind(jid, resource, open);
    assert.ok(bound instanceof FakeClient);
    return bound;
  }

  /** Makes the two see each other's presence. */
  async befriend(a: string, b: string): Promise<void> {
    for (const [user, contact] of [
      [a, b],
      [b, a],
    ] as const) {
      const entry = {
        jid: contact,
        kind: "item",
        state: "both",
        approval: "not-approved",
        groups: [],
        version: 1,
      } as const;
      await this.repositories.rosters.save(user, { version: 1, floor: 1, put: entry, drop: [] });
    }
  }

  /** A foreign sender's message; the outcome is there when it is settled. */
  deliver(xml: string): { readonly outcomes: readonly DeliveryOutcome[] } {
    const outcomes: DeliveryOutcome[] = [];
    const message = stanza(xml);
    assert.ok(message.kind === "message");
    this.core.local.deliver(message, (outcome) => outcomes.push(outcome));
    return { outcomes };
  }

  /** A foreign user's presence. */
  presence(xml: string): void {
    const presence = stanza(xml);
    assert.ok(presence.kind === "presence");
    this.core.local.presence(presence);
  }

  iq(xml: string): void {
    const iq = stanza(xml);
    assert.ok(iq.kind === "iq");
    this.core.local.iq(iq);
  }

  async rest(): Promise<void> {
    await this.clock.elapse(0);
    await this.clock.elapse(0);
  }

  #core(): XmppCore {
    const core = new XmppCore({
      clock: this.clock,
      random: new SeededRandom(),
      log: silentLogger,
      metrics: silentMetrics,
      repositories: this.repositories,
      localDomains: () => ["local.example"],
      settings: () => this.settings,
      version: "0",
      federatedDomains: this.federatedDomains,
    });
    core.router.serveForeign(this.gateway);
    return core;
  }
}

export function bare(text: string): BareJid {
  const jid = parseBareJid(text);
  assert.ok(jid !== undefined, text);
  return jid;
}

export function full(text: string): FullJid {
  const jid = parseJid(text);
  assert.ok(jid?.kind === "full", text);
  return jid;
}

function summary({ name, attributes }: Element): string {
  return [name, attributes.get("type"), attributes.get("from")].filter((part) => part !== undefined).join(" ");
}
