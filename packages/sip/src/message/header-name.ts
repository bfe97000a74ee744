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
/** By `slotOf`: the id of the one known name there, and where its lower case octets are in `spelled`. Flat, as it is hot. */
const ids = new Uint8Array(256);
const lengths = new Uint8Array(256);
const places = new Uint16Array(256);
const spelled: Uint8Array = Buffer.from(
  names
    .map(([, canonical, compact = ""]) => canonical + compact)
    .join("")
    .toLowerCase(),
);

let place = 0;
for (const [id, canonical, compact] of names) {
  for (const form of compact === undefined ? [canonical] : [canonical, compact]) {
    spellings.set(form, id).set(form.toLowerCase(), id);
    const slot = slotOf(spelled, place, place + form.length);
    if (ids[slot] !== 0) throw new Error(`${form} shares its slot: choose other factors in slotOf`);
    ids[slot] = id;
    lengths[slot] = form.length;
    places[slot] = place;
    place += form.length;
  }
}

/** A number below 256 of length, first and last letter, for each known name another. */
function slotOf(octets: Uint8Array, from: number, end: number): number {
  const first = (octets[from] ?? 0) | 0x20;
  const last = (octets[end - 1] ?? 0) | 0x20;
  return ((first * 28) ^ last ^ ((end - from) * 5)) & 0xff;
}

/** The number of a name in any spelling, 0 when it is not one of the numbered ones. */
export function headerIdOf(name: string): number {
  return spellings.get(name) ?? spellings.get(name.toLowerCase()) ?? headerId.other;
}

/** The number of the name at `from..end`, all token characters: of these, only letters differ by the one bit. */
export function headerIdAt(octets: Uint8Array, from: number, end: number): number {
  const slot = slotOf(octets, from, end);
  if (lengths[slot] !== end - from) return headerId.other;
  const offset = (places[slot] ?? 0) - from;
  for (let position = from; position < end; position += 1) {
    if (((octets[position] ?? 0) | 0x20) !== spelled[position + offset]) return headerId.other;
  }
  return ids[slot] ?? headerId.other;
}
