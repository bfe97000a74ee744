import { type Dialect, diagnosedTransport } from "@interpres/federation";
import { type DecisionEvent, silentLogger, silentMetrics } from "@interpres/runtime";
import type { UserAgentCore } from "@interpres/sip";
import { type FakeClock, SeededRandom } from "@interpres/testkit";
import {
  type ClientSession,
  defaultXmppSettings,
  type FullJid,
  type OfflineMessage,
  type OutsiderRule,
  parseStanza,
  type RosterChange,
  readdress,
  type SessionFacts,
  type Settlement,
  type StoredRoster,
  XmppCore,
  type XmppRepositories,
} from "@interpres/xmpp";
import { type Element, isXmlProblem, parseDocument, serializeElement } from "@interpres/xmpp/xml";
import { sameIdentity } from "../../src/address/identity-map.ts";
import { Gateway } from "../../src/gateway.ts";
import type { JournalEntry } from "../../src/messaging/outbound-journal.ts";
import type { WatchRow } from "../../src/presence/watch-repository.ts";
import { jid, withoutTrail } from "./fake-local-domain.ts";
import { type MemoryLink, sipStack } from "./memory-link.ts";
import { onePeer } from "./one-peer.ts";

const KEYS = { salt: "c2FsdA==", iterations: 4096, storedKey: "a2V5", serverKey: "a2V5" };

export interface WholeSiteInit {
  readonly domain: string;
  readonly users: readonly string[];
  readonly other: string;
  readonly link: MemoryLink;
  readonly clock: FakeClock;
  readonly seed: number;
  readonly dialect: Dialect;
}

/** One organisation without sockets and disk: XMPP server, gateway and SIP stack are the real ones. */
export class WholeSite {
  readonly core: XmppCore;
  readonly agent: UserAgentCore;
  readonly gateway: Gateway;
  readonly rows = new Map<string, WatchRow>();
  readonly journal = new Map<string, JournalEntry>();
  readonly decisions: Omit<DecisionEvent, "id" | "at">[] = [];
  readonly #ready: Promise<void>;

  constructor({ domain, users, other, link, clock, seed, dialect }: WholeSiteInit) {
    const random = new SeededRandom(seed);
    const shared = { clock, random, log: silentLogger, metrics: silentMetrics };
    this.core = new XmppCore({
      ...shared,
      repositories: repositories(users.map((user) => `${user}@${domain}`)),
      localDomains: () => [domain],
      settings: () => defaultXmppSettings,
      version: "test",
      federatedDomains: { list: () => [{ domain: other, description: "" }], listedAs: (name) => name },
    });
    const peers = onePeer({ domain: other, host: `sip.${domain}`, dialect });
    this.agent = sipStack({ transport: diagnosedTransport(link, peers), host: `sip.${domain}`, clock, random });
    this.gateway = new Gateway({
      ...shared,
      agent: this.agent,
      local: this.core.local,
      federation: peers,
      identities: sameIdentity,
      watches: {
        load: () => Promise.resolve([...this.rows.values()]),
        put: (row, durable) => {
          this.rows.set(row.id, row);
          durable?.();
        },
        remove: (id) => void this.rows.delete(id),
      },
      journal: {
        load: () => Promise.resolve([...this.journal.values()]),
        append: (entry, durable) => {
          this.journal.set(entry.id, entry);
          durable();
        },
        remove: (id) => void this.journal.delete(id),
      },
      receipts: { load: () => Promise.resolve([]), put: () => undefined, remove: () => undefined },
      decisions: { record: (event) => void this.decisions.push(event) },
    });
    this.core.router.serveForeign(this.gateway);
    this.#ready = this.core.load().then(() => this.gateway.start());
  }

  start(): Promise<void> {
    return this.#ready;
  }

  /** A client signs in, reads its roster and says that it is there. */
  signIn(full: string, presence = "<presence/>"): Client {
    const [bare = "", resource = ""] = full.split("/");
    const client = this.connect(bare, resource);
    client.send("<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq>");
    client.send(presence);
    return client;
  }

