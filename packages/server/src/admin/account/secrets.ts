import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** What is kept of a token: tokens are random and long, so a plain hash tells nothing of them. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret, "utf8").digest("hex");
}

/** What a console must repeat with each change it makes by cookie; only who holds the session's token can compute it. */
export function csrfTokenOf(sessionToken: string): string {
  return createHmac("sha256", sessionToken).update("csrf").digest("base64url");
}

/** Compares two texts in a time that depends on their lengths only. */
export function isSameSecret(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
