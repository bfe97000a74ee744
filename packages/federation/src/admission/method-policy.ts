import type { SipProxyParameters } from "../peer/sip-proxy-parameters.ts";
import type { Objection } from "./objection.ts";

/** What a foreign domain never may: its users have no registration and no presence of ours to write. */
const NEVER: ReadonlySet<string> = new Set(["REGISTER", "PUBLISH"]);
const MESSAGING: ReadonlySet<string> = new Set(["MESSAGE", "INVITE"]);

/** Which methods a peer may use. What the stack does not know at all is answered there (RFC 3261 §8.2.1). */
export function methodPolicy(method: string, { imGateway }: SipProxyParameters): Objection | undefined {
  if (NEVER.has(method)) return refuse(method, "SUBSCRIBE, NOTIFY, MESSAGE, INVITE, OPTIONS");
  if (!imGateway && MESSAGING.has(method)) return refuse(method, "presence only: the IM gateway is off");
  return undefined;
}

function refuse(presented: string, expected: string): Objection {
  return { rule: "method-policy", status: 403, reason: "Forbidden", presented, expected };
}
