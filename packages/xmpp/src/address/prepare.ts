import { isIPv4, isIPv6 } from "node:net";
import { domainToASCII, domainToUnicode } from "node:url";
import { enforceOpaqueString, enforceUsernameCaseMapped } from "./precis.ts";

/** Octets of UTF-8 in each part of a JID (RFC 7622 §3.1). */
const MAX_PART_OCTETS = 1023;
/** Octets in a label of a domain name, as A-label (RFC 1035 §2.3.4). */
const MAX_LABEL_OCTETS = 63;

/** A localpart ready to compare (RFC 7622 §3.3), or undefined. Never empty. */
export function prepareLocal(text: string): string | undefined {
  if (/^[a-z0-9._-]+$/.test(text)) return withinOctets(text);
  const prepared = enforceUsernameCaseMapped(text);
  if (prepared === undefined || /["&'/:<>@]/.test(prepared)) return undefined;
  return withinOctets(prepared);
}

/** A resourcepart ready to compare (RFC 7622 §3.4), or undefined. Never empty. */
export function prepareResource(text: string): string | undefined {
  if (/^[!-~]+$/.test(text)) return withinOctets(text);
  const prepared = enforceOpaqueString(text);
  return prepared === undefined ? undefined : withinOctets(prepared);
}

/**
 * A domainpart ready to compare (RFC 7622 §3.2): lower case, labels as U-labels, no dot at the end; or an IP address. A
 * name that only resembles an IPv4 address (`192.168.1`) is refused, never completed to one.
 */
export function prepareDomain(text: string): string | undefined {
  if (text.startsWith("[")) return prepareAddressLiteral(text);
  if (isIPv4(text)) return text;
  const labels = text
    .replace(/[\u3002\uff0e\uff61]/g, ".")
    .replace(/\.$/, "")
    .split(".");
  const prepared: string[] = [];
  for (const label of labels) {
    const one = prepareLabel(label);
    if (one === undefined) return undefined;
    prepared.push(one);
  }
  if (/^\d+$/.test(prepared.at(-1) ?? "")) return undefined;
  return withinOctets(prepared.join("."));
}

function prepareAddressLiteral(text: string): string | undefined {
  const address = text.slice(1, -1);
  return text.endsWith("]") && isIPv6(address) && !address.includes("%") ? text.toLowerCase() : undefined;
}

function prepareLabel(label: string): string | undefined {
  const folded = isAscii(label) ? label.toLowerCase() : label.normalize("NFKC").toLowerCase().normalize("NFC");
  if (!isAscii(folded)) return prepareInternationalLabel(folded);
  if (folded.startsWith("xn--")) return decodeLabel(folded);
  const isHostLabel = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(folded) && folded.length <= MAX_LABEL_OCTETS;
  return isHostLabel ? folded : undefined;
}

function decodeLabel(aLabel: string): string | undefined {
  const uLabel = domainToUnicode(aLabel);
  if (isAscii(uLabel) || domainToASCII(uLabel) !== aLabel) return undefined;
  return prepareInternationalLabel(uLabel);
}

/** Only labels with characters outside ASCII come here: Node would read a number as an IPv4 address. */
function prepareInternationalLabel(label: string): string | undefined {
  const aLabel = domainToASCII(label);
  if (!aLabel.startsWith("xn--") || aLabel.length > MAX_LABEL_OCTETS) return undefined;
  const uLabel = domainToUnicode(aLabel);
  // Node follows UTS 46, which lets symbols through; IDNA2008 (RFC 5892 §3) does not.
  const isIdna = !/^-|-$/.test(uLabel) && enforceUsernameCaseMapped(uLabel) === uLabel;
  return isIdna && /^[^\0-,./:-`{-\x7f]+$/.test(uLabel) ? uLabel : undefined;
}

function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text);
}

function withinOctets(part: string): string | undefined {
  const isLong = part.length > MAX_PART_OCTETS / 3 && Buffer.byteLength(part) > MAX_PART_OCTETS;
  return part === "" || isLong ? undefined : part;
}
