import { isIP } from "node:net";
import { domainNameProblem, normalName } from "../peer/domain-name.ts";

/** What one line of the access list lets in. */
export type AclPattern =
  | { readonly kind: "all" }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "address"; readonly address: string; readonly prefix: number; readonly family: "ipv4" | "ipv6" };

export interface AclPatternProblem {
  readonly kind: "problem";
  readonly message: string;
}

const FORM = "must be Allow from all, Allow from NAME, or Allow from IP[/PREFIX]";

/** Reads `Allow from all|DOMAIN|FQDN|IP[/PREFIX]`, in any case. */
export function parseAclPattern(text: string): AclPattern | AclPatternProblem {
  const [allow, from, target, ...rest] = text.trim().toLowerCase().split(/\s+/);
  if (allow !== "allow" || from !== "from" || target === undefined || rest.length > 0) return problem(FORM);
  if (target === "all") return { kind: "all" };
  const [address = "", prefix, ...more] = target.split("/");
  if (isIP(address) !== 0 || prefix !== undefined)
    return more.length > 0 ? problem(FORM) : addressPattern(address, prefix);
  const name = normalName(target);
  const wrong = domainNameProblem(name);
  return wrong === undefined ? { kind: "name", name } : problem(wrong);
}

function addressPattern(address: string, prefixText: string | undefined): AclPattern | AclPatternProblem {
  const version = isIP(address);
  if (version === 0) return problem(FORM);
  const longest = version === 4 ? 32 : 128;
  const prefix = prefixText === undefined ? longest : /^\d{1,3}$/.test(prefixText) ? Number(prefixText) : -1;
  if (prefix < 0 || prefix > longest) return problem(`must have a prefix from 0 to ${longest}`);
  return { kind: "address", address, prefix, family: version === 4 ? "ipv4" : "ipv6" };
}

function problem(message: string): AclPatternProblem {
  return { kind: "problem", message };
}

/** The stored form of a pattern: `Allow from` and the target in lower case, a full-length prefix left out. */
export function aclPatternText(pattern: AclPattern): string {
  switch (pattern.kind) {
    case "all":
      return "Allow from all";
    case "name":
      return `Allow from ${pattern.name}`;
    case "address": {
      const longest = pattern.family === "ipv4" ? 32 : 128;
      return `Allow from ${pattern.address}${pattern.prefix === longest ? "" : `/${pattern.prefix}`}`;
    }
  }
}
