/** XEP-0071. */
export const XHTML_IM = "http://jabber.org/protocol/xhtml-im";
export const XHTML = "http://www.w3.org/1999/xhtml";
/** Elements within each other, and altogether. */
export const MAX_DEPTH = 16;
export const MAX_ELEMENTS = 500;

const SAFE_VALUE = /^[\w #%.,'"-]{1,128}$/;
const SAFE_LINK = /^(?:https?|mailto|xmpp|sips?|tel):[!-~]{1,2048}$/i;

const styles: ReadonlySet<string> = new Set([
  ...["background-color", "color", "font-family", "font-size", "font-style", "font-weight"],
  ...["margin-left", "margin-right", "text-align", "text-decoration"],
]);

/** Whether a link leads where a message may lead people: no scripts, no data. */
export function isSafeLink(href: string): boolean {
  return SAFE_LINK.test(href);
}

/** Of a style, the declarations of the recommended profile (XEP-0071 §7.7) with values that can hold nothing else. */
export function safeStyle(style: string): string {
  const safe: string[] = [];
  for (const declaration of style.split(";")) {
    const colon = declaration.indexOf(":");
    const [property, value] = [declaration.slice(0, colon).trim().toLowerCase(), declaration.slice(colon + 1).trim()];
    if (colon > 0 && styles.has(property) && SAFE_VALUE.test(value)) safe.push(`${property}: ${value}`);
  }
  return safe.join("; ");
}
