import { unreservedOctets } from "./character-classes.ts";
import type { Parameters } from "./parameters.ts";
import type { SipUri } from "./sip-uri.ts";

/** Parameters that must be in both URIs or in neither (RFC 3261 §19.1.4, with its examples for transport). */
const neverIgnored = ["user", "ttl", "method", "maddr", "transport"];

/** Whether two SIP or SIPS URIs are equivalent by RFC 3261 §19.1.4. Not transitive. */
export function uriEquals(a: SipUri, b: SipUri): boolean {
  return (
    a.scheme === b.scheme &&
    normalized(a.user) === normalized(b.user) &&
    normalized(a.password) === normalized(b.password) &&
    a.host.toLowerCase() === b.host.toLowerCase() &&
    a.port === b.port &&
    parametersEqual(a.parameters, b.parameters) &&
    headersEqual(a, b)
  );
}

/** Escapes of unreserved characters undone, the others in upper case: equal texts are equal components. */
function normalized(text: string | undefined): string | undefined {
  if (text === undefined || !text.includes("%")) return text;
  return text.replace(/%([0-9A-Fa-f]{2})/g, (written, hex: string) => {
    const code = Number.parseInt(hex, 16);
    return unreservedOctets[code] === 1 ? String.fromCharCode(code) : written.toUpperCase();
  });
}

function parametersEqual(a: Parameters, b: Parameters): boolean {
  if (a.size === 0 && b.size === 0) return true;
  if (neverIgnored.some((name) => a.has(name) !== b.has(name))) return false;
  const others = valuesByName(b.entries());
  for (const [name, value] of valuesByName(a.entries())) {
    if (others.has(name) && others.get(name) !== value) return false;
  }
  return true;
}

function headersEqual(a: SipUri, b: SipUri): boolean {
  const [left, right] = [sortedHeaders(a), sortedHeaders(b)];
  return left.length === right.length && left.every((header, index) => header === right[index]);
}

function sortedHeaders({ headers }: SipUri): readonly string[] {
  return headers.map(([name, value]) => `${normalized(name)}=${normalized(value)}`.toLowerCase()).sort();
}

/** The first of a name counts, as in `Parameters.get`. */
function valuesByName(entries: readonly (readonly [string, string | undefined])[]): Map<string, string | undefined> {
  const values = new Map<string, string | undefined>();
  for (const [name, value] of entries) {
    const key = normalized(name)?.toLowerCase() ?? "";
    if (!values.has(key)) values.set(key, normalized(value)?.toLowerCase());
  }
  return values;
}
