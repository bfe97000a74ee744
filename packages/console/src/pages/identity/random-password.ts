import type { Ports } from "../../data/ports.ts";

const OCTETS = 15;

/** A password nobody can guess, of twenty letters, digits, `-` and `_`. */
export function randomPassword({ randomOctets }: Pick<Ports, "randomOctets">): string {
  return randomOctets(OCTETS).toBase64({ alphabet: "base64url" });
}
