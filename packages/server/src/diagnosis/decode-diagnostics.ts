import type { SipResponse } from "@interpres/sip";

/** What a peer says of a refusal beside its status. */
export interface PeerReason {
  /** For people: header and text, with what the number means. */
  readonly text: string;
  readonly remedy: string | undefined;
}

interface Meaning {
  readonly means: string;
  readonly remedy: string;
}

const OUR_DNS = "publish the SRV record of our domain, with a target inside that domain, where their Edge can see it";
const THEIR_LIST = "they must list our domain, with our FQDN as network address, as a provider, and nowhere else";
const TRUST = "they must import our authority (ca.pem); our certificate's name must be the one they have entered";

/** Numbers of ms-diagnostics that are about federation (facts 1.9). */
const MICROSOFT: ReadonlyMap<number, Meaning> = new Map([
  [
    1003,
    { means: "there is no such user", remedy: "nothing: the domain answered; ask for a user who exists with --to" },
  ],
  [1007, { means: "cannot be routed for the moment", remedy: "look at their front end; try again" }],
  [1008, { means: "they found no SRV record of ours", remedy: OUR_DNS }],
  [1009, { means: "our SRV record does not fit our domain", remedy: OUR_DNS }],
  [1010, { means: "they do not trust our certificate", remedy: TRUST }],
  [1014, { means: "the host our SRV record names has no address for them", remedy: "publish its A record" }],
  [1017, { means: "they do not route between these two domains", remedy: THEIR_LIST }],
  [1027, { means: "they do not allow this from federated partners", remedy: THEIR_LIST }],
  [1028, { means: "our domain is found at a provider but is not allowed there", remedy: THEIR_LIST }],
  [1034, { means: "the hop before gave no reason", remedy: "look at our decisions for their request" }],
  [1038, { means: "they could not connect to us", remedy: "open our SIP port to their Edge" }],
  [1046, { means: "they could not connect to us", remedy: "open our SIP port to their Edge" }],
  [1047, { means: "TLS with us failed on their side", remedy: TRUST }],
]);

/** The reasons in a response: ms-diagnostics, Warning (RFC 3261 §20.43) and Reason (RFC 3326). */
export function reasonsIn(response: SipResponse): readonly PeerReason[] {
  const of = (name: string): readonly string[] => response.all(name);
  return [
    ...[...of("ms-diagnostics-public"), ...of("ms-diagnostics")].map(microsoftReason),
    ...of("Warning").map((value) => ({ text: `Warning: ${value}`, remedy: undefined })),
    ...of("Reason").map((value) => ({ text: `Reason: ${value}`, remedy: undefined })),
  ];
}

function microsoftReason(value: string): PeerReason {
  const id = Number(/^\s*(\d+)/.exec(value)?.[1]);
  const said = /;\s*reason="([^"]*)"/i.exec(value)?.[1] ?? "";
  const source = /;\s*source="([^"]*)"/i.exec(value)?.[1];
  const meaning = MICROSOFT.get(id);
  const from = source === undefined ? "" : ` from ${source}`;
  const means = meaning === undefined ? "" : ` (${meaning.means})`;
  return { text: `ms-diagnostics ${id}${from}: ${said}${means}`, remedy: meaning?.remedy };
}
