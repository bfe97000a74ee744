import { domainToASCII } from "node:url";
import { escapeUser } from "@interpres/sip";
import { type BareJid, escapeLocal, unescapeLocal } from "@interpres/xmpp";

/**
 * RFC 7247 §6.5: the SIP URI of a bare JID, at another domain where that stands for his on the wire. Undefined: a JID
 * without localpart, one that is nobody's escaped form (`\5cx`: the answer would come back to another JID), or a domain
 * no host name can stand for.
 */
export function sipUriOfJid(jid: BareJid, domain = jid.domain): string | undefined {
  const name = nameOfLocalpart(jid.local);
  return name === undefined ? undefined : sipUriOf(name, domain);
}

/** `sip:` URI of a plain name at a domain. */
export function sipUriOf(name: string, domain: string): string | undefined {
  const host = hostOf(domain);
  return name === "" || host === undefined ? undefined : `sip:${escapeUser(name)}@${host}`;
}

/** The URI with the resource as GRUU parameter inside it (RFC 7247 §6.5 step 8). */
export function withGr(uri: string, resource: string): string {
  return `${uri};gr=${encodeURIComponent(resource.toWellFormed())}`;
}

/** The plain name a localpart stands for (XEP-0106); undefined for one that is nobody's escaped form. */
export function nameOfLocalpart(localpart: string): string | undefined {
  if (localpart === "") return undefined;
  if (!localpart.includes("\\")) return localpart;
  const name = unescapeLocal(localpart);
  return escapeLocal(name) === localpart ? name : undefined;
}

/** SIP carries A-labels only. */
function hostOf(domain: string): string | undefined {
  if (/^[a-z0-9.-]+$/.test(domain) || domain.startsWith("[")) return domain;
  return domainToASCII(domain) || undefined;
}
