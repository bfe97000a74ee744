import { skipBlanks, trimEnd } from "./character-classes.ts";
import { type CSeq, decimal, parseCSeqAt } from "./cseq.ts";
import { type EventValue, parseEventAt, parseSubscriptionStateAt, type SubscriptionStateValue } from "./event.ts";
import { headerId } from "./header-name.ts";
import { type HeaderEdit, Headers } from "./headers.ts";
import { type MediaType, parseMediaTypeAt } from "./media-type.ts";
import { type NameAddr, parseNameAddrAt } from "./name-addr.ts";
import { parseSipUri, type SipUri } from "./sip-uri.ts";
import { MalformedMessageError, problem, SyntaxProblem } from "./syntax-problem.ts";
import { splitValues } from "./value-list.ts";
import { parseViaAt, type Via } from "./via.ts";

/** A request or a response; immutable, tell them apart by `kind`. */
export type SipMessage = SipRequest | SipResponse;

type ValueParser<T> = (text: string, from: number, end: number) => T | SyntaxProblem;

/**
 * What requests and responses share. Accessors parse at first use and remember. They throw MalformedMessageError on a
 * missing mandatory header and on malformed octets; after `checkMandatory` found nothing, none of them throws.
 */
abstract class Message {
  readonly headers: Headers;
  readonly body: Uint8Array;
  private cachedTopVia: Via | undefined;
  private cachedFrom: NameAddr | undefined;
  private cachedTo: NameAddr | undefined;
  private cachedCallId: string | undefined;
  private cachedCSeq: CSeq | undefined;
  private cachedContacts: readonly NameAddr[] | undefined;
  private cachedContentType: MediaType | undefined;
  private cachedEvent: EventValue | undefined;
  private cachedSubscriptionState: SubscriptionStateValue | undefined;

  constructor(headers: Headers, body: Uint8Array) {
    this.headers = headers;
    this.body = body;
    this.cachedTopVia = undefined;
    this.cachedFrom = undefined;
    this.cachedTo = undefined;
    this.cachedCallId = undefined;
    this.cachedCSeq = undefined;
    this.cachedContacts = undefined;
    this.cachedContentType = undefined;
    this.cachedEvent = undefined;
    this.cachedSubscriptionState = undefined;
  }

  /** The first value of the first Via line. */
  get topVia(): Via {
    this.cachedTopVia ??= this.firstOfList(headerId.via, parseViaAt);
    return this.cachedTopVia;
  }

  /** The first Via value, or undefined when it is missing or malformed: for answers to malformed requests. */
  get readableTopVia(): Via | undefined {
    const line = this.headers.indexOf(headerId.via);
    if (line < 0) return undefined;
    const [from = 0, end = 0] = splitValues(
      this.headers.text,
      this.headers.valueFrom(line),
      this.headers.lineEnd(line),
    );
    const via = parseViaAt(this.headers.text, from, end);
    return via instanceof SyntaxProblem ? undefined : via;
  }

  get vias(): readonly Via[] {
    return this.list(headerId.via, parseViaAt);
  }

  get from(): NameAddr {
    this.cachedFrom ??= this.required(headerId.from, parseNameAddrAt);
    return this.cachedFrom;
  }

  get to(): NameAddr {
    this.cachedTo ??= this.required(headerId.to, parseNameAddrAt);
    return this.cachedTo;
  }

  get callId(): string {
    this.cachedCallId ??= this.required(headerId.callId, parseCallIdAt);
    return this.cachedCallId;
  }

  get cseq(): CSeq {
    this.cachedCSeq ??= this.required(headerId.cseq, parseCSeqAt);
    return this.cachedCSeq;
  }

  /** 0 to 255 (RFC 3261 §20.22). */
  get maxForwards(): number | undefined {
    return this.optional(headerId.maxForwards, parseMaxForwardsAt);
  }

  get contacts(): readonly NameAddr[] {
    this.cachedContacts ??= this.list(headerId.contact, parseNameAddrAt);
    return this.cachedContacts;
  }

  get routes(): readonly NameAddr[] {
    return this.list(headerId.route, parseNameAddrAt);
  }

  get recordRoutes(): readonly NameAddr[] {
    return this.list(headerId.recordRoute, parseNameAddrAt);
  }

  /** Seconds; a malformed value counts as 3600, one above 2^32-1 as 2^32-1 (RFC 3261 §10.2.1.1, §10.3). */
  get expires(): number | undefined {
    return this.optional(headerId.expires, parseExpiresAt);
  }

  get contentType(): MediaType | undefined {
    this.cachedContentType ??= this.optional(headerId.contentType, parseMediaTypeAt);
    return this.cachedContentType;
  }

  get event(): EventValue | undefined {
    this.cachedEvent ??= this.optional(headerId.event, parseEventAt);
    return this.cachedEvent;
  }

  get subscriptionState(): SubscriptionStateValue | undefined {
    this.cachedSubscriptionState ??= this.optional(headerId.subscriptionState, parseSubscriptionStateAt);
    return this.cachedSubscriptionState;
  }

  /** The first line with that name (canonical or compact, any case): unfolded, blanks around it off. */
  first(name: string): string | undefined {
    return this.headers.firstValue(name);
  }

  /** As `first`, each line with that name in order of appearance. */
  all(name: string): readonly string[] {
    return this.headers.linesOf(name).map((line) => this.headers.valueOf(line));
  }

