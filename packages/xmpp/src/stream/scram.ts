import { timingSafeEqual } from "node:crypto";
import type { BareJid } from "../address/jid.ts";
import {
  failure,
  isOwnIdentity,
  type SaslContext,
  type SaslExchange,
  type SaslStep,
  userNamed,
} from "./sasl-exchange.ts";
import { decoyKeys, digest, hmac, type ScramHash, type ScramKeys } from "./scram-keys.ts";

/** What stands after the client's first message until its final one. */
interface Challenged {
  readonly user: BareJid | undefined;
  readonly enabled: boolean;
  readonly keys: ScramKeys;
  readonly gs2Header: string;
  readonly nonce: string;
  readonly authzid: string;
  /** `client-first-message-bare , server-first-message`. */
  readonly transcript: string;
}

/**
 * The server's side of SCRAM (RFC 5802 §5, RFC 7677) without channel binding. A user who does not exist meets the same
 * steps, an unchanging salt and the same failure as a wrong password.
 */
export class ScramExchange implements SaslExchange {
  readonly #hash: ScramHash;
  readonly #context: SaslContext;
  #challenged: Challenged | undefined;

  constructor(hash: ScramHash, context: SaslContext) {
    this.#hash = hash;
    this.#context = context;
  }

  respond(message: string): SaslStep {
    if (this.#challenged !== undefined) return this.#finish(message, this.#challenged);
    const first = parseClientFirst(message);
    if (first === undefined) return failure("malformed-request");
    return this.#challenge(first);
  }

  #challenge(first: ClientFirst): SaslStep {
    const user = userNamed(first.name, this.#context);
    const found = user === undefined ? undefined : this.#context.source.credentials(user);
    const keys =
      found?.scram?.[this.#hash] ?? decoyKeys(this.#hash, user?.toString() ?? first.name, this.#context.decoySecret);
    const nonce = first.nonce + this.#context.nonce();
    const data = `r=${nonce},s=${keys.salt},i=${keys.iterations}`;
    this.#challenged = {
      user: found?.scram === undefined ? undefined : user,
      enabled: found?.enabled ?? false,
      keys,
      gs2Header: first.gs2Header,
      nonce,
      authzid: first.authzid,
      transcript: `${first.bare},${data}`,
    };
    return { kind: "challenge", data };
  }

  #finish(message: string, challenged: Challenged): SaslStep {
    const final = /^(c=([A-Za-z0-9+/]+=*),r=([!-+\--~]+)(?:,[A-Za-z]=[^,\0]*)*),p=([A-Za-z0-9+/]+=*)$/.exec(message);
    if (final === null) return failure("malformed-request");
    const [, withoutProof = "", binding = "", nonce = "", proof = ""] = final;
    if (binding !== Buffer.from(challenged.gs2Header).toString("base64")) return failure("not-authorized");
    if (nonce !== challenged.nonce) return failure("not-authorized");
    const transcript = `${challenged.transcript},${withoutProof}`;
    if (!this.#proves(proof, challenged.keys, transcript)) return failure("not-authorized");
    return this.#admit(challenged, transcript);
  }

  /** RFC 5802 §3: ClientKey := ClientProof XOR ClientSignature, and its hash must be StoredKey. */
  #proves(proofText: string, keys: ScramKeys, transcript: string): boolean {
    const proof = Buffer.from(proofText, "base64");
    const storedKey = Buffer.from(keys.storedKey, "base64");
    const signature = hmac(this.#hash, storedKey, transcript);
    if (proof.length !== signature.length) return false;
    const clientKey = Buffer.from(proof.map((octet, index) => octet ^ (signature[index] ?? 0)));
    return timingSafeEqual(digest(this.#hash, clientKey), storedKey);
  }

  #admit({ user, enabled, keys, authzid }: Challenged, transcript: string): SaslStep {
    if (user === undefined) return failure("not-authorized");
    if (!enabled) return failure("account-disabled");
    if (!isOwnIdentity(authzid, user)) return failure("invalid-authzid");
    const signature = hmac(this.#hash, Buffer.from(keys.serverKey, "base64"), transcript);
    return { kind: "success", user, data: `v=${signature.toString("base64")}` };
  }
}

interface ClientFirst {
  /** Flag, authzid and both commas: what the final message repeats in base64. */
  readonly gs2Header: string;
  readonly authzid: string;
  readonly bare: string;
  readonly name: string;
  readonly nonce: string;
}

/**
 * client-first-message of RFC 5802 §7. The flag "p" asks for a binding we did not offer; "m" is an extension we must
 * refuse (§5.1).
 */
function parseClientFirst(message: string): ClientFirst | undefined {
  const parts = /^([ny],(?:a=([^,\0]+))?,)(n=([^,\0]+),r=([!-+\--~]+)(?:,[A-Za-z]=[^,\0]*)*)$/.exec(message);
  if (parts === null) return undefined;
  const [, gs2Header = "", rawAuthzid = "", bare = "", rawName = "", nonce = ""] = parts;
  const authzid = unescapeName(rawAuthzid);
  const name = unescapeName(rawName);
  return authzid === undefined || name === undefined ? undefined : { gs2Header, authzid, bare, name, nonce };
}

/** saslname of RFC 5802 §7: "=2C" is a comma, "=3D" an equals sign, no other "=" may occur. */
function unescapeName(text: string): string | undefined {
  if (/=(?!2C|3D)/.test(text)) return undefined;
  return text.replace(/=2C|=3D/g, (escaped) => (escaped === "=2C" ? "," : "="));
}
