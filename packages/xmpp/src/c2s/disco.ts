import { CARBONS_NS } from "../messaging/payload.ts";
import { ROSTER_NS } from "../roster/roster-query.ts";
import { type Element, el } from "../xml/index.ts";
import { BLOCKING_NS } from "./blocking.ts";
import type { IqHandler, IqRequest } from "./iq-table.ts";
import { PING_NS } from "./ping.ts";
import { VERSION_NS } from "./version.ts";

const INFO_NS = "http://jabber.org/protocol/disco#info";
const ITEMS_NS = "http://jabber.org/protocol/disco#items";

interface Identity {
  readonly category: "account" | "server";
  readonly type: "im" | "registered";
  readonly name?: string;
}

const SERVER_FEATURES = [INFO_NS, ITEMS_NS, BLOCKING_NS, CARBONS_NS, PING_NS, VERSION_NS, ROSTER_NS, "msgoffline"];
const ACCOUNT_FEATURES = [INFO_NS, ITEMS_NS, BLOCKING_NS, CARBONS_NS, PING_NS];

/** XEP-0030 for the server's domain. */
export const serverDisco: readonly IqHandler<IqRequest>[] = disco(
  { category: "server", type: "im", name: "Interpres" },
  SERVER_FEATURES,
);

/** XEP-0030 for a user's own account. */
export const accountDisco: readonly IqHandler<IqRequest>[] = disco(
  { category: "account", type: "registered" },
  ACCOUNT_FEATURES,
);

function disco(identity: Identity, features: readonly string[]): readonly IqHandler<IqRequest>[] {
  const info = el(
    "query",
    INFO_NS,
    {},
    el("identity", INFO_NS, { ...identity }),
    ...features.map((feature) => el("feature", INFO_NS, { var: feature })),
  );
  return [answering(INFO_NS, info), answering(ITEMS_NS, el("query", ITEMS_NS, {}))];
}

/** There are no nodes (XEP-0030 §3.2). */
function answering(namespace: string, payload: Element): IqHandler<IqRequest> {
  return {
    type: "get",
    name: "query",
    namespace,
    handle: (request, answer) => {
      if (request.payload.attributes.has("node"))
        answer({ kind: "error", type: "cancel", condition: "item-not-found" });
      else answer({ kind: "result", payload });
    },
  };
}