  /** The comma-separated values of all lines with that name, exact but for folds; empty ones are left out. */
  values(name: string): readonly string[] {
    return this.headers.values(name);
  }

  private required<T>(id: number, parse: ValueParser<T>): T {
    const value = this.optional(id, parse);
    if (value === undefined) throw new MalformedMessageError(problem("mandatory header missing", this.headers.first));
    return value;
  }

  private optional<T>(id: number, parse: ValueParser<T>): T | undefined {
    const { headers } = this;
    const line = headers.indexOf(id);
    return line < 0 ? undefined : this.value(parse, headers.valueFrom(line), headers.lineEnd(line));
  }

  private firstOfList<T>(id: number, parse: ValueParser<T>): T {
    const { headers } = this;
    const line = headers.indexOf(id);
    if (line < 0) throw new MalformedMessageError(problem("mandatory header missing", headers.first));
    const [from = 0, end = 0] = splitValues(headers.text, headers.valueFrom(line), headers.lineEnd(line));
    return this.value(parse, from, end);
  }

  private list<T>(id: number, parse: ValueParser<T>): readonly T[] {
    const { headers } = this;
    const values: T[] = [];
    for (let line = headers.indexOf(id); line >= 0; line = headers.indexOf(id, line + 1)) {
      const places = splitValues(headers.text, headers.valueFrom(line), headers.lineEnd(line));
      for (let at = 0; at < places.length; at += 2) {
        values.push(this.value(parse, places[at] ?? 0, places[at + 1] ?? 0));
      }
    }
    return values;
  }

  private value<T>(parse: ValueParser<T>, from: number, end: number): T {
    const value = parse(this.headers.text, from, end);
    if (value instanceof SyntaxProblem) throw new MalformedMessageError(value);
    return value;
  }
}

/** A SIP request. */
export class SipRequest extends Message {
  readonly kind = "request";
  /** As written: methods are case-sensitive. */
  readonly method: string;
  /** As received. */
  readonly requestUri: string;

  constructor(init: {
    readonly method: string;
    readonly requestUri: string;
    readonly headers: Headers;
    readonly body: Uint8Array;
  }) {
    super(init.headers, init.body);
    this.method = init.method;
    this.requestUri = init.requestUri;
  }

  /** The Request-URI taken apart; a problem with status 416 for another scheme than SIP and SIPS. */
  uri(): SipUri | SyntaxProblem {
    return parseSipUri(this.requestUri);
  }

  /** A request with other header lines; untouched ones stay exact. Content-Length is not for callers to change. */
  with(edit: HeaderEdit): SipRequest {
    const { method, requestUri, headers, body } = this;
    return new SipRequest({ method, requestUri, headers: new Headers(headers.edited(edit), headers.first), body });
  }

  /** The request with another topmost Via value (RFC 3261 §18.2.1, RFC 3581 §4); all else stays exact. */
  withTopVia(value: string): SipRequest {
    const { method, requestUri, headers, body } = this;
    return new SipRequest({ method, requestUri, headers: withTopVia(headers, value), body });
  }
}

/** A SIP response. */
export class SipResponse extends Message {
  readonly kind = "response";
  /** 100 to 699. */
  readonly status: number;
  /** As received, in octets: `decodeUtf8` makes it readable. */
  readonly reason: string;

  constructor(init: {
    readonly status: number;
    readonly reason: string;
    readonly headers: Headers;
    readonly body: Uint8Array;
  }) {
    super(init.headers, init.body);
    this.status = init.status;
    this.reason = init.reason;
  }

  /** As `SipRequest.with`. */
  with(edit: HeaderEdit): SipResponse {
    const { status, reason, headers, body } = this;
    return new SipResponse({ status, reason, headers: new Headers(headers.edited(edit), headers.first), body });
  }
}

function withTopVia(headers: Headers, value: string): Headers {
  const line = headers.indexOf(headerId.via);
  if (line < 0) return new Headers(headers.edited({ prepend: [["Via", value]] }), headers.first);
  const { text, first } = headers;
  const [from = 0, end = 0] = splitValues(text, headers.valueFrom(line), headers.lineEnd(line));
  return new Headers(text.slice(0, from) + value + text.slice(end), first);
}

function parseCallIdAt(text: string, start: number, stop: number): string | SyntaxProblem {
  const from = skipBlanks(text, start, stop);
  const end = trimEnd(text, from, stop);
  if (from === end) return problem("Call-ID expected", from);
  for (let position = from; position < end; position += 1) {
    const code = text.charCodeAt(position);
    if (code <= 0x20 || code === 0x7f) return problem("malformed Call-ID", position);
  }
  return text.slice(from, end);
}

function parseMaxForwardsAt(text: string, start: number, stop: number): number | SyntaxProblem {
  const from = skipBlanks(text, start, stop);
  return decimal(text, [from, trimEnd(text, from, stop)], 255) ?? problem("Max-Forwards of 0 to 255 expected", from);
}

function parseExpiresAt(text: string, start: number, stop: number): number {
  const from = skipBlanks(text, start, stop);
  const seconds = decimal(text, [from, trimEnd(text, from, stop)], Number.MAX_SAFE_INTEGER);
  return Math.min(seconds ?? 3600, 0xffffffff);
}
