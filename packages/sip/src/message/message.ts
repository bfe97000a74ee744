import { decimal, skipBlanks, trimEnd } from "./character-classes.ts";
import { type CSeq, parseCSeqAt } from "./cseq.ts";
import { type EventValue, parseEventAt, parseSubscriptionStateAt, type SubscriptionStateValue } from "./event.ts";
import { editHeaders, type HeaderEdit } from "./header-edit.ts";
import { headerId } from "./header-name.ts";
import { isSendable } from "./header-text.ts";
import { Headers } from "./headers.ts";
import { type MediaType, parseMediaTypeAt } from "./media-type.ts";
import { type NameAddr, parseNameAddrAt } from "./name-addr.ts";
import { OctetText, type ValueParser } from "./octet-text.ts";
import { parseSipUri, type SipUri } from "./sip-uri.ts";
import { MalformedMessageError, problem, SyntaxProblem } from "./syntax-problem.ts";
import { endOfListValue } from "./value-list.ts";
import { parseViaAt, type Via } from "./via.ts";

/** A request or a response; immutable, tell them apart by `kind`. */
export type SipMessage = SipRequest | SipResponse;

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
    this.cachedTopVia ??= this.required(headerId.via, parseViaAt);
    return this.cachedTopVia;
  }

  /** The first Via value, or undefined when it is missing or malformed: for answers to malformed requests. */
  get readableTopVia(): Via | undefined {
    const { headers } = this;
    const line = headers.indexOf(headerId.via);
    if (line < 0) return undefined;
    const via = parseViaAt(headers.source, headers.valueFrom(line), headers.lineEnd(line));
    return via instanceof SyntaxProblem ? undefined : via;
  }

  get vias(): readonly Via[] {
    return this.list(headerId.via, parseViaAt);
  }

  get from(): NameAddr {
    this.cachedFrom ??= this.required(headerId.from, parseOneNameAddrAt);
    return this.cachedFrom;
  }

  get to(): NameAddr {
    this.cachedTo ??= this.required(headerId.to, parseOneNameAddrAt);
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
    this.cachedContentType ??= this.optional(headerId.contentType, parseOneMediaTypeAt);
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

  private list<T extends { readonly end: number }>(id: number, parse: ValueParser<T>): readonly T[] {
    const { headers } = this;
    const values: T[] = [];
    for (let line = headers.indexOf(id); line >= 0; line = headers.after(line)) {
      const end = headers.lineEnd(line);
      let from = headers.valueFrom(line);
      do {
        const value = this.value(parse, from, end);
        values.push(value);
        from = value.end + 1;
      } while (from <= end);
    }
    return values;
  }

  private value<T>(parse: ValueParser<T>, from: number, end: number): T {
    const value = parse(this.headers.source, from, end);
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
    return new SipRequest({ method, requestUri, headers: editHeaders(headers, edit), body });
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
    return new SipResponse({ status, reason, headers: editHeaders(headers, edit), body });
  }
}

function withTopVia(headers: Headers, value: string): Headers {
  const line = headers.indexOf(headerId.via);
  if (line < 0) return editHeaders(headers, { prepend: [["Via", value]] });
  if (!isSendable(value)) throw new RangeError("Via cannot be sent");
  const { source, first } = headers;
  const from = skipBlanks(source.octets, headers.valueFrom(line), headers.lineEnd(line));
  const end = trimEnd(source.octets, from, endOfListValue(source.octets, from, headers.lineEnd(line)));
  const text = source.text.slice(0, from) + value + source.text.slice(end);
  return new Headers({ source: new OctetText(text), first });
}

function parseOneNameAddrAt(source: OctetText, from: number, end: number): NameAddr | SyntaxProblem {
  const value = parseNameAddrAt(source, from, end);
  return value instanceof SyntaxProblem || value.end === end ? value : problem("one value expected", value.end);
}

function parseOneMediaTypeAt(source: OctetText, from: number, end: number): MediaType | SyntaxProblem {
  const value = parseMediaTypeAt(source, from, end);
  return value instanceof SyntaxProblem || value.end === end ? value : problem("one value expected", value.end);
}

function parseCallIdAt({ octets, text }: OctetText, start: number, stop: number): string | SyntaxProblem {
  const from = skipBlanks(octets, start, stop);
  const end = trimEnd(octets, from, stop);
  if (from === end) return problem("Call-ID expected", from);
  for (let position = from; position < end; position += 1) {
    const code = octets[position] ?? 0;
    if (code <= 0x20 || code === 0x7f) return problem("malformed Call-ID", position);
  }
  return text.slice(from, end);
}

function parseMaxForwardsAt({ octets }: OctetText, start: number, stop: number): number | SyntaxProblem {
  const from = skipBlanks(octets, start, stop);
  const hops = decimal(octets, from, trimEnd(octets, from, stop));
  return hops !== undefined && hops <= 255 ? hops : problem("Max-Forwards of 0 to 255 expected", from);
}

function parseExpiresAt({ octets }: OctetText, start: number, stop: number): number {
  const from = skipBlanks(octets, start, stop);
  return Math.min(decimal(octets, from, trimEnd(octets, from, stop)) ?? 3600, 0xffffffff);
}
