import { decodeUtf8, parseTokenWithParameters, type SipResponse, type TokenWithParameters } from "@interpres/sip";

/** What a peer says of a refusal beside its status. */
export interface PeerReason {
  /** For people: header and text, with what the number means. */
  readonly text: string;
  readonly remedy: string | undefined;
}

interface Meaning {
  readonly means: string;
  readonly remedy?: string;
}

const OUR_DNS = "publish the SRV record of our domain, with a target inside that domain, where their Edge can see it";
const THEIR_LIST = "they must list our domain, with our FQDN as network address, as a provider, and nowhere else";
const TRUST = "they must import our authority (ca.pem); our certificate's name must be the one they have entered";
const OUR_PORT = "open our SIP port to their Edge";
const GAVE_NONE = { means: "the hop before gave no reason", remedy: "look at our decisions for their request" };
const NO_CONNECTION = { means: "they could not connect to us", remedy: OUR_PORT };

/** Numbers of ms-diagnostics that are met in federation (facts of Microsoft's dialect §1.9). */
const MICROSOFT: ReadonlyMap<number, Meaning> = new Map<number, Meaning>([
  [
    1003,
    {
      means: "there is no such user",
      remedy: "nothing: the domain answered; ask the doctor for a user who exists with --to",
    },
  ],
  [1007, { means: "cannot be routed for the moment", remedy: "look at their front end; try again" }],
  [1008, { means: "they found no SRV record of ours", remedy: OUR_DNS }],
  [1009, { means: "our SRV record does not fit our domain", remedy: OUR_DNS }],
  [1010, { means: "they do not trust our certificate", remedy: TRUST }],
  [1011, GAVE_NONE],
  [1014, { means: "the host our SRV record names has no address for them", remedy: "publish its A record" }],
  [1017, { means: "they do not route between these two domains", remedy: THEIR_LIST }],
  [1018, { means: "they could not read the request", remedy: "follow the trace and look at what was sent" }],
  [1027, { means: "they do not allow this from federated partners", remedy: THEIR_LIST }],
  [1028, { means: "our domain is found at a provider but is not allowed there", remedy: THEIR_LIST }],
  [1034, GAVE_NONE],
  [1036, GAVE_NONE],
  [1037, GAVE_NONE],
  [1038, NO_CONNECTION],
  [1046, NO_CONNECTION],
  [1047, { means: "TLS with us failed on their side", remedy: TRUST }],
  [2165, { means: "this kind of subscription is not offered" }],
  [4141, { means: "the user is disabled there" }],
  [6001, { means: "their conference did not answer in time" }],
]);

/** Who speaks, where the number itself is not known: the first number of each range (the same facts). */
const RANGES: readonly (readonly [number, string])[] = [
  [90_000, "of public IM services"],
  [18_000, "of a part unknown to us"],
  [17_000, "of their filter for client versions"],
  [16_000, "of their message filter"],
  [12_000, "of voice"],
  [10_000, "of mediation"],
  [8000, "of a part unknown to us"],
  [7000, "of audio and video conferences"],
  [6000, "of conferences"],
  [5000, "of an application"],
  [3000, "of user services"],
  [2000, "of presence"],
  [1000, "of their SIP stack"],
];

/** Warn-codes with a meaning beside RFC 3261 §20.43: those of servers before ms-diagnostics. */
const WARNINGS: ReadonlyMap<string, string> = new Map([["309", "their message filter blocks the contents"]]);

/** The reasons in a response: ms-diagnostics of either kind, Warning (RFC 3261 §20.43) and Reason (RFC 3326). */
export function peerReasonsIn(response: SipResponse): readonly PeerReason[] {
  const of = (name: string): readonly string[] => response.all(name);
  return [
    ...[...of("ms-diagnostics-public"), ...of("ms-diagnostics")].map(microsoftReason),
    ...of("Warning").map(warning),
    ...of("Reason").map((value) => ({ text: `Reason: ${decodeUtf8(value)}`, remedy: undefined })),
  ];
}

function microsoftReason(value: string): PeerReason {
  const read = parseTokenWithParameters(value);
  if ("kind" in read) return { text: `ms-diagnostics ${decodeUtf8(value)}`, remedy: undefined };
  const { means, remedy } = meaningOf(read);
  const source = read.parameters.get("source");
  const from = source === undefined ? "" : ` from ${source}`;
  const said = `ms-diagnostics ${read.token}${from}: ${read.parameters.get("reason") ?? ""}`;
  return { text: `${decodeUtf8(said)} (${means})`, remedy };
}

/** The number may have a sub-code behind a dot. */
function meaningOf({ token }: TokenWithParameters): Meaning {
  const id = Number.parseInt(token, 10);
  const range = RANGES.find(([first]) => id >= first);
  return MICROSOFT.get(id) ?? { means: range === undefined ? "of their servers in general" : range[1] };
}

function warning(value: string): PeerReason {
  const means = WARNINGS.get(/^\d{3}/.exec(value)?.[0] ?? "");
  return { text: `Warning: ${decodeUtf8(value)}${means === undefined ? "" : ` (${means})`}`, remedy: undefined };
}
