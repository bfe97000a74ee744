import { parseJid } from "../address/jid.ts";
import { prepareDomain } from "../address/prepare.ts";
import { type Element, NS, type RootDeclaration } from "../xml/index.ts";
import type { StreamErrorCondition } from "./stream-error.ts";

/** A client's stream header that passed. */
export interface StreamHeader {
  /** The `to`, prepared. */
  readonly domain: string;
  /** The bare form of `from`, where the client gave one (RFC 6120 §4.7.1). */
  readonly from?: string;
  /** `xml:lang`, for stanzas that have none of their own (RFC 6120 §4.7.4). */
  readonly lang?: string;
}

/** The rule a header breaks. */
export interface HeaderFault {
  readonly kind: "header-fault";
  readonly condition: StreamErrorCondition;
}

/**
 * Checks an initial stream header in the order of RFC 6120 §4.8.1 (stream namespace), §4.8.2 (content namespace), §4.7.5
 * (version), §4.7.2 (to). A missing `to` is an unknown host.
 */
export function readHeader(root: Element, declaration: RootDeclaration): StreamHeader | HeaderFault {
  if (root.namespace !== NS.streams) return fault("invalid-namespace");
  if (root.name !== "stream") return fault("bad-format");
  if (declaration.prefix !== "stream") return fault("bad-namespace-prefix");
  if (declaration.contentNamespace !== NS.client) return fault("invalid-namespace");
  return readOpen(root);
}

/** Checks the attributes of a header: all there is to an `<open/>` of the framing namespace (RFC 7395 §3.3.1). */
export function readOpen({ attributes }: Element): StreamHeader | HeaderFault {
  if (!isSupportedVersion(attributes.get("version"))) return fault("unsupported-version");
  const domain = prepareDomain(attributes.get("to") ?? "");
  if (domain === undefined) return fault("host-unknown");
  const from = parseJid(attributes.get("from") ?? "")?.bare.toString();
  const lang = attributes.get("xml:lang");
  return { domain, ...(from === undefined ? {} : { from }), ...(lang === undefined ? {} : { lang }) };
}

function isSupportedVersion(version: string | undefined): boolean {
  const parts = /^0*(\d{1,3})\.\d{1,3}$/.exec(version ?? "");
  return Number(parts?.[1] ?? 0) >= 1;
}

function fault(condition: StreamErrorCondition): HeaderFault {
  return { kind: "header-fault", condition };
}
