const OCTETS = 15;

/** A password nobody can guess, of twenty letters, digits, `-` and `_`. */
export function randomPassword(): string {
  return crypto.getRandomValues(new Uint8Array(OCTETS)).toBase64({ alphabet: "base64url" });
}
