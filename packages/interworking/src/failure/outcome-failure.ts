import { peerReasonsIn } from "@interpres/federation";
import { decodeUtf8, type RequestOutcome, reasonPhrase, type SipResponse, statusOf } from "@interpres/sip";
import { type Jid, type Message, makeMessage } from "@interpres/xmpp";
import { el } from "@interpres/xmpp/xml";
import { jidOfSipAddress, readSipAddress } from "../address/sip-uri-to-jid.ts";
import { oneLine } from "../payload/plain-text.ts";
import { type FailureCause, onTheWire } from "./failure.ts";
import { type StanzaFailure, stanzaOfStatus } from "./status-to-stanza.ts";

const JABBER_CLIENT = "jabber:client";
const STANZAS = "urn:ietf:params:xml:ns:xmpp-stanzas";
const MAX_TEXT = 256;
const MAX_REASONS = 4;

/** Why a message did not get there, in the words its sender gets. */
export interface SendFailure extends StanzaFailure {
  /** Status and reason. */
  readonly text: string;
  readonly status: number;
  /** Where the peer says she is now (RFC 7247 §7.2 note 1): `xmpp:` and a JID. */
  readonly newAddress?: string;
}

/** A peer's final answer, or the lack of one, as a stanza error (RFC 7247 §7.2). */
export function failureOfOutcome(outcome: RequestOutcome): SendFailure {
  const status = statusOf(outcome);
  const reason = outcome.kind === "failed" ? reasonPhrase(status) : oneLine(decodeUtf8(outcome.reason));
  const newAddress = status === 301 ? movedTo(outcome) : undefined;
  // A `gone` without the new address would say that she is nowhere.
  const failure = stanzaOfStatus(status === 301 && newAddress === undefined ? 302 : status);
  // A domain without a way to it, or one we do not federate with, is not a person who is missing.
  const isUnknown = outcome.kind === "unroutable" && outcome.rule !== "retry-after";
  const isNoWay = isUnknown && (status === 404 || status === 403);
  const said = isNoWay ? ({ type: "cancel", condition: "remote-server-not-found" } as const) : failure;
  const text = `${status} ${reason}`.trim().slice(0, MAX_TEXT);
  return newAddress === undefined ? { ...said, status, text } : { ...said, status, text, newAddress };
}

function movedTo(outcome: RequestOutcome): string | undefined {
  const contact = outcome.kind === "answered" ? outcome.response.contacts[0] : undefined;
  const address = contact === undefined ? undefined : readSipAddress(contact.uri);
  const jid = address === undefined ? undefined : jidOfSipAddress(address);
  return jid === undefined ? undefined : `xmpp:${jid}`;
}

/** A status that comes without an answer of its own, as a stanza error. */
export function failureOfStatus(status: number): SendFailure {
  return { ...stanzaOfStatus(status), status, text: `${status} ${reasonPhrase(status)}`.trim() };
}

/** One of our own rules as a stanza error. */
export function failureOfCause(cause: FailureCause): SendFailure {
  const { status, stanza, reason } = onTheWire[cause];
  return { type: stanza[0], condition: stanza[1], status, text: reason };
}

/** What administrators want to see of a refusal and users must not: the peer's own diagnosis. */
export function diagnosisOf(outcome: RequestOutcome): Readonly<Record<string, string>> {
  if (outcome.kind === "failed") return { cause: outcome.cause, detail: outcome.detail };
  if (outcome.kind === "unroutable") return { rule: outcome.rule, reason: outcome.reason };
  return diagnosisIn(outcome.response);
}

/** The same of a response: each reason in it under a number, with what it means, and what may help. */
export function diagnosisIn(response: SipResponse): Readonly<Record<string, string>> {
  const reasons = peerReasonsIn(response).slice(0, MAX_REASONS);
  const said = reasons.map(({ text }, index) => [`reason${index + 1}`, oneLine(text).slice(0, 512)]);
  const remedy = reasons.find((reason) => reason.remedy !== undefined)?.remedy;
  return { ...Object.fromEntries(said), ...(remedy === undefined ? {} : { remedy }) };
}

export interface ErrorMessageInit {
  /** The foreign address the message was for. */
  readonly from: Jid;
  /** Its sender. */
  readonly to: Jid;
  readonly id: string | undefined;
  readonly failure: SendFailure;
}

/** The error stanza for a message that did not get there (RFC 6120 §8.3). */
export function errorMessage({ from, to, id, failure }: ErrorMessageInit): Message {
  const content = failure.newAddress === undefined ? [] : [failure.newAddress];
  const condition = el(failure.condition, STANZAS, {}, ...content);
  const text = el("text", STANZAS, { "xml:lang": "en" }, failure.text);
  return makeMessage(
    { type: "error", from, to, id },
    el("error", JABBER_CLIENT, { type: failure.type }, condition, text),
  );
}
