import type { BareJid } from "../address/jid.ts";
import type { ContactBook } from "../roster/contact-book.ts";
import type { FederatedDomains } from "../roster/federated-domains.ts";
import type { OutsiderDecision } from "../roster/outsider-policy.ts";

/**
 * What a user decided on a foreign contact by deciding on his domain. Who is in her contact list is not shut out that way:
 * on him she decides by himself (facts B7: explicit entry, contact list, domain, everybody else).
 */
export function outsiderDecision(
  book: ContactBook,
  contact: BareJid,
  domains: FederatedDomains,
): OutsiderDecision | "ask" {
  const decision = book.outsiders.decisionOn(domains.listedAs(contact.domain));
  const entry = book.entry(contact.toString());
  const isHerContact = entry?.kind === "item" && entry.admission === undefined;
  return isHerContact && decision === "block" ? "ask" : decision;
}
