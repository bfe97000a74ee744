import { X509Certificate } from "node:crypto";
import { type CertificatePurpose, certificatePurposes } from "@interpres/admin-api";
import type { FederationSettings } from "@interpres/federation";
import type { Clock, Random } from "@interpres/runtime";
import type { CertificateTable, OwnCertificate, Replacement, SettingsEdit, SettingsStore } from "@interpres/store";
import { factsOf, parseCertificates } from "../trust/certificate-facts.ts";
import { authorityOf, issueOwn } from "../trust/own-authority.ts";
import type { ClusterSettings } from "./cluster-settings.ts";
import { type DomainFacts, type DomainPlan, type DomainPlanning, planDomain } from "./domain-plan.ts";
import { type ConfiguredNode, fqdnInForce, withDomain } from "./node-domains.ts";
import type { ServiceControl } from "./service-control.ts";

export interface DomainChangerPorts {
  /** As the settings file says. */
  readonly configured: ConfiguredNode;
  readonly settings: SettingsStore<ClusterSettings>;
  readonly certificates: CertificateTable;
  readonly clock: Clock;
  readonly random: Random;
  readonly dhcpDomain: () => string | undefined;
  readonly sipTlsPort: () => number;
  readonly services: Pick<ServiceControl, "restartAll" | "onChange">;
}

/** The change cannot be made any more: another one came first. */
export class DomainChangeError extends Error {
  override readonly name = "DomainChangeError";
}

/** Gives the node another domain: names, certificates and routing FQDN in one transaction, then new services. */
export class DomainChanger {
  readonly #ports: DomainChangerPorts;
  #isUnderWay = false;

  constructor(ports: DomainChangerPorts) {
    this.#ports = ports;
  }

  /** What it would mean; changes nothing. */
  plan(name: string): DomainPlanning {
    if (this.#isUnderWay) return { kind: "refused", message: "another change of the domain is under way" };
    return planDomain(name, this.#facts());
  }

  /** Does what was planned. Rejects with `DomainChangeError`; a service that does not come back is told and tried again. */
  async apply(plan: DomainPlan, by: { readonly actor: string; readonly tell: (line: string) => void }): Promise<void> {
    if (this.#isUnderWay) throw new DomainChangeError("another change of the domain is under way");
    this.#isUnderWay = true;
    try {
      const { settings, certificates } = this.#ports;
      by.tell("Making certificates");
      const replacement = await this.#replacement(plan);
      by.tell(`Saving ${plan.fqdn.to} as the name of this node`);
      await settings.change(by.actor, (document) => ({
        ...this.#edit(document, plan),
        along: certificates.replacement(replacement),
      }));
      await this.#restart(by.tell);
    } finally {
      this.#isUnderWay = false;
    }
  }

  async #restart(tell: (line: string) => void): Promise<void> {
    const { services } = this.#ports;
    const end = services.onChange(({ name, state }) => tell(`${name} ${state}`));
    const obeyed = await services.restartAll().finally(end);
    if (obeyed.kind === "failed") tell(`${obeyed.reason}; it is tried again`);
  }

  #facts(): DomainFacts {
    const { configured, settings, certificates, dhcpDomain, sipTlsPort } = this.#ports;
    const { federation, cluster, nodeDomains } = settings.current().document;
    return {
      node: configured.name,
      fqdn: fqdnInForce(configured, nodeDomains),
      sipProxyDomain: cluster.sipProxyDomain,
      federation,
      sipTlsPort: sipTlsPort(),
      dhcpDomain: dhcpDomain(),
      foreignIssuers: foreignIssuers(certificates),
    };
  }

  #edit(document: ClusterSettings, { domain, fqdn }: DomainPlan): SettingsEdit<ClusterSettings> {
    const { configured } = this.#ports;
    if (fqdnInForce(configured, document.nodeDomains) !== fqdn.from)
      throw new DomainChangeError("the domain was changed meanwhile");
    const federation = withRoutingFqdn(document.federation, fqdn);
    const named = ({ serviceParameters }: FederationSettings, name: string) => {
      return { fqdn: name, federationRoutingFqdn: serviceParameters["sip-proxy"].federationRoutingFqdn };
    };
    return {
      document: { ...document, federation, nodeDomains: withDomain(document.nodeDomains, configured, domain) },
      audit: {
        action: "update",
        resource: `nodes/${configured.name}/domain`,
        before: named(document.federation, fqdn.from),
        after: named(federation, fqdn.to),
      },
    };
  }

  /** A chain that somebody else signed is kept until another such one is replaced: it cannot be made again here. */
  async #replacement({ wanted }: DomainPlan): Promise<Replacement> {
    const { certificates } = this.#ports;
    const foreign = foreignIssuers(certificates);
    const previous = new Map<string, OwnCertificate>();
    for (const { purpose } of wanted) {
      const old = certificates.own(purpose);
      const isKept = foreign.has(purpose) || certificates.previous(purpose) === undefined;
      if (old !== undefined && isKept) previous.set(purpose, old);
    }
    const made = wanted.map(
      async ({ purpose, ...subject }) => [purpose, await issueOwn(subject, this.#ports)] as const,
    );
    return { own: new Map(await Promise.all(made)), previous };
  }
}

/** R2: the routing FQDN goes along when it was the node's own. */
function withRoutingFqdn(federation: FederationSettings, fqdn: DomainPlan["fqdn"]): FederationSettings {
  const parameters = federation.serviceParameters["sip-proxy"];
  if (parameters.federationRoutingFqdn.toLowerCase() !== fqdn.from.toLowerCase()) return federation;
  return { ...federation, serviceParameters: { "sip-proxy": { ...parameters, federationRoutingFqdn: fqdn.to } } };
}

function foreignIssuers(certificates: CertificateTable): ReadonlyMap<CertificatePurpose, string> {
  const authority = new X509Certificate(authorityOf(certificates).chainPem);
  return new Map(
    certificatePurposes.flatMap((purpose) => {
      const [own] = parseCertificates(certificates.own(purpose)?.chainPem ?? "") ?? [];
      return own === undefined || own.checkIssued(authority) ? [] : [[purpose, factsOf(own).issuer]];
    }),
  );
}
