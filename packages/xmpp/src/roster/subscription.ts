/**
 * RFC 6121 Appendix A as data: what the four subscription stanzas do to the nine states. `outbound` are the stanzas the
 * user sends (A.2), `inbound` those a contact sends to her (A.3). Pre-approval (§3.4) is the one thing beside the state.
 */

/** The nine states of RFC 6121 §A.1, from the user's point of view; a contact outside the roster is "none". */
export type SubscriptionState =
  | "none"
  | "none+pending-out"
  | "none+pending-in"
  | "none+pending-out+in"
  | "to"
  | "to+pending-in"
  | "from"
  | "from+pending-out"
  | "both";

export type SubscriptionType = "subscribe" | "subscribed" | "unsubscribe" | "unsubscribed";

/** One cell: `pass` routes (outbound) or delivers (inbound) the stanza, `hold` does neither. */
export interface Transition {
  readonly stanza: "pass" | "hold";
  readonly next: SubscriptionState;
  /** Sent back to the contact in the user's name (§3.1.3, §A.3.1 note 2, §A.3.2 note 1). */
  readonly reply?: "subscribed" | "unsubscribed";
  /** What happens to the 'approved' flag of the item (§3.4). */
  readonly approval?: "granted" | "cancelled";
}

type Column = Readonly<Record<SubscriptionState, Transition>>;
type Table = Readonly<Record<SubscriptionType, Column>>;

const pass = (next: SubscriptionState): Transition => ({ stanza: "pass", next });
const hold = (next: SubscriptionState): Transition => ({ stanza: "hold", next });
const preApprove = (next: SubscriptionState): Transition => ({ stanza: "hold", next, approval: "granted" });
const cancelApproval = (next: SubscriptionState): Transition => ({ stanza: "hold", next, approval: "cancelled" });
const revoke = (next: SubscriptionState): Transition => ({ stanza: "pass", next, approval: "cancelled" });
const alreadySubscribed = (next: SubscriptionState): Transition => ({ stanza: "hold", next, reply: "subscribed" });
const letGo = (next: SubscriptionState): Transition => ({ stanza: "pass", next, reply: "unsubscribed" });

const outbound: Table = {
  subscribe: {
    none: pass("none+pending-out"),
    "none+pending-out": pass("none+pending-out"),
    "none+pending-in": pass("none+pending-out+in"),
    "none+pending-out+in": pass("none+pending-out+in"),
    to: pass("to"),
    "to+pending-in": pass("to+pending-in"),
    from: pass("from+pending-out"),
    "from+pending-out": pass("from+pending-out"),
    both: pass("both"),
  },
  unsubscribe: {
    none: pass("none"),
    "none+pending-out": pass("none"),
    "none+pending-in": pass("none+pending-in"),
    "none+pending-out+in": pass("none+pending-in"),
    to: pass("none"),
    "to+pending-in": pass("none+pending-in"),
    from: pass("from"),
    "from+pending-out": pass("from"),
    both: pass("from"),
  },
  subscribed: {
    none: preApprove("none"),
    "none+pending-out": preApprove("none+pending-out"),
    "none+pending-in": pass("from"),
    "none+pending-out+in": pass("from+pending-out"),
    to: preApprove("to"),
    "to+pending-in": pass("both"),
    from: hold("from"),
    "from+pending-out": hold("from+pending-out"),
    both: hold("both"),
  },
  unsubscribed: {
    none: cancelApproval("none"),
    "none+pending-out": cancelApproval("none+pending-out"),
    "none+pending-in": revoke("none"),
    "none+pending-out+in": revoke("none+pending-out"),
    to: cancelApproval("to"),
    "to+pending-in": revoke("to"),
    from: revoke("none"),
    "from+pending-out": revoke("none+pending-out"),
    both: revoke("to"),
  },
};

const inbound: Table = {
  subscribe: {
    none: pass("none+pending-in"),
    "none+pending-out": pass("none+pending-out+in"),
    "none+pending-in": hold("none+pending-in"),
    "none+pending-out+in": hold("none+pending-out+in"),
    to: pass("to+pending-in"),
    "to+pending-in": hold("to+pending-in"),
    from: alreadySubscribed("from"),
    "from+pending-out": alreadySubscribed("from+pending-out"),
    both: alreadySubscribed("both"),
  },
  unsubscribe: {
    none: hold("none"),
    "none+pending-out": hold("none+pending-out"),
    "none+pending-in": letGo("none"),
    "none+pending-out+in": letGo("none+pending-out"),
    to: hold("to"),
    "to+pending-in": letGo("to"),
    from: letGo("none"),
    "from+pending-out": letGo("none+pending-out"),
    both: letGo("to"),
  },
  subscribed: {
    none: hold("none"),
    "none+pending-out": pass("to"),
    "none+pending-in": hold("none+pending-in"),
    "none+pending-out+in": pass("to+pending-in"),
    to: hold("to"),
    "to+pending-in": hold("to+pending-in"),
    from: hold("from"),
    "from+pending-out": pass("both"),
    both: hold("both"),
  },
  unsubscribed: {
    none: hold("none"),
    "none+pending-out": pass("none"),
    "none+pending-in": hold("none+pending-in"),
    "none+pending-out+in": pass("none+pending-in"),
    to: pass("none"),
    "to+pending-in": pass("none+pending-in"),
    from: hold("from"),
    "from+pending-out": pass("from"),
    both: pass("from"),
  },
};

/** The user sends `type` to the contact (RFC 6121 §A.2). */
export function outboundTransition(type: SubscriptionType, state: SubscriptionState): Transition {
  return outbound[type][state];
}

/** Whether the user said yes beforehand (RFC 6121 §3.4). */
export type PreApproval = "pre-approved" | "not-approved";

/** The contact sends `type` to the user (RFC 6121 §A.3); a pre-approved request is answered, not delivered (§3.4.2). */
export function inboundTransition(type: SubscriptionType, state: SubscriptionState, approval: PreApproval): Transition {
  const transition = inbound[type][state];
  if (type !== "subscribe" || approval === "not-approved" || transition.reply !== undefined) return transition;
  return { stanza: "hold", next: outbound.subscribed[transition.next].next, reply: "subscribed" };
}

/** True where the contact may see the user's presence: From, From + Pending Out, Both (RFC 6121 §4.3.2). */
export function isSubscribedFrom(state: SubscriptionState): boolean {
  return state === "from" || state === "from+pending-out" || state === "both";
}

/** True where the user may see the contact's presence. */
export function isSubscribedTo(state: SubscriptionState): boolean {
  return state === "to" || state === "to+pending-in" || state === "both";
}

/** True where the contact has asked and the user has not answered. */
export function isPendingIn(state: SubscriptionState): boolean {
  return state === "none+pending-in" || state === "none+pending-out+in" || state === "to+pending-in";
}

/** True where the user has asked and the contact has not answered: ask='subscribe'. */
export function isPendingOut(state: SubscriptionState): boolean {
  return state === "none+pending-out" || state === "none+pending-out+in" || state === "from+pending-out";
}

/** The 'subscription' attribute of the roster item (RFC 6121 §2.1.2.5). */
export function subscriptionAttribute(state: SubscriptionState): "none" | "to" | "from" | "both" {
  if (state === "both") return "both";
  if (isSubscribedTo(state)) return "to";
  return isSubscribedFrom(state) ? "from" : "none";
}
