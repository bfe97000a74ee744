import { domainNameProblem } from "@interpres/federation";
import type { BareJid } from "@interpres/xmpp";
import { jidOfSipAddress } from "./sip-uri-to-jid.ts";

/** A full mail address that both SIP and XMPP can carry. */
export interface MailAddress {
  /** As the directory writes it; the domain in lower case. */
  readonly text: string;
  readonly domain: string;
  /** The address read as a JID: equal addresses have equal JIDs, whatever their case. */
  readonly jid: BareJid;
}

export type MailAddressReading = MailAddress | { readonly kind: "problem"; readonly message: string };

/** Reads a Mail ID. It must be a full address (facts R67): one local part, an `@`, a DNS domain. */
export function readMailAddress(text: string): MailAddressReading {
  const at = text.lastIndexOf("@");
  const name = text.slice(0, Math.max(at, 0));
  if (name === "" || /[\s\p{C}<>"@]/u.test(name)) return problem("is not an address like name@domain");
  const domain = text.slice(at + 1).toLowerCase();
  const wrong = domainNameProblem(domain);
  if (wrong !== undefined) return problem(`has a domain that ${wrong}`);
  const jid = jidOfSipAddress({ name, host: domain });
  if (jid === undefined) return problem("has characters that no user's address may hold");
  return { text: `${name}@${domain}`, domain, jid };
}

export function isMailAddress(reading: MailAddressReading): reading is MailAddress {
  return "jid" in reading;
}

function problem(message: string): MailAddressReading {
  return { kind: "problem", message };
}
