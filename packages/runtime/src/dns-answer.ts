import type { Answer, DecodedPacket } from "dns-packet";
import type { DnsAnswer, RecordTypes } from "./resolver.ts";

/** What one reply says: an answer, or an alias whose target must be asked for itself. */
export type DnsReading<Type extends keyof RecordTypes> =
  | { readonly kind: "answer"; readonly answer: DnsAnswer<Type> }
  | { readonly kind: "alias"; readonly target: string; readonly ttlSeconds: number };

const NO_ERROR = 0;
const NAME_ERROR = 3;
/** A peer's zone may hold any number; nobody tries more hosts than this. */
const MAXIMUM_RECORDS = 64;
const LONGEST_ALIAS_CHAIN = 8;
const LONGEST_NAME = 253;

/** The response code of a reply (RFC 1035 §4.1.1). */
export function responseCodeOf(reply: DecodedPacket): number {
  return (reply.flags ?? 0) & 0xf;
}

/**
 * Reads a reply to `name` `type`: follows CNAMEs within the answer section (RFC 1034 §3.6.2), takes the records of the
 * name they end at, and for a negative answer the time to live of RFC 2308 §5. Records with unusable names are left out.
 */
export function readReply<Type extends keyof RecordTypes>(
  reply: DecodedPacket,
  name: string,
  type: Type,
): DnsReading<Type> {
  const code = responseCodeOf(reply);
  if (code !== NO_ERROR && code !== NAME_ERROR) return failed(`response code ${code}`);
  const answers = reply.answers ?? [];
  let owner = name.toLowerCase();
  let ttlSeconds = Number.POSITIVE_INFINITY;
  for (let length = 0; ; length += 1) {
    const records = recordsOf(answers, owner, type);
    if (records.found.length > 0) {
      const ttl = Math.min(ttlSeconds, records.ttlSeconds);
      return { kind: "answer", answer: { kind: "records", records: records.found, ttlSeconds: ttl } };
    }
    const alias = aliasOf(answers, owner);
    if (alias === undefined) break;
    if (length === LONGEST_ALIAS_CHAIN) return failed("too many aliases");
    owner = alias.target;
    ttlSeconds = Math.min(ttlSeconds, alias.ttlSeconds);
  }
  if (owner !== name.toLowerCase() && code === NO_ERROR && !hasAuthority(reply)) {
    return { kind: "alias", target: owner, ttlSeconds };
  }
  return { kind: "answer", answer: { kind: "none", ttlSeconds: Math.min(ttlSeconds, negativeTtlOf(reply)) } };
}

/** A name that can be asked for (RFC 1035 §2.3.4), in ASCII; underscores allowed as service names need them. */
export function isDomainName(name: string): boolean {
  return name.length <= LONGEST_NAME && /^(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}$/i.test(name);
}

function failed(reason: string): { readonly kind: "answer"; readonly answer: { kind: "failed"; reason: string } } {
  return { kind: "answer", answer: { kind: "failed", reason } };
}

function recordsOf<Type extends keyof RecordTypes>(
  answers: readonly Answer[],
  owner: string,
  type: Type,
): { readonly found: readonly RecordTypes[Type][]; readonly ttlSeconds: number } {
  const found: RecordTypes[Type][] = [];
  let ttlSeconds = Number.POSITIVE_INFINITY;
  for (const answer of answers) {
    if (answer.type !== type || nameOf(answer.name) !== owner) continue;
    const record = recordOf(answer);
    if (record === undefined) continue;
    ttlSeconds = Math.min(ttlSeconds, answer.ttl ?? 0);
    if (found.length < MAXIMUM_RECORDS) found.push(record as RecordTypes[Type]);
  }
  return { found, ttlSeconds };
}

function recordOf(answer: Answer): RecordTypes[keyof RecordTypes] | undefined {
  if (answer.type === "A" || answer.type === "AAAA") return { address: answer.data };
  if (answer.type === "PTR") {
    const name = targetOf(answer.data);
    return name === undefined || name === "" ? undefined : { name };
  }
  if (answer.type === "SRV") {
    const { priority = 0, weight = 0, port, target } = answer.data;
    const host = targetOf(target);
    return host === undefined ? undefined : { priority, weight, port, target: host };
  }
  if (answer.type === "NAPTR") {
    const { order, preference, flags, services, regexp } = answer.data;
    const replacement = targetOf(answer.data.replacement);
    return replacement === undefined ? undefined : { order, preference, flags, services, regexp, replacement };
  }
  return undefined;
}

/** The root, ".", is the empty string: no such service (RFC 2782), no replacement (RFC 3403 §4.1). */
function targetOf(name: string): string | undefined {
  const target = nameOf(name);
  return target === "" || isDomainName(target) ? target : undefined;
}

function aliasOf(answers: readonly Answer[], owner: string): { target: string; ttlSeconds: number } | undefined {
  for (const answer of answers) {
    if (answer.type !== "CNAME" || nameOf(answer.name) !== owner) continue;
    const target = nameOf(answer.data);
    if (isDomainName(target)) return { target, ttlSeconds: answer.ttl ?? 0 };
  }
  return undefined;
}

function nameOf(name: string): string {
  const lower = name.toLowerCase();
  return lower.endsWith(".") ? lower.slice(0, -1) : lower;
}

function hasAuthority(reply: DecodedPacket): boolean {
  return (reply.authorities ?? []).some((record) => record.type === "SOA");
}

/** RFC 2308 §5: the smaller of the SOA's own time to live and its minimum; without SOA it is not to be kept. */
function negativeTtlOf(reply: DecodedPacket): number {
  for (const record of reply.authorities ?? []) {
    if (record.type === "SOA") return Math.min(record.ttl ?? 0, record.data.minimum ?? 0);
  }
  return 0;
}
