import { prepareDomain, prepareLocal, prepareResource } from "./prepare.ts";

/**
 * `localpart@domainpart` or `domainpart` (RFC 7622 §3.1), prepared: equal addresses have equal text, so `toString()` is a
 * key. Only `parseJid` and its neighbours make one from foreign text.
 */
export class BareJid {
  readonly kind = "bare";
  /** "" for the address of a domain. */
  readonly local: string;
  readonly domain: string;
  readonly #text: string;

  /** The parts must be prepared already. */
  constructor(local: string, domain: string) {
    this.local = local;
    this.domain = domain;
    this.#text = local === "" ? domain : `${local}@${domain}`;
  }

  /** Itself: so that any JID has its bare form. */
  get bare(): BareJid {
    return this;
  }

  withResource(resource: string): FullJid {
    return new FullJid(this, resource);
  }

  equals(other: Jid): boolean {
    return other.toString() === this.#text;
  }

  toString(): string {
    return this.#text;
  }

  toJSON(): string {
    return this.#text;
  }
}

/** A bare JID with a resourcepart, prepared. */
export class FullJid {
  readonly kind = "full";
  readonly bare: BareJid;
  readonly resource: string;
  readonly #text: string;

  /** The resource must be prepared already. */
  constructor(bare: BareJid, resource: string) {
    this.bare = bare;
    this.resource = resource;
    this.#text = `${bare}/${resource}`;
  }

  get local(): string {
    return this.bare.local;
  }

  get domain(): string {
    return this.bare.domain;
  }

  equals(other: Jid): boolean {
    return other.toString() === this.#text;
  }

  toString(): string {
    return this.#text;
  }

  toJSON(): string {
    return this.#text;
  }
}

export type Jid = BareJid | FullJid;

/** Longest text that can be a JID (RFC 7622 §3.1), three parts and two separators, before preparation. */
const MAX_TEXT = 4 * 3071;

/** Splits (RFC 7622 §3.2: first "/" first, then first "@") and prepares; undefined for what is no JID. */
export function parseJid(text: string): Jid | undefined {
  if (text.length > MAX_TEXT) return undefined;
  const slash = text.indexOf("/");
  const bareText = slash < 0 ? text : text.slice(0, slash);
  const at = bareText.indexOf("@");
  const bare = makeBare(at < 0 ? undefined : bareText.slice(0, at), bareText.slice(at + 1));
  if (bare === undefined || slash < 0) return bare;
  const resource = prepareResource(text.slice(slash + 1));
  return resource === undefined ? undefined : new FullJid(bare, resource);
}

/** A bare JID from text; undefined for what is none, or has a resource. */
export function parseBareJid(text: string): BareJid | undefined {
  const jid = parseJid(text);
  return jid?.kind === "bare" ? jid : undefined;
}

/** A bare JID from parts not prepared yet; `local` undefined for a domain's own address. */
export function makeBare(local: string | undefined, domain: string): BareJid | undefined {
  const preparedDomain = prepareDomain(domain);
  if (preparedDomain === undefined) return undefined;
  if (local === undefined) return new BareJid("", preparedDomain);
  const preparedLocal = prepareLocal(local);
  return preparedLocal === undefined ? undefined : new BareJid(preparedLocal, preparedDomain);
}
