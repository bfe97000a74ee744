import type { BareJid } from "../address/jid.ts";
import type { ContactBook } from "../roster/contact-book.ts";
import { contactJid } from "../roster/contact-jid.ts";
import { isSubscribedFrom } from "../roster/subscription.ts";
import type { ConnectedResource } from "../router/connected-resource.ts";
import type { Router } from "../router/router.ts";
import { type Presence, readdress } from "../stanza/stanza.ts";

/** Contacts that may see the user's presence and are not blocked (RFC 6121 §4.2.2, XEP-0191 §3.3). */
export function audienceOf(book: ContactBook): readonly BareJid[] {
  const audience: BareJid[] = [];
  for (const entry of book.entries()) {
    if (!isSubscribedFrom(entry.state)) continue;
    const contact = contactJid(entry.jid);
    if (!book.blocked.blocks(contact)) audience.push(contact);
  }
  return audience;
}

/** Sends presence without 'to' to each contact, once, and to the user's own resources (RFC 6121 §4.2.2, §4.4.2, §4.5.2). */
export function broadcast(
  presence: Presence,
  to: { readonly contacts: readonly BareJid[]; readonly own: readonly ConnectedResource[] },
  router: Router,
): void {
  const [first] = to.own;
  if (first !== undefined) {
    const { element } = readdress(presence, { to: first.jid.bare });
    for (const resource of to.own) resource.deliver(element);
  }
  for (const contact of to.contacts) router.route(readdress(presence, { to: contact }));
}
