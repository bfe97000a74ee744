import { type Dialect, dialects } from "@interpres/federation";
import { type DecisionEvent, silentLogger, silentMetrics } from "@interpres/runtime";
import { FakeClock, SeededRandom, settled } from "@interpres/testkit";
import { type BareJid, type Message, makeMessage, makePresence, type PresenceType, parseJid } from "@interpres/xmpp";
import { type Element, el, serializeElement } from "@interpres/xmpp/xml";
import type { Addressee } from "../../src/address/identity-map.ts";
import { Gateway } from "../../src/gateway.ts";
import type { JournalEntry } from "../../src/messaging/outbound-journal.ts";
import type { ReceiptRow } from "../../src/messaging/receipt-repository.ts";
import type { KnownPeer } from "../../src/model/federated-peers.ts";
import type { WatchRow } from "../../src/presence/watch-repository.ts";
import type { InterworkingSettings } from "../../src/settings.ts";
import { FakeLocalDomain, jid, withoutTrail } from "./fake-local-domain.ts";
import { FakeUserAgent } from "./fake-user-agent.ts";

export const MICROSOFT = "contoso.example";
export const STANDARD = "partner.example";
export const AOL = "aol.com";
/** Its users are those of aol.com. */
export const AIM = "aim.com";

export interface Overrides {
  readonly rows?: readonly WatchRow[];
  readonly entries?: readonly JournalEntry[];
  readonly receipts?: readonly ReceiptRow[];
  readonly settings?: Partial<InterworkingSettings>;
  readonly dialect?: Partial<Dialect>;
  /** Another one draws other tags, tokens and keys. */
  readonly seed?: number;
}

/** A whole gateway between a SIP stack and local accounts that the test plays. Time moves only when told. */
export class GatewayUnderTest {
  readonly clock = new FakeClock();
  readonly agent = new FakeUserAgent();
  readonly local = new FakeLocalDomain();
  readonly rows = new Map<string, WatchRow>();
  readonly entries = new Map<string, JournalEntry>();
  readonly receipts = new Map<string, ReceiptRow>();
  readonly decisions: Omit<DecisionEvent, "id" | "at">[] = [];
  readonly federationAddresses = new Map<string, string>();
  /** True: users with an address for federation are found by their JID too. */
  acceptsJids = false;
  readonly federated = new Map<string, Dialect>();
  imGateway: "on" | "off" = "on";
  /** How long the peers' edges have no room. */
  departureWaitMs = 0;
  /** "held": what is written becomes durable only by `flush`. */
  disk: "at-once" | "held" | "unreadable" = "at-once";
  readonly gateway: Gateway;
  readonly #waiting: (() => void)[] = [];

  constructor({ rows = [], entries = [], receipts = [], settings, dialect = {}, seed = 7 }: Overrides = {}) {
    this.federated.set(MICROSOFT, { ...dialects.microsoft, ...dialect });
    this.federated.set(STANDARD, { ...dialects.standard, ...dialect });
    this.federated.set(AOL, { ...dialects.aol, ...dialect });
    for (const row of rows) this.rows.set(row.id, row);
    for (const entry of entries) this.entries.set(entry.id, entry);
    for (const receipt of receipts) this.receipts.set(receipt.id, receipt);
    this.gateway = new Gateway({
      agent: this.agent,
      local: this.local,
      federation: {
        peerOf: (domain) => this.#peerOf(domain),
        mayCarryMessages: () => this.imGateway === "on",
        addressedUri: ({ requestUri }) => requestUri,
        hostTowards: () => "imp1.example.com",
        departureWaitMs: () => this.departureWaitMs,
        networkOf: (asked) => Promise.resolve({ kind: "none", text: `${asked} is nowhere` }),
      },
      identities: {
        federationAddress: (user) => this.federationAddresses.get(user.toString()),
        addressee: (address) => this.#addressee(address),
        displayName: (user) => (user.local === "alice" ? "Alice A." : undefined),
      },
      watches: {
        load: async () => {
          if (this.disk === "unreadable") throw new Error("the rows cannot be read");
          return structuredClone([...this.rows.values()]);
        },
        put: (row, durable) => {
          this.rows.set(row.id, structuredClone(row));
          this.#write(durable);
        },
        remove: (id, durable) => {
          this.rows.delete(id);
          this.#write(durable);
        },
      },
      journal: {
        load: () => Promise.resolve(structuredClone([...this.entries.values()])),
        append: (entry, durable) => {
          this.entries.set(entry.id, structuredClone(entry));
          this.#write(durable);
        },
        remove: (id) => void this.entries.delete(id),
      },
      receipts: {
        load: () => Promise.resolve(structuredClone([...this.receipts.values()])),
        put: (row) => void this.receipts.set(row.id, structuredClone(row)),
        remove: (id) => void this.receipts.delete(id),
      },
      clock: this.clock,
      random: new SeededRandom(seed),
      log: silentLogger,
      metrics: silentMetrics,
      decisions: { record: (event) => void this.decisions.push(event) },
      ...(settings === undefined ? {} : { settings }),
    });
  }

