import { correlationOf, type DecisionEvent, peerAddress } from "@interpres/runtime";
import { LRUCache } from "lru-cache";
import type { FlowRecord } from "./flow-history.ts";

/** Stanzas and pairs that are known; those heard of longest ago go first. */
const MOST = 20_000;
/** Its short form is `i` (RFC 3261 §20.8). */
const CALL_ID = /^(?:call-id|i)[ \t]*:[ \t]*(\S+)/im;
const STANZA_ID = /^<message\b[^>]*?\sid=(['"])(.*?)\1/;
/** Of a MESSAGE from abroad it is the Call-ID (RFC 7572 §4). */
const THREAD = /<thread(?:\s[^>]*)?>([^<]+)<\/thread>/;

/**
 * Says to which interaction a message belongs. SIP messages say so themselves; stanzas are joined by what the decisions say
 * of them: the id of the stanza, else the two who talk or watch.
 */
export class Correlations {
  readonly #byStanza = new LRUCache<string, string>({ max: MOST });
  readonly #byPair = new LRUCache<string, string>({ max: MOST });

  /** In the order they were made. */
  saw(event: DecisionEvent): void {
    const { user, peer, kind, traffic } = event;
    const id = correlationOf(event);
    const contact = peer === undefined ? "" : peerAddress(peer);
    if (user === undefined || contact === "") return;
    for (const { inputs } of event.decisions)
      if (inputs.stanzaId !== undefined) this.#byStanza.set(JSON.stringify([user, contact, inputs.stanzaId]), id);
    const isPresence = kind === "subscription" || kind === "notify" || traffic === "presence";
    if (id !== event.id) this.#byPair.set(pairKey(isPresence ? "presence" : "im", user, contact), id);
  }

  /** Undefined of what belongs to no interaction with a foreign domain, and of a message whose fate is not known yet. */
  of(record: Pick<FlowRecord, "leg" | "direction" | "peer" | "parties" | "summary" | "text">): string | undefined {
    const { leg, direction, peer, parties, summary, text } = record;
    if (leg === "sip") return CALL_ID.exec(text)?.[1];
    if (peer === "") return undefined;
    const [from = "", to = ""] = parties;
    const [user, contact] = direction === "inbound" ? [from, to] : [to, from];
    if (!summary.startsWith("message")) return this.#byPair.get(pairKey("presence", user, contact));
    const stanzaId = STANZA_ID.exec(text)?.[2];
    const known = this.#byStanza.get(JSON.stringify([user, contact, stanzaId ?? ""]));
    if (known !== undefined) return known;
    const thread = direction === "outbound" ? THREAD.exec(text)?.[1] : undefined;
    return (
      thread ??
      (stanzaId === undefined || direction === "outbound" ? this.#byPair.get(pairKey("im", user, contact)) : undefined)
    );
  }
}

function pairKey(traffic: "presence" | "im", user: string, contact: string): string {
  return JSON.stringify([traffic, user, contact]);
}
