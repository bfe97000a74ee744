import type { Resolver, SrvRecord } from "@interpres/runtime";
import { normalName } from "../peer/domain-name.ts";
import { lookUpServices, serviceNamesOf } from "./dns-routes.ts";
import type { Looked } from "./watched-names.ts";

/** The networks a domain publishes servers of. "unknown": DNS gave no answer where it was needed. */
export type PublishedNetwork = "xmpp" | "xmpp-and-sip" | "sip" | "none" | "unknown";

/** One SRV name that was asked for; `detail` is for people. */
export interface NetworkRecord {
  readonly name: string;
  readonly outcome: "matched" | "none" | "failed";
  readonly detail: string;
}

/** What DNS says of a domain that nobody has added. */
export interface DomainNetwork {
  readonly kind: PublishedNetwork;
  /** XMPP first, then SIP: the order in which an XMPP server asks (RFC 7247 §5). */
  readonly records: readonly NetworkRecord[];
  /** The same in one sentence, for people. */
  readonly text: string;
}

/** Domains asked about at once; the resolver has traffic to serve, and whoever can send a stanza can name a domain. */
const MOST_AT_ONCE = 8;

/**
 * Which network a domain is in that nobody has added (RFC 7247 §5). Domains that were added are never asked about: their
 * type and routes say it. The resolver remembers each answer for its time to live, and the verdict with it.
 */
export class DomainNetworks {
  readonly #resolver: Resolver;
  #underWay = 0;

  constructor({ resolver }: { readonly resolver: Resolver }) {
    this.#resolver = resolver;
  }

  /** Asks DNS where memory has no answer; "unknown" at once where too many are being asked about. Never rejects. */
  async of(name: string): Promise<DomainNetwork> {
    const domain = normalName(name);
    if (this.#underWay >= MOST_AT_ONCE) return networkFrom(domain, []);
    this.#underWay += 1;
    const names = [`_xmpp-server._tcp.${domain}`, ...sipNamesOf(domain)];
    const looked = await Promise.all(names.map((service) => lookUpServices(this.#resolver, service)));
    this.#underWay -= 1;
    return networkFrom(
      domain,
      names.map((service, index) => recordOf(service, looked[index])),
    );
  }
}

/** Those we would go by, then the rest of RFC 3263 §4.2, which a static route may lead to. */
function sipNamesOf(domain: string): readonly string[] {
  return [...serviceNamesOf(domain, "standard"), `_sip._tcp.${domain}`, `_sip._udp.${domain}`];
}

function recordOf(name: string, looked: Looked<readonly SrvRecord[]> | undefined): NetworkRecord {
  switch (looked?.kind) {
    case "found": {
      const targets = looked.value.map(({ target, port }) => `${target}:${port}`);
      return { name, outcome: "matched", detail: targets.join(", ") };
    }
    case "failed":
      return { name, outcome: "failed", detail: `DNS gave no answer for ${name}: ${looked.reason}` };
    default:
      return { name, outcome: "none", detail: `no SRV record ${name}` };
  }
}

function networkFrom(domain: string, records: readonly NetworkRecord[]): DomainNetwork {
  const [xmpp, ...sip] = records;
  const kind = kindOf(xmpp?.outcome ?? "failed", sip);
  return { kind, records, text: TEXTS[kind](domain) };
}

function kindOf(xmpp: NetworkRecord["outcome"], sip: readonly NetworkRecord[]): PublishedNetwork {
  const hasSip = sip.some(({ outcome }) => outcome === "matched");
  if (xmpp === "matched" && hasSip) return "xmpp-and-sip";
  if (xmpp === "failed" || (!hasSip && sip.some(({ outcome }) => outcome === "failed"))) return "unknown";
  if (xmpp === "matched") return "xmpp";
  return hasSip ? "sip" : "none";
}

const TEXTS: Readonly<Record<PublishedNetwork, (domain: string) => string>> = {
  xmpp: (domain) => `${domain} publishes an XMPP server and no SIP server, and this server federates by SIP only`,
  "xmpp-and-sip": (domain) => `${domain} publishes a SIP server beside its XMPP server, and is not federated with here`,
  sip: (domain) => `${domain} publishes a SIP server, and is not federated with here`,
  none: (domain) => `${domain} publishes neither an XMPP nor a SIP server, and is not federated with here`,
  unknown: (domain) => `DNS gave no answer about ${domain}, which is not federated with here`,
};
