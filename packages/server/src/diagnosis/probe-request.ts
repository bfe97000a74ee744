import type { Random } from "@interpres/runtime";
import {
  buildRequest,
  contactOf,
  type LocalAddress,
  type SipRequest,
  sentByOf,
  type TransportProtocol,
} from "@interpres/sip";

/** Who asks whom, and how we are reached. */
export interface ProbeParties {
  readonly domain: string;
  /** Addresses, user at domain. */
  readonly from: string;
  readonly to: string;
  readonly local: LocalAddress;
  readonly protocol: TransportProtocol;
}

/** OPTIONS to a domain (RFC 3261 §11). */
export function optionsProbe(parties: ProbeParties, random: Random): SipRequest {
  const { domain } = parties;
  return probe("OPTIONS", { ...parties, uri: `sip:${domain}`, more: [["Accept", "application/sdp"]] }, random);
}

/** A SUBSCRIBE that ends with its one notification (RFC 6665 §4.4.3). */
export function subscribeProbe(parties: ProbeParties, random: Random): SipRequest {
  const more = [
    ["Event", "presence"],
    ["Accept", "application/pidf+xml"],
    ["Expires", "0"],
  ] as const;
  return probe("SUBSCRIBE", { ...parties, uri: `sip:${parties.to}`, more }, random);
}

interface Probe extends ProbeParties {
  readonly uri: string;
  readonly more: readonly (readonly [string, string])[];
}

function probe(method: string, { uri, from, local, protocol, more }: Probe, random: Random): SipRequest {
  return buildRequest({
    method,
    requestUri: uri,
    headers: [
      ["Via", `SIP/2.0/${protocol.toUpperCase()} ${sentByOf(local)};branch=z9hG4bK${random.token()}`],
      ["Max-Forwards", "70"],
      ["From", `<sip:${from}>;tag=${random.token()}`],
      ["To", `<${uri}>`],
      ["Call-ID", random.token()],
      ["CSeq", `1 ${method}`],
      ["Contact", contactOf(local, from.split("@", 1)[0] ?? "")],
      ...more,
    ],
  });
}
