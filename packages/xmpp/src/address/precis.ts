/**
 * The two PRECIS profiles JIDs need (RFC 7622 §3.3, §3.4): UsernameCaseMapped for localparts and OpaqueString for
 * resourceparts, over the string classes of RFC 8264 and Node's Unicode tables. No length rules here.
 */

/** RFC 8264 §7: rules are applied until the output is stable, at most this often more. */
const STABLE_AFTER = 3;

/** RFC 8265 §3.3. Returns undefined for a string the profile refuses. */
export function enforceUsernameCaseMapped(text: string): string | undefined {
  return enforceStable(text, (input) => {
    const mapped = caseMapped(input);
    return isIdentifier(mapped) && hasGoodContext(mapped) && obeysBidiRule(mapped) ? mapped : undefined;
  });
}

/** RFC 8265 §4.2. Returns undefined for a string the profile refuses. */
export function enforceOpaqueString(text: string): string | undefined {
  return enforceStable(text, (input) => {
    const mapped = input.replace(/\p{Zs}/gu, " ").normalize("NFC");
    return isFreeform(mapped) && hasGoodContext(mapped) ? mapped : undefined;
  });
}

function enforceStable(text: string, enforce: (input: string) => string | undefined): string | undefined {
  let output = enforce(text);
  for (let round = 0; round < STABLE_AFTER && output !== undefined; round += 1) {
    const again = enforce(output);
    if (again === output) return output;
    output = again;
  }
  return undefined;
}

/** The mappings of UsernameCaseMapped alone: width, case, composition (RFC 8265 §3.3.2). */
export function caseMapped(text: string): string {
  return mapWidth(text).toLowerCase().normalize("NFC");
}

/** RFC 8264 §5.2.1: fullwidth and halfwidth forms to what they stand for. */
function mapWidth(text: string): string {
  return text.replace(/[\u3000\uff01-\uffee]/g, (form) => form.normalize("NFKC"));
}

const EXCEPTIONALLY_VALID = "\u00df\u03c2\u06fd\u06fe\u0f0b\u3007";
/** Valid in a context, RFC 8264 §9.6 (CONTEXTO) and §9.8 (join controls). */
const CONTEXTUAL = "\u00b7\u0375\u05f3\u05f4\u30fb\u0660-\u0669\u06f0-\u06f9\u200c\u200d";
const EXCEPTIONALLY_INVALID = "\u0640\u07fa\u302e\u302f\u3031-\u3035\u303b";
/** RFC 8264 §9.9. */
const OLD_HANGUL_JAMO = "\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7c6\ud7cb-\ud7fb";

const NEVER = `[${EXCEPTIONALLY_INVALID}${OLD_HANGUL_JAMO}\\p{Default_Ignorable_Code_Point}]`;
const ALWAYS = `${EXCEPTIONALLY_VALID}${CONTEXTUAL}`;

// One class each: alternatives that overlap would be tried in every combination.
const IDENTIFIER = new RegExp(`^[[!-~${ALWAYS}][[\\p{L}\\p{Nd}\\p{Mn}\\p{Mc}]--${NEVER}--\\p{Lt}]]+$`, "v");
const FREEFORM = new RegExp(`^[[ -~${ALWAYS}][[\\p{L}\\p{N}\\p{M}\\p{S}\\p{P}]--${NEVER}]]+$`, "v");

/** RFC 8264 §4.2, IdentifierClass. */
function isIdentifier(text: string): boolean {
  return IDENTIFIER.test(text) && !hasCompatibilityForm(text);
}

/** RFC 8264 §4.3, FreeformClass. */
function isFreeform(text: string): boolean {
  return FREEFORM.test(text);
}

/** RFC 8264 §9.17: characters that compatibility normalisation would change. */
function hasCompatibilityForm(text: string): boolean {
  if (text === text.normalize("NFKC")) return false;
  for (const character of text) if (character.normalize("NFKC") !== character.normalize("NFC")) return true;
  return false;
}

/** Combining class 9 (Unicode 17): what a join control may follow (RFC 5892 Appendix A.1, A.2; its joining-type rule is not taken). */
const AFTER_VIRAMA =
  /[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d3b\u0d3c\u0d4d\u0dca\u0e3a\u0eba\u0f84\u1039\u103a\u1714\u1734\u17d2\u1a60\u1b44\u1baa\u1bab\u1bf2\u1bf3\u2d7f\ua806\ua8c4\ua953\ua9c0\uaaf6\uabed]$/u;

interface ContextRule {
  readonly character: RegExp;
  readonly holds: (before: string, after: string, whole: string) => boolean;
}

/** RFC 5892 Appendix A. */
const CONTEXT_RULES: readonly ContextRule[] = [
  { character: /[\u200c\u200d]/g, holds: (before) => AFTER_VIRAMA.test(before) },
  { character: /\u00b7/g, holds: (before, after) => before.endsWith("l") && after.startsWith("l") },
  { character: /\u0375/g, holds: (_, after) => /^\p{Script=Greek}/u.test(after) },
  { character: /[\u05f3\u05f4]/g, holds: (before) => /\p{Script=Hebrew}$/u.test(before) },
  {
    character: /\u30fb/g,
    holds: (_before, _after, whole) => /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u.test(whole),
  },
  { character: /[\u0660-\u0669]/g, holds: (_before, _after, whole) => !/[\u06f0-\u06f9]/.test(whole) },
];

function hasGoodContext(text: string): boolean {
  if (!new RegExp(`[${CONTEXTUAL}]`, "u").test(text)) return true;
  return CONTEXT_RULES.every(({ character, holds }) =>
    [...text.matchAll(character)].every(({ index }) => holds(text.slice(0, index), text.slice(index + 1), text)),
  );
}

const RIGHT_TO_LEFT =
  "\\p{Script=Hebrew}\\p{Script=Arabic}\\p{Script=Syriac}\\p{Script=Thaana}\\p{Script=Nko}\\p{Script=Samaritan}" +
  "\\p{Script=Mandaic}\\p{Script=Adlam}\\p{Script=Hanifi_Rohingya}\\p{Script=Mende_Kikakui}";
const HAS_RIGHT_TO_LEFT = new RegExp(`[${RIGHT_TO_LEFT}\u0660-\u0669]`, "u");
const STARTS_RIGHT_TO_LEFT = new RegExp(`^(?=\\p{L})[${RIGHT_TO_LEFT}]`, "u");
const ENDS_RIGHT_TO_LEFT = new RegExp(`(?:(?=\\p{L})[${RIGHT_TO_LEFT}]|\\p{Nd})\\p{Mn}*$`, "u");
const LEFT_TO_RIGHT_LETTER = new RegExp(`(?![${RIGHT_TO_LEFT}])\\p{L}`, "u");

/** RFC 5893 §2, rules 1 to 4, with scripts standing for bidirectional classes; a string without right-to-left passes. */
function obeysBidiRule(text: string): boolean {
  if (!HAS_RIGHT_TO_LEFT.test(text)) return true;
  if (!STARTS_RIGHT_TO_LEFT.test(text) || !ENDS_RIGHT_TO_LEFT.test(text)) return false;
  if (LEFT_TO_RIGHT_LETTER.test(text)) return false;
  return !(/[0-9\u06f0-\u06f9]/.test(text) && /[\u0660-\u0669]/.test(text));
}
