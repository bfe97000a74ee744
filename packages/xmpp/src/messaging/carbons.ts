import type { ConnectedResource } from "../router/connected-resource.ts";
import { type Message, makeMessage } from "../stanza/stanza.ts";
import { type Element, el } from "../xml/index.ts";
import { CARBONS_NS } from "./payload.ts";

/** XEP-0297 */
const FORWARD_NS = "urn:xmpp:forward:0";

/**
 * Gives a copy of an eligible message to each resource that asked for carbons and is not among `except` (XEP-0280 §7 for
 * "received", §8 for "sent"). A copy that gets lost is lost: the message itself is accounted for elsewhere.
 */
export function sendCarbons(
  direction: "received" | "sent",
  message: Message,
  {
    resources,
    except,
  }: { readonly resources: readonly ConnectedResource[]; readonly except: readonly ConnectedResource[] },
): void {
  let wrapped: Element | undefined;
  for (const resource of resources) {
    if (!resource.interests.has("carbons") || except.includes(resource)) continue;
    wrapped ??= el(direction, CARBONS_NS, {}, el("forwarded", FORWARD_NS, {}, message.element));
    const head = { type: message.type, from: resource.jid.bare, to: resource.jid };
    resource.deliver(makeMessage(head, wrapped).element);
  }
}
