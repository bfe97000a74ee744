import type { ContactBook } from "../roster/contact-book.ts";
import { contactJid } from "../roster/contact-jid.ts";
import { isPendingIn } from "../roster/subscription.ts";
import { outsiderDecision } from "./outsiders.ts";
import type { PresencePorts } from "./presence-ports.ts";
import type { SubscriptionRequests } from "./subscription-requests.ts";

/**
 * A user decided otherwise on a domain: who waits for her answer gets it where it is yes now, and who was admitted with his
 * domain sees her offline where it is no.
 */
export function outsidersDecided(book: ContactBook, requests: SubscriptionRequests, ports: PresencePorts): void {
  const { router, federatedDomains } = ports;
  for (const entry of [...book.entries()]) {
    const contact = contactJid(entry.jid);
    if (router.isLocal(contact.domain)) continue;
    const decision = outsiderDecision(book, contact, federatedDomains);
    if (decision === "allow" && isPendingIn(entry.state)) requests.asksAgain(book, contact);
    else if (decision === "block" && entry.admission === "by-domain") requests.shutOut(book, entry);
  }
  router.permissionsChanged(contactJid(book.user));
}
