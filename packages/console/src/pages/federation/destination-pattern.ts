const LABEL = /^[\w-]+$/;

/** `.com.domaina.*` for `domaina.com`; undefined for what is no plain domain. */
export function patternOfDomain(text: string): string | undefined {
  const labels = text.split(".");
  if (labels.length < 2 || !labels.every((label) => LABEL.test(label))) return undefined;
  return `.${labels.reverse().join(".")}.*`;
}

/** What a pattern by domain stands for: `domaina.com` alone, or with all below it. Undefined for other patterns. */
export function domainOfPattern(
  pattern: string,
): { readonly name: string; readonly reach: "alone" | "below" } | undefined {
  if (!pattern.startsWith(".")) return undefined;
  const labels = pattern.slice(1).split(".");
  const reach = labels.at(-1) === "*" ? "below" : "alone";
  const names = reach === "below" ? labels.slice(0, -1) : labels;
  if (names.length === 0 || !names.every((label) => LABEL.test(label))) return undefined;
  return { name: names.reverse().join("."), reach };
}
