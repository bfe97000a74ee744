import Type, { type TSchema } from "typebox";

/** Every object of the contract: an unknown key is an error that names its path. */
export const closed = { additionalProperties: false } as const;

/** One of a closed set of words. */
export function oneOf<const Words extends readonly string[]>(
  words: Words,
  options: { readonly description?: string; readonly default?: Words[number] } = {},
) {
  return Type.Unsafe<Words[number]>({ type: "string", enum: [...words], ...options });
}

/** A moment, as RFC 3339 text in UTC. */
export const Instant = Type.String({ description: "RFC 3339 date and time, UTC" });

/** A moment in a query. */
export const InstantText = Type.String({ maxLength: 64, description: "RFC 3339, or milliseconds since 1970" });

/** A value, or null where there is none. */
export function nullable<Schema extends TSchema>(schema: Schema) {
  return Type.Union([schema, Type.Null()]);
}
