import Type from "typebox";
import { type AvailabilityMapping, MappingChoice, mappingFor } from "./availability-mapping.ts";
import type { IntegrationType } from "./sip-federated-domain.ts";

/** What one kind of peer needs: a table of choices, read by translation and pacing. A new peer is a new table. */
export interface Dialect {
  /** The presence document we send. Both kinds are understood from anybody. */
  readonly presenceFormat: "microsoft-pidf" | "rpid-pidf";
  /** Which words of availability stand for each other. */
  readonly mapping: AvailabilityMapping;
  /**
   * What a watcher is shown before our user decided, and after she said no. "closed": an active subscription to someone
   * offline, the polite block of RFC 3856 §6.6.2; Microsoft's clients know nothing else.
   */
  readonly undecidedView: "pending" | "closed";
  readonly refusedView: "rejected" | "closed";
  /** Instant messages inside an INVITE session, or each on its own (RFC 3428). Both are accepted from anybody. */
  readonly messageMode: "session" | "page";
  /** What we say we take: `Accept` of SUBSCRIBE and MESSAGE bodies, preferred first. */
  readonly presenceAcceptTypes: readonly string[];
  readonly acceptTypes: readonly string[];
  /**
   * "html": fonts and colours come along. Our session descriptions take text/html too, which is read in any case; our users'
   * markup goes as such in sessions that take it, and in pages.
   */
  readonly richText: "none" | "html";
  readonly typing: "keyboard-activity" | "is-composing" | "none";
  /** Where the peer's servers look for the reason of a refusal, beside Warning. Without it they log one of their own. */
  readonly diagnosticsHeader: "ms-diagnostics-public" | undefined;
  /** Our answer to a page-mode message a client has taken. */
  readonly pageAnswer: 200 | 202;
  /** What a page-mode message is to our users: RFC 7572 §5 gives it no type, many clients then open a window for each. */
  readonly pageType: "normal" | "chat";
  /** Octets of a whole MESSAGE outside a session; longer ones are refused (RFC 3428 §8 allows 1300 where the path is unknown). */
  readonly pageRequestBytes: number;
  /** Whether the peer takes message/cpim, and in it the wish to hear what becomes of a message (RFC 5438). */
  readonly receipts: "imdn" | "none";
  /** Whether a request to a `sips:` address is carried on to XMPP, which promises less (RFC 7247 §8). */
  readonly securedUris: "refused" | "carried";
  /** Least seconds between two NOTIFYs to one watcher that no SUBSCRIBE asked for (RFC 3856 §6.10 advises 5); 0 = none. */
  readonly notifyIntervalSeconds: number;
  /** Requests that the peer's edge takes of us in any second, of every method; messages before presence before refreshes. */
  readonly ratePerSecond: number;
  /** How many of these may leave at once. */
  readonly burst: number;
  /** What we take from the peer before we answer 503 with Retry-After. */
  readonly inboundRatePerSecond: number;
  readonly inboundBurst: number;
  /** How long the peer may take to accept a session. */
  readonly inviteTimeoutSeconds: number;
  /** A session without messages is ended after this long. */
  readonly idleSessionSeconds: number;
  readonly subscribeExpiresSeconds: number;
  /** UTF-8 octets of one message's text in a session; longer ones are split. */
  readonly maxMessageBytes: number;
  /** Form of the PIDF `entity`: a full `pres:`/`sip:` URI, or the bare address. */
  readonly pidfEntity: "sip-uri" | "bare-address";
  /**
   * How users are named in addresses: as our users write them, or by screen names, where case and blanks do not count and
   * an address of another domain stands as `user(domain)`.
   */
  readonly userNames: "as-written" | "screen-names";
  /** What text/plain may hold: text, or the HTML of AIM's clients all the same. */
  readonly plainText: "text" | "perhaps-html";
}

