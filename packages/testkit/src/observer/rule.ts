import type { SipRequest, SipResponse } from "@interpres/sip";
import type { Call, Observation } from "./observation.ts";

/** Who observes: what one kind of peer insists on, another may not. */
export type ObservingPeer = "edge" | "clearing-house";

/** What the observer knows beside the messages. */
export interface Expectations {
  /** Domains that the other side may speak for; undefined where that is not checked. */
  readonly domains?: readonly string[];
  /** The name its certificate and its Contacts must have; undefined where that is not checked. */
  readonly fqdn?: string;
}

/** What a rule looks at: a received message, and the call before it. */
export interface Seen<Message> {
  readonly message: Message;
  readonly observation: Observation;
  readonly call: Call;
  readonly expected: Expectations;
}

interface RuleText {
  /** What the other side must do, in a sentence. */
  readonly says: string;
  /** RFC section, or section of the dialect facts. */
  readonly source: string;
  /** Both unless it says. */
  readonly only?: ObservingPeer;
}

/** A rule about what the other side sends. `request` and `response` answer with what is wrong, if anything. */
export interface Rule extends RuleText {
  readonly request?: (seen: Seen<SipRequest>) => string | undefined;
  readonly response?: (seen: Seen<SipResponse>) => string | undefined;
}
