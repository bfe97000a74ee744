import { argon2, timingSafeEqual } from "node:crypto";
import type { Random } from "@interpres/runtime";

/** Argon2id (RFC 9106) with 19 MiB, two passes, one lane: about 30 ms of one core. */
const COST = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const SALT_OCTETS = 16;
const TAG_OCTETS = 32;
/** Costs above these in a stored hash are not of our making. */
const MOST = { memory: 1_048_576, passes: 16, parallelism: 16 } as const;

interface PasswordHash {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
  readonly salt: Buffer;
  readonly tag: Buffer;
}

/** A PHC string: algorithm, costs, salt and tag. */
export async function hashAdministratorPassword(password: string, random: Random): Promise<string> {
  const salt = Buffer.from(random.bytes(SALT_OCTETS));
  const tag = await derive(password, { ...COST, salt, tagLength: TAG_OCTETS });
  const { memory, passes, parallelism } = COST;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(tag)}`;
}

/** False also for a hash that cannot be read. */
export async function isPassword(password: string, hash: string): Promise<boolean> {
  const stored = parseHash(hash);
  if (stored === undefined) return false;
  const tag = await derive(password, { ...stored, tagLength: stored.tag.length });
  return timingSafeEqual(tag, stored.tag);
}

/** Costs what a check costs and is never right: for names nobody has, so that time does not tell which names exist. */
export async function checkNobody(password: string): Promise<false> {
  await derive(password, { ...COST, salt: Buffer.alloc(SALT_OCTETS), tagLength: TAG_OCTETS });
  return false;
}

interface Derivation extends Omit<PasswordHash, "tag"> {
  readonly tagLength: number;
}

function derive(password: string, { salt, ...costs }: Derivation): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    argon2("argon2id", { message: Buffer.from(password, "utf8"), nonce: salt, ...costs }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

function parseHash(text: string): PasswordHash | undefined {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(text);
  if (match === null) return undefined;
  const [memory, passes, parallelism] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (memory > MOST.memory || passes > MOST.passes || parallelism > MOST.parallelism) return undefined;
  const salt = Buffer.from(match[4] ?? "", "base64");
  return { memory, passes, parallelism, salt, tag: Buffer.from(match[5] ?? "", "base64") };
}

function unpadded(octets: Buffer): string {
  return octets.toString("base64").replace(/=+$/, "");
}
