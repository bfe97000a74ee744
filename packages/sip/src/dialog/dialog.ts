import { buildRequest } from "../message/build-request.ts";
import { detach } from "../message/header-text.ts";
import type { SipMessage, SipRequest, SipResponse } from "../message/message.ts";
import { parseNameAddr } from "../message/name-addr.ts";
import { parseSipUri } from "../message/sip-uri.ts";
import { SyntaxProblem } from "../message/syntax-problem.ts";
import type { HeaderLine } from "../transaction/answer.ts";
import type { DialogSnapshot } from "./dialog-snapshot.ts";

/** The dialog at the UAC that a response makes (RFC 3261 §12.1.2): Record-Route in reverse order. */
export function dialogFromResponse(request: SipRequest, response: SipResponse): DialogSnapshot {
  return {
    ...ourParty(request),
    remoteTag: detach(response.to.tag ?? ""),
    remoteUri: detach(response.to.uri),
    remoteTarget: targetOf(response) ?? detach(request.requestUri),
    routeSet: recordRoutesOf(response).reverse(),
    remoteToText: detach(response.to.text),
  };
}

/**
 * The dialog at the subscriber that a NOTIFY makes (RFC 6665 §4.4.1): Record-Route in the order of the NOTIFY, since we
 * are its server.
 */
export function dialogFromNotify(subscribe: SipRequest, notify: SipRequest): DialogSnapshot {
  return {
    ...ourParty(subscribe),
    remoteTag: detach(notify.from.tag ?? ""),
    remoteUri: detach(notify.from.uri),
    remoteSequence: notify.cseq.number,
    remoteTarget: targetOf(notify) ?? detach(subscribe.requestUri),
    routeSet: recordRoutesOf(notify),
    remoteToText: detach(notify.from.text),
  };
}

function ourParty(request: SipRequest): OurParty {
  return {
    callId: detach(request.callId),
    localTag: detach(request.from.tag ?? ""),
    localUri: detach(request.from.uri),
    localSequence: request.cseq.number,
    localFromText: detach(request.from.text),
  };
}

type OurParty = Pick<DialogSnapshot, "callId" | "localTag" | "localUri" | "localSequence" | "localFromText">;

/** The dialog at the UAS that a 2xx to this request makes (RFC 3261 §12.1.1): Record-Route in the order of the request. */
export function dialogFromRequest(request: SipRequest, localTag: string): DialogSnapshot {
  return {
    callId: detach(request.callId),
    localTag,
    remoteTag: detach(request.from.tag ?? ""),
    localUri: detach(request.to.uri),
    remoteUri: detach(request.from.uri),
    localSequence: 0,
    remoteSequence: request.cseq.number,
    remoteTarget: targetOf(request) ?? detach(request.from.uri),
    routeSet: recordRoutesOf(request),
    localFromText: detach(request.to.tag === undefined ? `${request.to.text};tag=${localTag}` : request.to.text),
    remoteToText: detach(request.from.text),
  };
}

function recordRoutesOf(message: SipMessage): string[] {
  return message.values("Record-Route").map(detach);
}

function targetOf(message: SipMessage): string | undefined {
  const contact = message.contacts[0]?.uri;
  return contact === undefined || contact === "*" ? undefined : detach(contact);
}

/** What a request within a dialog adds. */
export interface DialogRequest {
  readonly method: string;
  readonly headers?: readonly HeaderLine[];
  readonly body?: Uint8Array | string;
  /** 70 unless given. */
  readonly maxForwards?: number;
}

export interface BuiltRequest {
  readonly dialog: DialogSnapshot;
  readonly request: SipRequest;
}

/** The next request of ours in the dialog, with the next CSeq (RFC 3261 §12.2.1.1). */
export function nextRequest(dialog: DialogSnapshot, parts: DialogRequest): BuiltRequest {
  const sequence = dialog.localSequence + 1;
  return { dialog: { ...dialog, localSequence: sequence }, request: requestWithin(dialog, sequence, parts) };
}

/** The ACK for a 2xx to our INVITE with this CSeq number (RFC 3261 §13.2.2.4). */
export function acknowledgement(dialog: DialogSnapshot, sequence: number): SipRequest {
  return requestWithin(dialog, sequence, { method: "ACK" });
}

function requestWithin(dialog: DialogSnapshot, sequence: number, parts: DialogRequest): SipRequest {
  const { requestUri, routes } = routing(dialog);
  const headers: HeaderLine[] = [
    ["Max-Forwards", `${parts.maxForwards ?? 70}`],
    ["From", dialog.localFromText],
    ["To", dialog.remoteToText],
    ["Call-ID", dialog.callId],
    ["CSeq", `${sequence} ${parts.method}`],
  ];
  for (const route of routes) headers.push(["Route", route]);
  if (parts.headers !== undefined) headers.push(...parts.headers);
  return buildRequest({ method: parts.method, requestUri, headers, body: parts.body ?? "" });
}

/** A first route without lr is a strict router of RFC 2543: its URI is the Request-URI, the target comes last. */
function routing(dialog: DialogSnapshot): { readonly requestUri: string; readonly routes: readonly string[] } {
  const [first, ...others] = dialog.routeSet;
  if (first === undefined || isLoose(first)) return { requestUri: dialog.remoteTarget, routes: dialog.routeSet };
  const strict = parseNameAddr(first);
  if (strict instanceof SyntaxProblem) return { requestUri: dialog.remoteTarget, routes: dialog.routeSet };
  return { requestUri: strict.uri, routes: [...others, `<${dialog.remoteTarget}>`] };
}

/** Quick for the usual spelling, exact for the rest. */
function isLoose(route: string): boolean {
  if (route.includes(";lr>") || route.includes(";lr;")) return true;
  const parsed = parseNameAddr(route);
  if (parsed instanceof SyntaxProblem) return true;
  const uri = parseSipUri(parsed.uri);
  return uri instanceof SyntaxProblem || uri.parameters.has("lr");
}

/** The dialog with the request's CSeq taken, or undefined when it is not above the last one (RFC 3261 §12.2.2: 500). */
export function acceptSequence(dialog: DialogSnapshot, request: SipRequest): DialogSnapshot | undefined {
  const { number } = request.cseq;
  const last = dialog.remoteSequence;
  return last !== undefined && number <= last ? undefined : { ...dialog, remoteSequence: number };
}

/** The dialog with the Contact of a target refresh request or its 2xx (RFC 3261 §12.2); the route set stays. */
export function refreshTarget(dialog: DialogSnapshot, message: SipMessage): DialogSnapshot {
  const remoteTarget = targetOf(message);
  return remoteTarget === undefined || remoteTarget === dialog.remoteTarget ? dialog : { ...dialog, remoteTarget };
}

/** How far CSeq leaps after a restart: more requests than are sent between two snapshots (gaps are legal, §12.2.1.1). */
export const SEQUENCE_LEAP = 8192;

/** The dialog of a snapshot that may be older than the last request sent in it. */
export function afterRestart(dialog: DialogSnapshot): DialogSnapshot {
  return { ...dialog, localSequence: dialog.localSequence + SEQUENCE_LEAP };
}
