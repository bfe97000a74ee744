import type { ClientOffer, FailedHandshake } from "@interpres/sip";
import { cipherNameOfCode } from "../trust/cipher-suites.ts";
import { presentedNames } from "../trust/peer-identity.ts";
import type { EffectiveTls } from "../trust/tls-context.ts";
import type { Objection } from "./objection.ts";

/** What we brought to a handshake. */
export interface OurSide {
  readonly effective: EffectiveTls;
  /** Our certificate for people: common name and who signed it. */
  readonly certificate: string;
}

/** A list of suites is cut here; a client may offer a hundred. */
const LONGEST_LIST = 12;

const VERSIONS: ReadonlyMap<number, string> = new Map([
  [0x0304, "TLSv1.3"],
  [0x0303, "TLSv1.2"],
  [0x0302, "TLSv1.1"],
  [0x0301, "TLSv1"],
  [0x0300, "SSLv3"],
]);

/**
 * A failed handshake as a refusal, with what each side had (facts C10). Where the peer only says that it will not, that is
 * all that can be said, and the answer says so.
 */
export function handshakeObjection(failed: FailedHandshake, ours: OurSide): Objection {
  const { failure, offer, direction } = failed;
  const weSpeak = `${ours.effective.minVersion} to ${ours.effective.maxVersion}`;
  const weHave = listOf(direction === "inbound" ? ours.effective.inboundCiphers : ours.effective.ciphers);
  switch (failure.cause) {
    case "version":
      return refuse("tls-version", `${versionsOf(offer)}: ${failure.detail}`, weSpeak);
    case "cipher":
      return refuse("tls-cipher", suitesOf(offer, failed), `${weHave}, and a group and signature in common`);
    case "refused":
      return refuse("tls-handshake", `${peerOf(failed)} answered: ${failure.detail}`, mayBe(weSpeak, weHave));
    case "own-certificate":
      return refuse(
        "own-certificate",
        `${peerOf(failed)} answered: ${failure.detail}`,
        `trust in our ${ours.certificate}`,
      );
    case "not-tls":
      return refuse("tls-handshake", `no TLS: ${failure.detail}`, `TLS, ${weSpeak}`);
    case "closed":
    case "timeout":
    case "other":
      return refuse("tls-handshake", `${peerOf(failed)}: ${failure.detail}`, `${weSpeak} with ${weHave}`);
  }
}

function mayBe(weSpeak: string, weHave: string): string {
  return `a suite in common and our certificate taken; it does not say which is wrong. We offer ${weSpeak} with ${weHave}`;
}

function versionsOf(offer: ClientOffer | undefined): string {
  if (offer === undefined) return "no version of ours";
  return offer.versions.map((version) => VERSIONS.get(version) ?? `0x${version.toString(16)}`).join(", ");
}

function suitesOf(offer: ClientOffer | undefined, failed: FailedHandshake): string {
  return offer === undefined
    ? `${peerOf(failed)}: ${failed.failure.detail}`
    : listOf(offer.suites.map(cipherNameOfCode));
}

function listOf(names: readonly string[]): string {
  const more = names.length - LONGEST_LIST;
  const shown = names.slice(0, LONGEST_LIST).join(", ");
  return more > 0 ? `${shown} and ${more} more` : shown;
}

/** Whom the peer has shown to be, as far as it came. */
function peerOf({ certificate, nextHop, remoteAddress }: FailedHandshake): string {
  const [name] = certificate === undefined ? [] : presentedNames(certificate);
  return name ?? nextHop?.host ?? remoteAddress;
}

function refuse(rule: string, presented: string, expected: string): Objection {
  return { rule, status: 503, reason: "Service Unavailable", presented, expected };
}