  static async started(overrides: Overrides = {}): Promise<GatewayUnderTest> {
    const made = new GatewayUnderTest(overrides);
    await made.gateway.start();
    return made;
  }

  /** A domain is no longer federated with. */
  remove(domain: string): void {
    this.gateway.federationChanging((asked) => {
      const peer = this.#peerOf(asked);
      return peer?.domain === domain ? undefined : peer;
    });
    this.federated.delete(domain);
  }

  #peerOf(asked: string): KnownPeer | undefined {
    const domain = asked === AIM ? AOL : asked;
    const dialect = this.federated.get(domain);
    return dialect === undefined ? undefined : { domain, aliases: domain === AOL ? [AIM] : [], dialect };
  }

  /** What was written is on the disk now. */
  flush(): void {
    for (const durable of this.#waiting.splice(0)) durable();
  }

  /** A presence stanza of a local user. */
  presence(type: PresenceType, from: string, to: string): void {
    this.gateway.presence(makePresence({ type, from: anyJid(from), to: anyJid(to) }));
  }

  /** Her state changed, and some time passed: as the server does it, one stanza for the contact. */
  async changed(from: string, to: string, type: "available" | "unavailable" = "available"): Promise<void> {
    this.presence(type, from, to);
    await this.clock.elapse(5000);
    await settled();
  }

  /** A message stanza of a local user; true when it was taken before this returned. */
  say(
    from: string,
    to: string,
    words: string,
    init: { readonly id?: string; readonly thread?: string; readonly children?: readonly Element[] } = {},
  ): boolean {
    let isTaken = false;
    const children = [...(init.children ?? [])];
    if (words !== "") children.push(el("body", "jabber:client", {}, words));
    if (init.thread !== undefined) children.push(el("thread", "jabber:client", {}, init.thread));
    const message = makeMessage({ type: "chat", from: anyJid(from), to: anyJid(to), id: init.id ?? "m1" }, ...children);
    this.gateway.message(message, () => {
      isTaken = true;
    });
    return isTaken;
  }

  /** A chat state alone. */
  chatState(from: string, to: string, state: string): void {
    this.say(from, to, "", { children: [el(state, "http://jabber.org/protocol/chatstates", {})] });
  }

  /** Messages that local users got since the last call, as text. */
  heard(): readonly string[] {
    return this.local.messages
      .splice(0)
      .map(({ element }: Message) => serializeElement(withoutTrail(element), "jabber:client"));
  }

  #addressee(address: BareJid): Addressee {
    for (const [user, own] of this.federationAddresses)
      if (own.toLowerCase() === address.toString()) return { kind: "user", user: jid(user) };
    const isHidden = this.federationAddresses.has(address.toString()) && !this.acceptsJids;
    return { kind: isHidden ? "other-address" : "user", user: address };
  }

  #write(durable: (() => void) | undefined): void {
    if (durable === undefined) return;
    if (this.disk === "held") this.#waiting.push(durable);
    else durable();
  }
}

function anyJid(text: string): ReturnType<typeof jid> | NonNullable<ReturnType<typeof parseJid>> {
  return text.includes("/") ? (parseJid(text) ?? jid(text)) : jid(text);
}
