import { parseAddress } from "@interpres/sip";
import { type BareJid, escapeLocal, makeBare, parseJid } from "@interpres/xmpp";
import { percentDecoded } from "./percent.ts";

/** A SIP address taken apart and unescaped: what stands for a user, whatever the scheme. */
export interface SipAddress {
  /** `sips` asks for more than we can promise beyond this gateway (RFC 7247 §8). */
  readonly scheme: "sip" | "sips";
  /** Percent-decoded. */
  readonly name: string;
  readonly host: string;
  /** Value of the gr parameter, percent-decoded; a gr without value is a temporary GRUU and not mapped (RFC 7247 §6.3). */
  readonly gr?: string;
}

/** Reads `sip:`, `sips:`, `im:` and `pres:` URIs; undefined without a user part, or when its encoding is broken. */
export function readSipAddress(uri: string): SipAddress | undefined {
  const parsed = parseAddress(uri);
  if ("kind" in parsed || parsed.user === undefined || parsed.user === "") return undefined;
  const name = percentDecoded(parsed.user);
  if (name === undefined) return undefined;
  const gr = percentDecoded(parsed.parameters.get("gr") ?? "");
  const scheme = parsed.scheme.toLowerCase() === "sips" ? "sips" : "sip";
  return gr === undefined || gr === "" ? { scheme, name, host: parsed.host } : { scheme, name, host: parsed.host, gr };
}

/**
 * RFC 7247 §6.4: the bare JID of a SIP address. All ten characters of XEP-0106 are escaped, not only the three the RFC
 * names: a decoded user part `a/b` must not become a domain. Undefined: no JID can stand for it.
 */
export function jidOfSipAddress({ name, host }: Pick<SipAddress, "name" | "host">): BareJid | undefined {
  const localpart = escapeLocal(name);
  return localpart === undefined || localpart === "" ? undefined : makeBare(localpart, host);
}

/** The resource a gr parameter names (RFC 7247 §6.4 step 8), prepared; undefined when no resource can hold it. */
export function resourceOfGr(gr: string): string | undefined {
  const jid = parseJid(`host.invalid/${gr}`);
  return jid?.kind === "full" ? jid.resource : undefined;
}
