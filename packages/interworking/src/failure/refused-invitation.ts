import type { Dialect } from "@interpres/federation";
import type { AnswerOptions, HeaderLine } from "@interpres/sip";
import type { Invitation } from "../payload/invitation.ts";
import { onTheWire } from "./failure.ts";

/** Warn-code of RFC 3261 §20.43 and what the other side's people read. */
const warnings: Readonly<Record<Exclude<Invitation, "instant-messages">, readonly [number, string]>> = {
  media: [304, "Only instant messages are taken here, no calls and no sharing"],
  file: [304, "Only instant messages are taken here, no files"],
  conference: [399, "Only two people talk here, no conferences"],
  "no-offer": [399, "An offer for instant messages is expected"],
};

/** What Microsoft's servers log of a request that does not pass between federated partners. */
const NOT_BETWEEN_PARTNERS = 1027;

/**
 * The 488 to an invitation that is not for instant messages between two, with the Warning that RFC 3261 §13.3.1.3 asks
 * for and, where the peer's servers read it, their diagnosis. `host`: our name.
 */
export function refusedInvitation(
  invitation: Exclude<Invitation, "instant-messages">,
  { dialect, host }: { readonly dialect: Pick<Dialect, "diagnosticsHeader"> | undefined; readonly host: string },
): AnswerOptions & { readonly status: number } {
  const [code, text] = warnings[invitation];
  const headers: HeaderLine[] = [["Warning", `${code} ${host} "${text}"`]];
  const diagnostics = dialect?.diagnosticsHeader;
  if (diagnostics !== undefined)
    headers.push([diagnostics, `${NOT_BETWEEN_PARTNERS};reason="${text}";source="${host}"`]);
  const { status, reason } = onTheWire["media-not-supported"];
  return { status, reason, headers };
}
