import type { AnswerOptions } from "@interpres/sip";
import type { Invitation } from "../payload/invitation.ts";
import { onTheWire } from "./failure.ts";

/** Warn-code of RFC 3261 §20.43 and what the other side's people read. */
const warnings: Readonly<Record<Exclude<Invitation, "instant-messages">, readonly [number, string]>> = {
  media: [304, "Only instant messages are taken here, no calls and no sharing"],
  file: [304, "Only instant messages are taken here, no files"],
  conference: [399, "Only two people talk here, no conferences"],
  "no-offer": [399, "An offer for instant messages is expected"],
};

/**
 * The 488 to an invitation that is not for instant messages between two, with the Warning that RFC 3261 §13.3.1.3 asks
 * for. `host`: our name.
 */
export function refusedInvitation(
  invitation: Exclude<Invitation, "instant-messages">,
  host: string,
): AnswerOptions & { readonly status: number } {
  const [code, text] = warnings[invitation];
  const { status, reason } = onTheWire["media-not-supported"];
  return { status, reason, headers: [["Warning", `${code} ${host} "${text}"`]] };
}
