import type { SaslContext, SaslExchange } from "./sasl-exchange.ts";
import { PlainExchange } from "./sasl-plain.ts";
import { ScramExchange } from "./scram.ts";

/** SASL mechanisms in the order offered, strongest first (RFC 6120 §6.3.3, RFC 7677). */
export const mechanisms = ["SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN"] as const;

export type Mechanism = (typeof mechanisms)[number];

/** For streams to a domain where some passwords are checked elsewhere: SCRAM needs what only their keeper has. */
export const plainOnly: readonly Mechanism[] = ["PLAIN"];

/** Begins an exchange of a mechanism that was offered. */
export function beginExchange(mechanism: Mechanism, context: SaslContext): SaslExchange {
  switch (mechanism) {
    case "SCRAM-SHA-256":
      return new ScramExchange("sha256", context);
    case "SCRAM-SHA-1":
      return new ScramExchange("sha1", context);
    case "PLAIN":
      return new PlainExchange(context);
  }
}
