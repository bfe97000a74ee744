import { domainToASCII, domainToUnicode } from "node:url";

/**
 * A certificate name in the form in which names are compared, always whole: letters of ASCII in lower case, an
 * internationalized domain name as its A-labels (RFC 5890 §2.3.2.1). Text that merely maps to a domain name, such as
 * letters of other scripts or widths that look like those of ASCII, stays what it is and so equals no domain name.
 */
export function comparableName(name: string): string {
  const lower = name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  if (/^[\0-\x7f]*$/.test(lower)) return lower;
  const aLabels = domainToASCII(lower);
  return domainToUnicode(aLabels) === lower ? aLabels : lower;
}