const microsoft: Dialect = {
  presenceFormat: "microsoft-pidf",
  mapping: mappingFor("microsoft"),
  undecidedView: "closed",
  refusedView: "closed",
  messageMode: "session",
  presenceAcceptTypes: ["application/pidf+xml"],
  acceptTypes: ["text/plain"],
  richText: "none",
  typing: "keyboard-activity",
  diagnosticsHeader: "ms-diagnostics-public",
  pageAnswer: 200,
  pageType: "chat",
  pageRequestBytes: 1300,
  securedUris: "refused",
  receipts: "none",
  notifyIntervalSeconds: 0,
  // A server that does not know us takes 20 messages in any second.
  ratePerSecond: 20,
  burst: 10,
  inboundRatePerSecond: 10_000,
  inboundBurst: 20_000,
  inviteTimeoutSeconds: 60,
  idleSessionSeconds: 600,
  subscribeExpiresSeconds: 7200,
  maxMessageBytes: 4000,
  pidfEntity: "sip-uri",
  userNames: "as-written",
  plainText: "text",
};

const aol: Dialect = {
  ...microsoft,
  mapping: mappingFor("aol"),
  typing: "none",
  diagnosticsHeader: undefined,
  pidfEntity: "bare-address",
  userNames: "screen-names",
  plainText: "perhaps-html",
  maxMessageBytes: 1000,
};

const standard: Dialect = {
  ...microsoft,
  presenceFormat: "rpid-pidf",
  mapping: mappingFor("standard"),
  undecidedView: "pending",
  refusedView: "rejected",
  messageMode: "page",
  acceptTypes: ["text/plain", "application/im-iscomposing+xml"],
  typing: "is-composing",
  diagnosticsHeader: undefined,
  pageType: "normal",
  notifyIntervalSeconds: 5,
  // Nobody publishes a limit here: these only bound what one peer can make us queue or do.
  ratePerSecond: 20_000,
  burst: 20_000,
  inboundRatePerSecond: 50_000,
  inboundBurst: 100_000,
  subscribeExpiresSeconds: 3600,
  maxMessageBytes: 65_536,
};

/** The dialect of each integration type before overrides. */
export const dialects: Readonly<Record<IntegrationType, Dialect>> = { microsoft, aol, standard };

const positive = (): Type.TOptional<Type.TInteger> => Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 }));

/** What an administrator may say otherwise of one domain. */
export const DialectOverride = Type.Object(
  {
    domain: Type.String({ minLength: 1, maxLength: 255 }),
    mapping: Type.Optional(MappingChoice),
    messageMode: Type.Optional(Type.Enum(["session", "page"])),
    richText: Type.Optional(Type.Enum(["none", "html"])),
    typing: Type.Optional(Type.Enum(["keyboard-activity", "is-composing", "none"])),
    pageAnswer: Type.Optional(Type.Enum([200, 202])),
    pageType: Type.Optional(Type.Enum(["normal", "chat"])),
    pageRequestBytes: Type.Optional(Type.Integer({ minimum: 500, maximum: 1_000_000 })),
    receipts: Type.Optional(Type.Enum(["imdn", "none"])),
    securedUris: Type.Optional(Type.Enum(["refused", "carried"])),
    notifyIntervalSeconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 3600 })),
    ratePerSecond: positive(),
    burst: positive(),
    inboundRatePerSecond: positive(),
    inboundBurst: positive(),
    inviteTimeoutSeconds: positive(),
    idleSessionSeconds: positive(),
    subscribeExpiresSeconds: positive(),
    maxMessageBytes: positive(),
  },
  { additionalProperties: false },
);
export type DialectOverride = Readonly<Type.Static<typeof DialectOverride>>;

/** The table of `integrationType` with what the administrator said otherwise. */
export function dialectWith(integrationType: IntegrationType, override: DialectOverride | undefined): Dialect {
  const base = dialects[integrationType];
  if (override === undefined) return base;
  const { domain: _, mapping, ...choices } = override;
  return { ...base, ...choices, ...(mapping === undefined ? {} : { mapping: mappingFor(integrationType, mapping) }) };
}
