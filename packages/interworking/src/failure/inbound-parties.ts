import type { Logger } from "@interpres/runtime";
import type { SipRequest } from "@interpres/sip";
import { type BareJid, escapeLocal, type LocalDomain, makeBare } from "@interpres/xmpp";
import type { AddressBook, ReadAddress } from "../address/address-book.ts";
import { percentDecoded } from "../address/percent.ts";
import { addressInScreenName, screenNameOf } from "../address/screen-name.ts";
import type { FederatedPeer, FederatedPeers } from "../model/federated-peers.ts";
import type { Trails } from "../model/trail.ts";
import { trailOfRequest } from "../payload/trail-marker.ts";
import type { FailureCause } from "./failure.ts";

/** Who speaks to whom in an inbound request. */
export interface InboundParties {
  readonly kind: "parties";
  readonly user: BareJid;
  /** The user's device, when the request names one by a gr parameter. */
  readonly userGr: string | undefined;
  /** By his own domain; the user may know him under an alias of it. */
  readonly contact: BareJid;
  /** The contact as the request names it: a gr parameter makes it one device. */
  readonly contactAddress: ReadAddress;
  readonly peer: FederatedPeer;
}

export interface PartiesRefused {
  readonly kind: "refused";
  readonly cause: FailureCause;
}

export interface KnownPorts {
  readonly local: Pick<LocalDomain, "knownAs">;
  readonly log: Logger;
}

export interface PartiesPorts {
  readonly addresses: AddressBook;
  readonly local: Pick<LocalDomain, "isLocalDomain" | "accountExists">;
  readonly peers: FederatedPeers;
  readonly trails: Trails;
}

/**
 * The local user and the foreign contact of a request outside a dialog. The edge has checked that the connection may
 * speak for From; here stands what only the translator can say. A request with its last hop used up ends here, and one
 * that has been here before: on the other side nobody counts (RFC 7247 §8). `sips:` asks for what XMPP clients' hops
 * cannot promise (same section), unless the operators agreed.
 */
export function inboundParties(request: SipRequest, ports: PartiesPorts): InboundParties | PartiesRefused {
  const end = ports.trails.endOf(trailOfRequest(request));
  if (end !== undefined) return refused(end);
  const target = ports.addresses.read(ports.peers.addressedUri(request));
  const sender = ports.addresses.read(request.from.uri);
  if (target === undefined || sender === undefined) return refused("bad-address");
  const contactAddress = withGrOf(sender, request.from);
  const user = ports.addresses.localUser(target);
  if (!ports.local.isLocalDomain((user ?? target.jid).domain)) return refused("foreign-target");
  const { jid } = contactAddress;
  // Neither side could tell which of the two is meant.
  if (jid.equals(target.jid)) return refused("same-address");
  if (ports.local.isLocalDomain(jid.domain)) return refused("claimed-local-sender");
  const peer = ports.peers.of(jid.domain);
  if (peer === undefined) return refused("not-federated");
  const isSecured = target.scheme === "sips" || /^sips:/i.test(request.to.uri);
  if (isSecured && peer.dialect.securedUris === "refused") return refused("secure-only");
  if (user === undefined || !ports.local.accountExists(user)) return refused("unknown-user");
  const contact = contactOf(contactAddress, peer);
  return { kind: "parties", user, userGr: target.gr, contact, contactAddress, peer };
}

/** Its gr belongs into the URI; a peer that follows the RFCs' examples writes it behind the brackets (RFC 7572 §5). */
function withGrOf(address: ReadAddress, { parameters }: SipRequest["from"]): ReadAddress {
  const gr = address.gr ?? percentDecoded(parameters.get("gr") ?? "");
  return gr === undefined || gr === "" ? address : { ...address, gr };
}

/** By the domain of the peer and, where names have more than one spelling, by the one that counts. */
function contactOf({ jid, name }: ReadAddress, { domain, aliases, dialect }: FederatedPeer): BareJid {
  if (dialect.userNames === "screen-names") return bareOf(screenNameOf(name), domain) ?? jid;
  return aliases.length === 0 ? jid : (makeBare(jid.local, domain) ?? jid);
}

/** The JIDs one contact may be known under, that of his own domain first (facts R9); with screen names each spelling. */
export function namesOf(parties: Pick<InboundParties, "contact" | "contactAddress" | "peer">): readonly BareJid[] {
  const { contact, contactAddress, peer } = parties;
  // Nearly everybody has but one, and this is asked for each message.
  if (peer.aliases.length === 0 && peer.dialect.userNames !== "screen-names") return [contact];
  const address = peer.dialect.userNames === "screen-names" ? addressInScreenName(contact.local) : undefined;
  const spelt = address === undefined ? undefined : escapeLocal(address);
  const locals = new Set([contact.local, contactAddress.jid.local, ...(spelt === undefined ? [] : [spelt])]);
  const domains = [contact.domain, ...peer.aliases];
  return [...locals].flatMap((local) => domains.flatMap((domain) => makeBare(local, domain) ?? []));
}

function bareOf(name: string, domain: string): BareJid | undefined {
  const local = escapeLocal(name);
  return local === undefined ? undefined : makeBare(local, domain);
}

/**
 * Calls `use` with the contact under the name by which the user knows him; at once where he has but one. `failed` when
 * her roster cannot be read.
 */
export function asKnown(
  parties: InboundParties,
  { local, log }: KnownPorts,
  { use, failed }: { readonly use: (parties: InboundParties) => void; readonly failed: () => void },
): void {
  const names = namesOf(parties);
  if (names.length === 1) {
    use(parties);
    return;
  }
  local.knownAs(parties.user, names).then(
    (contact) => use({ ...parties, contact: contact ?? parties.contact }),
    (error: unknown) => {
      log.error("roster.unreadable", { user: parties.user.toString(), error: String(error) });
      failed();
    },
  );
}

function refused(cause: FailureCause): PartiesRefused {
  return { kind: "refused", cause };
}
