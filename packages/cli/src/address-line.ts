import { printable, type ShownAddress } from "@interpres/admin-api";

/** Both forms of an address, and what it could be taken for (RFC 7247 §8). */
export function addressLine({ jid, sipUri, looksLike, mixesScripts }: ShownAddress): string {
  const alike = looksLike.length === 0 ? [] : [`looks like ${looksLike.join(", ")}`];
  const warnings = [...alike, ...(mixesScripts ? ["mixes letters of several scripts"] : [])];
  const warning = warnings.length === 0 ? "" : `; warning: ${warnings.join("; ")}`;
  return printable(`${jid} is ${sipUri ?? "not to be written"} in SIP${warning}`);
}
