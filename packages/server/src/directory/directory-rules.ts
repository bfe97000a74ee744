import { X509Certificate } from "node:crypto";
import type { DirectorySettings, FieldProblem } from "@interpres/admin-api";
import { searchFilterProblem } from "./search-filter.ts";

/** What is wrong with the settings of a directory beyond their shape. What is not filled in is wrong once it is enabled. */
export function directoryProblems(
  settings: DirectorySettings,
  localDomains: readonly string[],
): readonly FieldProblem[] {
  const { enabled, url, startTls, authorityPem, bindDn, base, filter, domain } = settings;
  const needed = (["url", "base", "domain"] as const).filter((path) => enabled && settings[path] === "");
  const checks: readonly (readonly [string, string | undefined])[] = [
    ...needed.map((path) => [path, "is required"] as const),
    ["url", url === "" ? undefined : urlProblem(url)],
    ["startTls", startTls && url.startsWith("ldaps:") ? "is for ldap:// only; ldaps:// is secured already" : undefined],
    ["authorityPem", authorityPem === "" || isPem(authorityPem) ? undefined : "is no list of PEM certificates"],
    ["bindDn", isDistinguishedName(bindDn) ? undefined : "is no distinguished name (RFC 4514)"],
    ["base", isDistinguishedName(base) ? undefined : "is no distinguished name (RFC 4514)"],
    ["filter", filterProblem(filter)],
    ["domain", domain === "" || localDomains.includes(domain) ? undefined : `${domain} is not a local domain`],
  ];
  return checks.flatMap(([path, message]) => (message === undefined ? [] : [{ path, message }]));
}

/** What holds, and the administrator ought to think over. */
export function directoryWarnings({ url, startTls, bindDn }: DirectorySettings): readonly FieldProblem[] {
  const isPlain = url.startsWith("ldap:") && !startTls;
  return [
    ...(isPlain ? [{ path: "url", message: "passwords pass unencrypted; use ldaps:// or startTls" }] : []),
    ...(url !== "" && bindDn === ""
      ? [{ path: "bindDn", message: "is empty: what nobody in particular may read is what becomes users" }]
      : []),
  ];
}

function urlProblem(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !["ldap:", "ldaps:"].includes(url.protocol) || url.hostname === "")
    return "is no ldaps://host or ldap://host";
  if (url.username !== "" || url.password !== "")
    return "must not hold a name or password; those are bindDn and password";
  const isMore = !["", "/"].includes(url.pathname) || url.search !== "" || url.hash !== "";
  return isMore ? "must end with the host or port; where to search are base and filter" : undefined;
}

function isPem(text: string): boolean {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.length > 0 && blocks.every(isCertificate);
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).fingerprint256 !== "";
  } catch {
    // The constructor is the only check there is.
    return false;
  }
}

const NAME = "[A-Za-z][A-Za-z0-9-]*|\\d+(?:\\.\\d+)*";
const VALUE = '#(?:[0-9A-Fa-f]{2})+|(?:[^,+"\\\\<>;]|\\\\(?:[ "#+,;<=>\\\\]|[0-9A-Fa-f]{2}))*';
const PAIR = `\\s*(?:${NAME})\\s*=(?:${VALUE})`;
const DISTINGUISHED_NAME = new RegExp(`^(?:${PAIR}(?:[,+]${PAIR})*)?$`);

/** RFC 4514 §3; the empty name is one. */
function isDistinguishedName(text: string): boolean {
  return DISTINGUISHED_NAME.test(text);
}

function filterProblem(filter: string): string | undefined {
  const problem = searchFilterProblem(filter);
  return problem === undefined ? undefined : `is no search filter (RFC 4515): ${problem}`;
}
