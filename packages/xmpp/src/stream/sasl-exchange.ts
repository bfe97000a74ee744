import { type BareJid, makeBare } from "../address/jid.ts";
import type { ScramVerifiers } from "./scram-keys.ts";

/** The conditions of RFC 6120 §6.5 that we send. */
export type SaslFailure =
  | "aborted"
  | "account-disabled"
  | "encryption-required"
  | "incorrect-encoding"
  | "invalid-authzid"
  | "invalid-mechanism"
  | "malformed-request"
  | "not-authorized"
  | "temporary-auth-failure";

/** What an exchange answers. `data` is not yet base64. */
export type SaslStep =
  | { readonly kind: "challenge"; readonly data: string }
  | { readonly kind: "success"; readonly user: BareJid; readonly data?: string }
  | { readonly kind: "failure"; readonly condition: SaslFailure };

/** One run of one mechanism. Each message of the client gets one answer; after success or failure it takes no more. */
export interface SaslExchange {
  respond(message: string): SaslStep | Promise<SaslStep>;
}

/** One account as authentication sees it. Without verifiers its password is checked by whoever keeps it. */
export interface Credentials {
  readonly enabled: boolean;
  readonly scram?: ScramVerifiers | undefined;
}

/** Where accounts are found; synchronous, so that a lookup takes as long for a user who does not exist. */
export interface CredentialSource {
  credentials(user: BareJid): Credentials | undefined;
}

/**
 * Checks passwords whose verifiers are kept elsewhere. "unavailable": nobody there could say. Settles in bounded time and
 * never rejects.
 */
export interface PasswordKeeper {
  check(user: BareJid, password: string): Promise<"right" | "wrong" | "unavailable">;
}

/** For servers that keep all their passwords themselves. */
export const noPasswordKeeper: PasswordKeeper = { check: async () => "unavailable" };

/** What an exchange needs to judge. */
export interface SaslContext {
  readonly source: CredentialSource;
  readonly keeper: PasswordKeeper;
  /** The domain of the stream: simple user names belong to it (RFC 6120 §6.3.7). */
  readonly domain: string;
  /** For salts of users who do not exist; the same for the life of the installation. */
  readonly decoySecret: Uint8Array;
  /** An unguessable token for the server's part of a nonce. */
  readonly nonce: () => string;
}

/** The user a simple user name means on this stream; undefined for what cannot be a localpart. */
export function userNamed(name: string, context: SaslContext): BareJid | undefined {
  return makeBare(name, context.domain);
}

/** True where the client asks to act as itself: no authzid, or its own bare JID (RFC 6120 §6.3.8). */
export function isOwnIdentity(authzid: string, user: BareJid | undefined): boolean {
  if (authzid === "") return true;
  const at = authzid.indexOf("@");
  const asked = at < 0 ? undefined : makeBare(authzid.slice(0, at), authzid.slice(at + 1));
  return asked !== undefined && user !== undefined && asked.equals(user);
}

/** A failure as a step. */
export function failure(condition: SaslFailure): SaslStep {
  return { kind: "failure", condition };
}
