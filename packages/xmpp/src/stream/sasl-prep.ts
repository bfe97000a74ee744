const MAPPED_TO_SPACE = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/g;
const MAPPED_TO_NOTHING = /\u034f|[\u180b-\u180d]|[\u00ad\u1806\u200b-\u200d\u2060\ufeff]|[\ufe00-\ufe0f]/g;
const PROHIBITED =
  /[\p{Cc}\p{Cs}\p{Co}\p{Noncharacter_Code_Point}\u06dd\u070f\u180e\u200e\u200f\u202a-\u202e\u2028\u2029\u2061-\u2063\u206a-\u206f\ufff9-\ufffd\u2ff0-\u2ffb\u{1d173}-\u{1d17a}\u{e0001}\u{e0020}-\u{e007f}]|\u0340|\u0341/u;

/**
 * A password as SCRAM hashes it: SASLprep (RFC 4013 §2) without its bidirectional check, which no client is known to make.
 * Undefined for what it prohibits and for the empty string.
 */
export function saslPrep(text: string): string | undefined {
  const prepared = text.replace(MAPPED_TO_SPACE, " ").replace(MAPPED_TO_NOTHING, "").normalize("NFKC");
  return prepared === "" || PROHIBITED.test(prepared) ? undefined : prepared;
}
