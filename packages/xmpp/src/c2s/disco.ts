import { CARBONS_NS } from "../messaging/payload.ts";
import { ROSTER_NS } from "../roster/roster-query.ts";
import { type Element, el } from "../xml/index.ts";
import { BLOCKING_NS } from "./blocking.ts";
import { COMMANDS_NS, type DomainRequest } from "./commands.ts";
import { FORM_NS } from "./data-form.ts";
import type { IqHandler, IqRequest } from "./iq-table.ts";
import { PING_NS } from "./ping.ts";
import { VERSION_NS } from "./version.ts";

const INFO_NS = "http://jabber.org/protocol/disco#info";
const ITEMS_NS = "http://jabber.org/protocol/disco#items";

interface Identity {
  readonly category: "account" | "server" | "automation";
  readonly type: "im" | "registered" | "command-list" | "command-node";
  readonly name?: string;
}

const SERVER_FEATURES = [
  INFO_NS,
  ITEMS_NS,
  BLOCKING_NS,
  CARBONS_NS,
  PING_NS,
  VERSION_NS,
  ROSTER_NS,
  COMMANDS_NS,
  "msgoffline",
];
const ACCOUNT_FEATURES = [INFO_NS, ITEMS_NS, BLOCKING_NS, CARBONS_NS, PING_NS];

/** What there is to say of one node; the empty one is the entity itself. */
interface Node {
  readonly node: string;
  readonly identity: Identity;
  readonly features: readonly string[];
}

/** A place in the list of another node (XEP-0030 §4). */
interface Listed {
  readonly node: string;
  readonly name: string;
}

/** XEP-0030 for the server's domain, and for its commands (XEP-0050 §2.2). */
export function serverDisco(commands: readonly Listed[]): readonly IqHandler<DomainRequest>[] {
  const server: Node = {
    node: "",
    identity: { category: "server", type: "im", name: "Interpres" },
    features: SERVER_FEATURES,
  };
  const list: Node = {
    node: COMMANDS_NS,
    identity: { category: "automation", type: "command-list", name: "Commands" },
    features: [],
  };
  return disco([server, list, ...commands.map(commandNode)], (node) => (node === COMMANDS_NS ? commands : []));
}

/** XEP-0030 for a user's own account. */
export const accountDisco: readonly IqHandler<IqRequest>[] = disco(
  [{ node: "", identity: { category: "account", type: "registered" }, features: ACCOUNT_FEATURES }],
  () => [],
);

function commandNode({ node, name }: Listed): Node {
  return { node, identity: { category: "automation", type: "command-node", name }, features: [COMMANDS_NS, FORM_NS] };
}

function disco(nodes: readonly Node[], items: (node: string) => readonly Listed[]): readonly IqHandler<IqRequest>[] {
  const info = new Map(nodes.map((entry) => [entry.node, infoElement(entry)]));
  return [
    answering(INFO_NS, (node) => info.get(node)),
    answering(ITEMS_NS, (node, jid) => (info.has(node) ? itemsElement(node, jid, items(node)) : undefined)),
  ];
}

function infoElement({ node, identity, features }: Node): Element {
  const vars = features.map((feature) => el("feature", INFO_NS, { var: feature }));
  return el("query", INFO_NS, node === "" ? {} : { node }, el("identity", INFO_NS, { ...identity }), ...vars);
}

function itemsElement(node: string, jid: string, items: readonly Listed[]): Element {
  const listed = items.map((item) => el("item", ITEMS_NS, { jid, node: item.node, name: item.name }));
  return el("query", ITEMS_NS, node === "" ? {} : { node }, ...listed);
}

/** Of a node that is not there nothing is said (XEP-0030 §3.2). */
function answering(
  namespace: string,
  payloadOf: (node: string, jid: string) => Element | undefined,
): IqHandler<IqRequest> {
  return {
    type: "get",
    name: "query",
    namespace,
    handle: ({ iq, payload: query }, answer) => {
      const payload = payloadOf(query.attributes.get("node") ?? "", iq.to?.toString() ?? "");
      if (payload === undefined) answer({ kind: "error", type: "cancel", condition: "item-not-found" });
      else answer({ kind: "result", payload });
    },
  };
}