  connect(bare: string, resource: string): Client {
    let client: Client | undefined;
    this.core.host.bind(jid(bare), resource, (bound) => {
      client = new Client(bound, this.core);
      return client;
    });
    if (client === undefined) throw new Error(`no session for ${bare}`);
    return client;
  }
}

/** A client that acknowledges what it is given. */
export class Client implements ClientSession {
  readonly jid: FullJid;
  readonly #core: XmppCore;
  readonly #received: Element[] = [];
  readonly facts: SessionFacts = {
    remoteAddress: "192.0.2.1",
    transport: "tls",
    boundAt: 0,
    state: "connected",
    streamManagement: true,
    unacknowledged: 0,
  };

  constructor(bound: FullJid, core: XmppCore) {
    this.jid = bound;
    this.#core = core;
  }

  deliver(element: Element, settlement?: Settlement): void {
    this.#received.push(element);
    if (settlement !== undefined) queueMicrotask(() => settlement.acknowledged());
  }

  close(): void {
    this.#core.host.closed(this, []);
  }

  /** Sends a stanza, as text without its namespace. */
  send(xml: string): void {
    const element = parseDocument(xml.replace(/^<(\w+)/, "<$1 xmlns='jabber:client'"));
    if (isXmlProblem(element)) throw new Error(xml);
    const stanza = parseStanza(element);
    if (stanza.kind === "stanza-problem") throw new Error(xml);
    this.#core.host.handle(this, readdress(stanza, { from: this.jid }), () => undefined);
  }

  /** What came since the last call, without roster pushes and the user's own presence. */
  take(): readonly string[] {
    return this.#received
      .splice(0)
      .filter(
        ({ name, attributes }) => name !== "iq" && attributes.get("from")?.startsWith(`${this.jid.bare}/`) !== true,
      )
      .map((element) => serializeElement(withoutTrail(element), "jabber:client"));
  }
}

function repositories(users: readonly string[]): XmppRepositories {
  const rosters = new Map<string, StoredRoster>();
  const blocks = new Map<string, readonly string[]>();
  const outsiders = new Map<string, readonly OutsiderRule[]>();
  const offline = new Map<string, readonly OfflineMessage[]>();
  const scram = { sha1: KEYS, sha256: KEYS };
  return {
    accounts: {
      load: () => Promise.resolve(users.map((user) => ({ jid: user, enabled: true, scram }))),
      put: () => Promise.resolve(),
      remove: () => Promise.resolve(),
    },
    rosters: {
      load: (user) => Promise.resolve(rosters.get(user)),
      save: (user, { version, floor, put, drop }: RosterChange) => {
        const kept = rosters.get(user)?.entries.filter((entry) => entry.jid !== put.jid && !drop.includes(entry.jid));
        rosters.set(user, { version, floor, entries: [...(kept ?? []), put] });
        return Promise.resolve();
      },
      removeAll: () => Promise.resolve(),
    },
    blocks: {
      load: (user) => Promise.resolve(blocks.get(user) ?? []),
      add: (user, jids) => {
        blocks.set(user, [...(blocks.get(user) ?? []), ...jids]);
        return Promise.resolve();
      },
      remove: () => Promise.resolve(),
      removeAll: () => Promise.resolve(),
    },
    outsiders: {
      load: (user) => Promise.resolve(outsiders.get(user) ?? []),
      put: (user, rule) => {
        outsiders.set(user, [...(outsiders.get(user) ?? []), rule]);
        return Promise.resolve();
      },
      remove: () => Promise.resolve(),
      removeAll: () => Promise.resolve(),
    },
    offline: {
      load: (user) => Promise.resolve(offline.get(user) ?? []),
      append: (user, message) => {
        offline.set(user, [...(offline.get(user) ?? []), message]);
        return Promise.resolve("stored" as const);
      },
      remove: (user, ids) => {
        offline.set(
          user,
          (offline.get(user) ?? []).filter(({ id }) => !ids.includes(id)),
        );
        return Promise.resolve();
      },
      removeAll: () => Promise.resolve(),
    },
  };
}
