import type { FaultSet } from "./fault-set.ts";

/** Compact forms (RFC 3261 §7.3.3, RFC 6665 §8.2.1). */
const COMPACT: Readonly<Record<string, string>> = {
  via: "v",
  from: "f",
  to: "t",
  "call-id": "i",
  contact: "m",
  "content-type": "c",
  "content-length": "l",
  supported: "k",
  event: "o",
  subject: "s",
};

/** A message as the faults of the wire have it written. */
export function dressed(text: string, faults: FaultSet): string {
  const style = faults.value("header-case");
  const end = text.indexOf("\r\n\r\n");
  const written =
    style === undefined ? text : text.slice(0, end).replaceAll(/(?<=\r\n)[\w-]+(?=:)/g, named(style)) + text.slice(end);
  return faults.has("leading-crlf") ? `\r\n\r\n${written}` : written;
}

function named(style: string): (name: string) => string {
  if (style === "upper") return (name) => name.toUpperCase();
  if (style === "lower") return (name) => name.toLowerCase();
  return (name) => COMPACT[name.toLowerCase()] ?? name;
}
