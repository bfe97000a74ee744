import type { SipRequest } from "@interpres/sip";
import { splitMultipart } from "./multipart.ts";
import { readSdp } from "./sdp.ts";

/** What an INVITE asks for. Only instant messages between two people are taken. */
export type Invitation = "instant-messages" | "media" | "file" | "conference" | "no-offer";

/** An invitation to a conference of Microsoft's, in place of an offer. */
const CONFERENCE_TYPE = "application/ms-conf-invite+xml";
/** What stands beside the offer when a client of Lync or later sends a file. */
const FILE_TYPE = "application/ms-filetransfer+xml";

/** Bodies of INVITE beside SDP that are an invitation all the same: refused as one, not as a type nobody reads. */
export const invitationTypes: readonly string[] = [CONFERENCE_TYPE];

/** Tells invitations apart by what they offer and whom they name. */
export function readInvitation(request: SipRequest): Invitation {
  const type = request.contentType?.type ?? "";
  if (request.body.length === 0) return "no-offer";
  if (type === CONFERENCE_TYPE || hasThirdPerson(request)) return "conference";
  if (type.startsWith("multipart/")) return carriesFile(request) ? "file" : "media";
  const offer = readSdp(request.body);
  if (offer.kind === "im") return "instant-messages";
  return offer.kind === "other-media" && offer.media === "data" ? "file" : "media";
}

/** A third person: a conference in all but name. */
function hasThirdPerson(request: SipRequest): boolean {
  return request.values("EndPoints").length > 2 || /^\s*true\s*$/i.test(request.first("TriggeredInvite") ?? "");
}

function carriesFile({ contentType, body }: SipRequest): boolean {
  const parts = contentType === undefined ? [] : (splitMultipart(contentType, body) ?? []);
  return parts.some(({ mediaType }) => mediaType.type === FILE_TYPE);
}
