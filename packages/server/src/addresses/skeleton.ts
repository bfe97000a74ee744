import { domainToUnicode } from "node:url";
import unhomoglyph from "unhomoglyph";

/** The skeleton of an address: two that look alike have the same (Unicode TS #39 §4). A-labels count as what they show. */
export function skeletonOf(address: string): string {
  const at = address.lastIndexOf("@");
  const shown = `${address.slice(0, at + 1)}${domainToUnicode(address.slice(at + 1))}`;
  return unhomoglyph(shown.normalize("NFD")).normalize("NFD");
}

const WORD = /[\p{L}\p{M}]+/gu;
/** Scripts with many letters that pass for Latin ones, Latin among them. */
const ALIKE = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
];

/** Whether some word of an address has letters of several scripts that look alike (Unicode TS #39 §5.1, of these scripts only). */
export function mixesScripts(address: string): boolean {
  const words = address.match(WORD) ?? [];
  return words.some((word) => ALIKE.filter((script) => script.test(word)).length > 1);
}
