import { PING_NS } from "../c2s/ping.ts";
import { type Iq, iqResult } from "../stanza/stanza.ts";
import { stanzaError } from "../stanza/stanza-error.ts";
import { el } from "../xml/index.ts";

const INFO_NS = "http://jabber.org/protocol/disco#info";
const ITEMS_NS = "http://jabber.org/protocol/disco#items";

/**
 * The answer to a request for the component's own domain: what it is (XEP-0030, as XEP-0100 §7 asks of gateways), and a
 * ping (XEP-0199). Nothing else is there; accounts are not registered with it (XEP-0100 §4.1 is of gateways that sign in
 * for their users).
 */
export function answerForComponent(iq: Iq): Iq {
  const { type, payload } = iq;
  const isPlain = type === "get" && payload?.attributes.get("node") === undefined;
  if (isPlain && payload?.namespace === PING_NS) return iqResult(iq);
  if (isPlain && payload?.namespace === ITEMS_NS) return iqResult(iq, el("query", ITEMS_NS, {}));
  if (isPlain && payload?.namespace === INFO_NS) return iqResult(iq, INFO);
  return stanzaError(iq, { type: "cancel", condition: "service-unavailable" });
}

/** The registry of XEP-0030 has "simple" for gateways to SIP (SIMPLE). */
const INFO = el(
  "query",
  INFO_NS,
  {},
  el("identity", INFO_NS, { category: "gateway", type: "simple", name: "Interpres" }),
  ...[INFO_NS, ITEMS_NS, PING_NS].map((feature) => el("feature", INFO_NS, { var: feature })),
);
