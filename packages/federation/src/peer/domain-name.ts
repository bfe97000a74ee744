import { isIP } from "node:net";

const LONGEST_NAME = 255;
const LONGEST_LABEL = 63;

/** A domain or host name as this server compares it: trimmed, lower case, without the root's trailing dot. */
export function normalName(text: string): string {
  const name = text.trim().toLowerCase();
  return name.endsWith(".") ? name.slice(0, -1) : name;
}

/** What is wrong with `name` (already normal) as a DNS domain (RFC 1123 §2.1), for people; undefined when it is fine. */
export function domainNameProblem(name: string): string | undefined {
  if (name === "") return "must not be empty";
  if (isIP(name) !== 0 || name.startsWith("[")) return "must be a domain name, not an IP address";
  const problem = hostNameProblem(name);
  if (problem !== undefined) return problem;
  const last = name.slice(name.lastIndexOf(".") + 1);
  return isDigit(last.charCodeAt(0)) ? "must not end in a label that starts with a digit" : undefined;
}

/** What is wrong with `name` (already normal) as a host: the rules of a domain, or an IP address in literal form. */
export function hostProblem(name: string): string | undefined {
  return isIP(name) === 0 ? domainNameProblem(name) : undefined;
}

function hostNameProblem(name: string): string | undefined {
  if (name.length > LONGEST_NAME) return `must not be longer than ${LONGEST_NAME} characters`;
  for (const label of name.split(".")) {
    const problem = labelProblem(label);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** What is wrong with one label of a name: letters, digits and hyphens, neither first nor last a hyphen. */
export function labelProblem(label: string): string | undefined {
  if (label === "") return "must not have an empty label";
  if (label.length > LONGEST_LABEL) return `must not have a label longer than ${LONGEST_LABEL} characters`;
  if (label.startsWith("-") || label.endsWith("-")) return "must not have a label that starts or ends with a hyphen";
  return /^[a-z0-9-]*$/.test(label) ? undefined : "may hold letters, digits, hyphens and dots only";
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** True for `name` itself and everything below it, by whole labels: `a.example.com` is within `example.com`. */
export function isWithin(name: string, domain: string): boolean {
  return name === domain || (name.endsWith(domain) && name.charAt(name.length - domain.length - 1) === ".");
}
