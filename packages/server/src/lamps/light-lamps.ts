import type { SipFederatedDomain } from "@interpres/federation";
import type { DecisionEvent, DecisionQuery } from "@interpres/runtime";
import type { FederationLamps } from "./federation-lamps.ts";

/** Enough for the last success and failure of each lamp where all four are in use. */
const EVENTS_OF_DOMAIN = 100;

/** Has the lamps learn from what each domain's newest decisions kept of earlier runs; what was before a domain was added is not its own. */
export async function lightLamps(
  lamps: Pick<FederationLamps, "saw">,
  from: {
    readonly domains: readonly SipFederatedDomain[];
    readonly history: { query(query: DecisionQuery): Promise<readonly DecisionEvent[]> };
  },
): Promise<void> {
  for (const { domain, createdAt = 0 } of from.domains) {
    const newestFirst = await from.history.query({ peer: domain, since: createdAt, limit: EVENTS_OF_DOMAIN });
    for (const event of newestFirst.toReversed()) lamps.saw(event);
  }
}
