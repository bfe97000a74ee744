import en from "./en.json" with { type: "json" };

/** Every text a person reads, by page. Another language is another file of the same shape. */
export const texts: typeof en = en;

/** How dates are written beside these texts (BCP 47). */
export const locale = "en-GB";

/** Puts values into the `{places}` of a text. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}
