/** Numbers for the header names that the scanner tells apart; 0 stands for every other name. */
export const headerId = {
  other: 0,
  via: 1,
  from: 2,
  to: 3,
  callId: 4,
  cseq: 5,
  maxForwards: 6,
  contact: 7,
  contentLength: 8,
  contentType: 9,
  recordRoute: 10,
  route: 11,
  event: 12,
  expires: 13,
  subscriptionState: 14,
  supported: 15,
  contentEncoding: 16,
  subject: 17,
  allowEvents: 18,
  referTo: 19,
  referredBy: 20,
  sessionExpires: 21,
  acceptContact: 22,
  rejectContact: 23,
  requestDisposition: 24,
  identity: 25,
  identityInfo: 26,
  require: 27,
  timestamp: 28,
} as const;

/** Canonical name, then the compact form (IANA SIP parameters, header fields). */
const names: readonly (readonly [number, string, string?])[] = [
  [headerId.via, "Via", "v"],
  [headerId.from, "From", "f"],
  [headerId.to, "To", "t"],
  [headerId.callId, "Call-ID", "i"],
  [headerId.cseq, "CSeq"],
  [headerId.maxForwards, "Max-Forwards"],
  [headerId.contact, "Contact", "m"],
  [headerId.contentLength, "Content-Length", "l"],
  [headerId.contentType, "Content-Type", "c"],
  [headerId.recordRoute, "Record-Route"],
  [headerId.route, "Route"],
  [headerId.event, "Event", "o"],
  [headerId.expires, "Expires"],
  [headerId.subscriptionState, "Subscription-State"],
  [headerId.supported, "Supported", "k"],
  [headerId.contentEncoding, "Content-Encoding", "e"],
  [headerId.subject, "Subject", "s"],
  [headerId.allowEvents, "Allow-Events", "u"],
  [headerId.referTo, "Refer-To", "r"],
  [headerId.referredBy, "Referred-By", "b"],
  [headerId.sessionExpires, "Session-Expires", "x"],
  [headerId.acceptContact, "Accept-Contact", "a"],
  [headerId.rejectContact, "Reject-Contact", "j"],
  [headerId.requestDisposition, "Request-Disposition", "d"],
  [headerId.identity, "Identity", "y"],
  [headerId.identityInfo, "Identity-Info", "n"],
  [headerId.require, "Require"],
  [headerId.timestamp, "Timestamp"],
];

const spellings = new Map<string, number>();
/** By `slotOf`: ids and lower case octets of the names there, one after the other. Few slots hold more than one. */
const slots: { readonly ids: number[]; readonly names: Uint8Array[] }[] = Array.from({ length: 256 }, () => {
  return { ids: [], names: [] };
});
for (const [id, ...forms] of names) {
  for (const form of forms) {
    if (form === undefined) continue;
    const lower = form.toLowerCase();
    spellings.set(form, id).set(lower, id);
    const octets = Buffer.from(lower);
    const slot = slots[slotOf(octets, 0, octets.length)];
    slot?.ids.push(id);
    slot?.names.push(octets);
  }
}

/** A number below 256 of length, first and last letter; the factors only spread the names we know. */
function slotOf(octets: Uint8Array, from: number, end: number): number {
  const first = (octets[from] ?? 0) | 0x20;
  const last = (octets[end - 1] ?? 0) | 0x20;
  return ((first * 28) ^ last ^ ((end - from) * 5)) & 0xff;
}

/** The number of a name in any spelling, 0 when it is not one of the numbered ones. */
export function headerIdOf(name: string): number {
  return spellings.get(name) ?? spellings.get(name.toLowerCase()) ?? headerId.other;
}

/** The number of the name at `from..end`, all token characters. */
export function headerIdAt(octets: Uint8Array, from: number, end: number): number {
  const slot = slots[slotOf(octets, from, end)];
  if (slot === undefined) return headerId.other;
  for (let index = 0; index < slot.ids.length; index += 1) {
    const name = slot.names[index];
    if (name !== undefined && name.length === end - from && isSpelled(octets, from, name)) return slot.ids[index] ?? 0;
  }
  return headerId.other;
}

/** The octets are known to be token characters: there, only letters differ from `lower` by the one bit. */
function isSpelled(octets: Uint8Array, from: number, lower: Uint8Array): boolean {
  for (let index = 0; index < lower.length; index += 1) {
    if (((octets[from + index] ?? 0) | 0x20) !== lower[index]) return false;
  }
  return true;
}
