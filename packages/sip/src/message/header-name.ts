import { endOfToken } from "./character-classes.ts";

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

interface Candidate {
  readonly id: number;
  readonly lower: string;
}

const spellings = new Map<string, number>();
/** Candidates by length and first letter; the slot of a name is `slotOf`. */
const slots: (Candidate[] | undefined)[] = [];
for (const [id, ...forms] of names) {
  for (const form of forms) {
    if (form === undefined) continue;
    const lower = form.toLowerCase();
    spellings.set(form, id);
    spellings.set(lower, id);
    const slot = slotOf(form.length, form.charCodeAt(0));
    slots[slot] = [...(slots[slot] ?? []), { id, lower }];
  }
}

function slotOf(length: number, firstCode: number): number {
  return (length << 5) | (firstCode & 0x1f);
}

/** The number of a name in any spelling, 0 when it is not one of the numbered ones. */
export function headerIdOf(name: string): number {
  return spellings.get(name) ?? spellings.get(name.toLowerCase()) ?? headerId.other;
}

/** The number of the name at `from..end` of a text. */
export function headerIdAt(text: string, from: number, end: number): number {
  const candidates = slots[slotOf(end - from, text.charCodeAt(from))];
  if (candidates === undefined) return headerId.other;
  for (const { id, lower } of candidates) {
    if (isSpelled(text, from, lower)) return id;
  }
  return headerId.other;
}

/** The characters are known to be token characters: there, only letters differ from `lower` by the one bit. */
function isSpelled(text: string, from: number, lower: string): boolean {
  for (let index = 0; index < lower.length; index += 1) {
    if ((text.charCodeAt(from + index) | 0x20) !== lower.charCodeAt(index)) return false;
  }
  return true;
}

/** Where the header name that begins at `from` ends. */
export function endOfHeaderName(text: string, from: number): number {
  return endOfToken(text, from, text.length);
}
