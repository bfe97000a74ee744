import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from "node:crypto";
import { saslPrep } from "./sasl-prep.ts";

/** The hash functions of the two mechanisms offered, as Node names them. */
export type ScramHash = "sha1" | "sha256";

/** What the server keeps of a password for one mechanism (RFC 5802 §3, "Authentication Information"); octets as base64. */
export interface ScramKeys {
  readonly salt: string;
  readonly iterations: number;
  readonly storedKey: string;
  readonly serverKey: string;
}

/** Keys for both mechanisms; the password cannot be had back from them. */
export type ScramVerifiers = Readonly<Record<ScramHash, ScramKeys>>;

/** Iterations for new passwords; RFC 7677 §4 asks for at least 4096. */
export const defaultIterations = 10_000;

const SALT_OCTETS = 16;
const OCTETS: Readonly<Record<ScramHash, number>> = { sha1: 20, sha256: 32 };

/**
 * Verifiers for a new password, with fresh salts. Undefined for a password SASLprep refuses, such as the empty one.
 * Off the event loop: some milliseconds on a worker thread for each hash.
 */
export async function hashPassword(
  password: string,
  iterations: number = defaultIterations,
): Promise<ScramVerifiers | undefined> {
  const prepared = saslPrep(password);
  if (prepared === undefined) return undefined;
  const [sha1, sha256] = await Promise.all([
    deriveKeys("sha1", prepared, iterations),
    deriveKeys("sha256", prepared, iterations),
  ]);
  return { sha1, sha256 };
}

/** True where `password` is the one `keys` were made of. Takes as long for a wrong one. */
export async function verifyPassword(hash: ScramHash, keys: ScramKeys, password: string): Promise<boolean> {
  // A password that cannot exist still costs its time.
  const salted = await saltPassword(hash, saslPrep(password) ?? "\u0000", keys);
  return timingSafeEqual(digest(hash, hmac(hash, salted, "Client Key")), Buffer.from(keys.storedKey, "base64"));
}

/**
 * Keys for a user who does not exist: always the same for the same name and secret, so that the salt tells nothing, and
 * made so that no password fits.
 */
export function decoyKeys(hash: ScramHash, name: string, secret: Uint8Array): ScramKeys {
  const derive = (label: string): Buffer => hmac(hash, secret, `${label}\u0000${name}`);
  return {
    salt: derive("salt").subarray(0, SALT_OCTETS).toString("base64"),
    iterations: defaultIterations,
    storedKey: derive("stored").toString("base64"),
    serverKey: derive("server").toString("base64"),
  };
}

/** HMAC of RFC 5802 §2.2. */
export function hmac(hash: ScramHash, key: Uint8Array, text: string): Buffer {
  return createHmac(hash, key).update(text).digest();
}

/** H of RFC 5802 §2.2. */
export function digest(hash: ScramHash, octets: Uint8Array): Buffer {
  return createHash(hash).update(octets).digest();
}

async function deriveKeys(hash: ScramHash, prepared: string, iterations: number): Promise<ScramKeys> {
  const salt = randomBytes(SALT_OCTETS).toString("base64");
  const salted = await saltPassword(hash, prepared, { salt, iterations });
  return {
    salt,
    iterations,
    storedKey: digest(hash, hmac(hash, salted, "Client Key")).toString("base64"),
    serverKey: hmac(hash, salted, "Server Key").toString("base64"),
  };
}

function saltPassword(
  hash: ScramHash,
  prepared: string,
  keys: Pick<ScramKeys, "salt" | "iterations">,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    pbkdf2(prepared, Buffer.from(keys.salt, "base64"), keys.iterations, OCTETS[hash], hash, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
