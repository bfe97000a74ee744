import type { ObservingPeer } from "../observer/rule.ts";

/** What stands behind `=`: nothing, a number, one word of a list, a method, or a method and more behind a colon. */
export type FaultValue =
  | { readonly kind: "none" }
  | { readonly kind: "number"; readonly unit: string; readonly least: number; readonly most: number }
  | { readonly kind: "word"; readonly words: readonly string[] }
  | { readonly kind: "method" }
  | { readonly kind: "method-seconds" }
  | { readonly kind: "method-status" };

/** One way in which a simulator behaves as real peers do on a bad day, or as only some of them do. */
export interface Fault {
  readonly value: FaultValue;
  readonly does: string;
  /** RFC section, or section of the dialect facts. */
  readonly source: string;
  /** Both simulators unless it says. */
  readonly only?: ObservingPeer;
}

const none: FaultValue = { kind: "none" };
const seconds: FaultValue = { kind: "number", unit: "seconds", least: 1, most: 86_400 };

/** How a certificate can be wrong. */
export const CERTIFICATE_FAULTS = [
  "wrong-name",
  "no-common-name",
  "no-alternative-name",
  "no-client-usage",
  "no-server-usage",
  "expired",
  "untrusted",
  "none",
] as const;

export type CertificateFault = (typeof CERTIFICATE_FAULTS)[number];

/** Every fault by its name. */
export const FAULTS = {
  certificate: {
    value: { kind: "word", words: CERTIFICATE_FAULTS },
    does: "shows such a certificate, or as a client none, on every connection from now on",
    source: "dialect facts §1.2, §7 (1)",
  },
  connections: {
    value: { kind: "number", unit: "connections", least: 1, most: 20 },
    does: "spreads its requests over so many connections of its own",
    source: "dialect facts §1.1, §7 (2)",
  },
  "their-connection": {
    value: none,
    does: "sends requests in a dialog that the other side began on the other side's connection",
    source: "RFC 5923 §8; dialect facts §1.1",
  },
  routes: {
    value: { kind: "number", unit: "entries", least: 0, most: 5 },
    does: "records so many signed routes, one of them by default",
    source: "dialect facts §1.5 (3), §7 (3)",
    only: "edge",
  },
  "header-case": {
    value: { kind: "word", words: ["upper", "lower", "compact"] },
    does: "writes header names so",
    source: "RFC 3261 §7.3.1; dialect facts §1.5 (2), §7 (4)",
  },
  "leading-crlf": {
    value: none,
    does: "sends two line ends before every message",
    source: "RFC 3261 §7.5; dialect facts §1.6, §7 (4)",
  },
  pieces: {
    value: { kind: "number", unit: "octets", least: 1, most: 65_536 },
    does: "writes messages in pieces of so many octets",
    source: "RFC 3261 §18.3; dialect facts §1.6",
  },
  client: {
    value: { kind: "word", words: ["lcs-2005", "batched", "no-accept"] },
    does: "watches as an LCS 2005 client, by a batched list that needs extensions, or without an Accept header",
    source: "dialect facts §1.7, §2.2, §7 (5)",
    only: "edge",
  },
  refresh: {
    value: seconds,
    does: "refreshes each subscription of its own so often",
    source: "dialect facts §2.3, §7 (5)",
  },
  grant: {
    value: seconds,
    does: "grants a subscription at most so long",
    source: "RFC 6665 §4.2.1.1; dialect facts §2.3",
  },
  document: {
    value: { kind: "word", words: ["categories", "msrtc-pidf", "xpidf", "utf-16", "none"] },
    does: "sends presence in that format whatever was accepted, PIDF that says it is UTF-16, or no document",
    source: "dialect facts §2.1, §2.5, §2.6",
  },
  "notify-first": {
    value: none,
    does: "lets the first NOTIFY overtake the 200 to SUBSCRIBE; a clearing house always does",
    source: "dialect facts §2.3",
    only: "edge",
  },
  block: {
    value: none,
    does: "shows everybody as offline and answers INVITE with 480, as for a blocked watcher",
    source: "dialect facts §2.8",
  },
  delay: {
    value: { kind: "method-seconds" },
    does: "answers the method so much later; INVITE rings meanwhile",
    source: "dialect facts §3.4, §7 (8)",
  },
  answer: {
    value: { kind: "method-status" },
    does: "answers the method with that status, with Warning 309 for 606 and diagnostics for the others",
    source: "dialect facts §1.9, §3.4, §6, §7 (8)",
  },
  silent: {
    value: { kind: "method" },
    does: "never answers the method",
    source: "dialect facts §3.6",
  },
  fork: {
    value: { kind: "word", words: ["early", "late"] },
    does: "rings at two devices with two To tags; late: the second one answers with 200 too",
    source: "RFC 3261 §13.2.2.4; dialect facts §3.4, §7 (8)",
    only: "edge",
  },
  glare: {
    value: none,
    does: "invites whoever invites it, at the same moment",
    source: "dialect facts §3.10",
  },
  media: {
    value: { kind: "word", words: ["x-ms-message"] },
    does: "names the media line as LCS 2005 does",
    source: "dialect facts §3.2",
    only: "edge",
  },
  "session-timer": {
    value: { kind: "number", unit: "seconds", least: 90, most: 86_400 },
    does: "asks for a session timer in INVITE",
    source: "RFC 4028 §7.1; dialect facts §3.10",
    only: "edge",
  },
  text: {
    value: { kind: "word", words: ["html", "rtf", "multipart", "related", "msgr", "iscomposing"] },
    does: "writes messages in that format: HTML, RTF, alternatives, related parts, plain with fonts; or typing as MESSAGE",
    source: "dialect facts §3.6, §7 (9)",
  },
  idle: {
    value: seconds,
    does: "ends a session in which nothing was said so long",
    source: "dialect facts §3.10, §7 (13)",
  },
  drop: {
    value: { kind: "method" },
    does: "breaks the connection when the method arrives, without an answer",
    source: "dialect facts §7 (14)",
  },
} as const satisfies Readonly<Record<string, Fault>>;

export type FaultName = keyof typeof FAULTS;

/** `NAME=VALUE` of a fault as it is written, for help and documents. */
export function faultUsage(name: FaultName): string {
  const { value }: Fault = FAULTS[name];
  switch (value.kind) {
    case "none":
      return name;
    case "number":
      return `${name}=${value.unit.toUpperCase()}`;
    case "word":
      return `${name}=${value.words.join("|")}`;
    case "method":
      return `${name}=METHOD`;
    case "method-seconds":
      return `${name}=METHOD:SECONDS`;
    case "method-status":
      return `${name}=METHOD:STATUS`;
  }
}
