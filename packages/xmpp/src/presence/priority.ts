import { child, type Element, text } from "../xml/index.ts";

/** The priority in a presence stanza, -128 to 127 (RFC 6121 §4.7.2.3); 0 where it is missing or no such number. */
export function priorityOf(presence: Element): number {
  const element = child(presence, "priority");
  if (element === undefined) return 0;
  const written = text(element).trim();
  const priority = Number(written);
  return /^[+-]?\d{1,3}$/.test(written) && priority >= -128 && priority <= 127 ? priority : 0;
}
