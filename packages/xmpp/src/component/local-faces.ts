import type { BareJid } from "../address/jid.ts";
import type { LocalDomain } from "../router/local-domain.ts";

/** Our own accounts and those of attached servers behind one port: which face answers, the domain of the user says. */
export function bothFaces(own: LocalDomain, attached: LocalDomain): LocalDomain {
  const faceOf = (user: BareJid | undefined): LocalDomain =>
    user !== undefined && attached.isLocalDomain(user.domain) ? attached : own;
  return {
    isLocalDomain: (domain) => own.isLocalDomain(domain) || attached.isLocalDomain(domain),
    accountExists: (user) => faceOf(user).accountExists(user),
    accountEnabled: (user) => faceOf(user).accountEnabled(user),
    deliver: (message, settled) => faceOf(message.to?.bare).deliver(message, settled),
    presence: (presence) => faceOf(presence.to?.bare).presence(presence),
    iq: (iq) => faceOf(iq.to?.bare).iq(iq),
    availability: (user, contact) => faceOf(user).availability(user, contact),
    isLooking: (user, contact) => faceOf(user).isLooking(user, contact),
    mayWatch: (contact, user) => faceOf(user).mayWatch(contact, user),
    knownAs: (user, contacts) => faceOf(user).knownAs(user, contacts),
    isWatching: (user, contact) => faceOf(user).isWatching(user, contact),
  };
}
