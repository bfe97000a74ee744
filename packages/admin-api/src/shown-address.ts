import Type from "typebox";
import { nullable } from "./closed.ts";

/**
 * An address in both of its forms, for people (RFC 7247 §8): mapping can make two addresses look alike that are not, and so
 * can letters of other scripts.
 */
export const ShownAddress = Type.Object({
  jid: Type.String({ description: "As our users see it: a bare JID" }),
  sipUri: nullable(Type.String({ description: "As it stands, or stood, in SIP requests; null where none can" })),
  looksLike: Type.Array(Type.String(), {
    description: "Other addresses known here that look the same (Unicode TS #39 §4), at most three",
  }),
  mixesScripts: Type.Boolean({
    description: "A word of it has letters of scripts that look alike, such as Latin and Cyrillic",
  }),
});
export type ShownAddress = Readonly<Type.Static<typeof ShownAddress>>;

/** Those of the addresses named beside it that both worlds can write. */
export const ShownAddresses = Type.Array(ShownAddress, {
  description: "The addresses named here, each with its form in SIP and a warning where it could be taken for another",
});
