import { partyText, userOf } from "../dialog/party.ts";
import { buildRequest } from "../message/build-request.ts";
import type { SipRequest } from "../message/message.ts";
import type { HeaderLine } from "../transaction/answer.ts";
import { contactOf, type LocalAddress } from "../transaction/local-identity.ts";
import type { SubscribeInit } from "./subscriber-user.ts";

/** What every SUBSCRIBE of a subscription carries (RFC 6665 §4.1.2.1). */
export function subscribeHeaders(
  init: SubscribeInit,
  from: LocalAddress,
  expiresSeconds: number,
): readonly HeaderLine[] {
  const headers: HeaderLine[] = [
    ["Contact", contactOf(from, userOf(init.localUri))],
    ["Event", init.event],
    ["Expires", `${expiresSeconds}`],
  ];
  if (init.accept.length > 0) headers.push(["Accept", init.accept.join(", ")]);
  headers.push(...(init.headers ?? []));
  return headers;
}

export interface InitialParts {
  readonly callId: string;
  readonly localTag: string;
  readonly sequence: number;
  readonly headers: readonly HeaderLine[];
}

/** The SUBSCRIBE that asks for a dialog: no To tag, no Route (RFC 3261 §8.1.1). */
export function initialSubscribe(init: SubscribeInit, parts: InitialParts): SipRequest {
  return buildRequest({
    method: "SUBSCRIBE",
    requestUri: init.remoteUri,
    headers: [
      ["Max-Forwards", "70"],
      ["From", `${partyText(init.localUri, init.localDisplayName)};tag=${parts.localTag}`],
      ["To", partyText(init.remoteUri)],
      ["Call-ID", parts.callId],
      ["CSeq", `${parts.sequence} SUBSCRIBE`],
      ...parts.headers,
    ],
  });
}
