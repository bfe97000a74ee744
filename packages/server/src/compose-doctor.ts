import { servedDomains } from "@interpres/federation";
import type { Gateway } from "@interpres/interworking";
import { createResolver, defaultResolverLimits } from "@interpres/runtime";
import type { DnsHalf } from "./compose-dns.ts";
import { Doctor } from "./diagnosis/doctor.ts";
import type { NodeParts, SipHalf } from "./node-parts.ts";

/** The doctor over the living parts. */
export function composeDoctor(
  { clock, random, settings, history, running, federationSettings }: NodeParts,
  { sip, gateway, dns }: { readonly sip: SipHalf; readonly gateway: Gateway; readonly dns: DnsHalf },
): Doctor {
  const { federation, identity, mayConnect } = sip;
  // Whoever has just corrected a record wants to see it: nothing is remembered.
  const limits = {
    ...defaultResolverLimits,
    minimumTtlSeconds: 0,
    maximumTtlSeconds: 0,
    maximumNegativeTtlSeconds: 0,
    failureTtlSeconds: 0,
  };
  const resolver = createResolver({ clock, random, servers: settings.dns.servers, limits });
  return new Doctor({
    clock,
    random,
    resolver,
    federation,
    certificates: running.certificates,
    identity,
    mayConnect,
    ownRecords: () => dns.records.check(),
    localDomains: () => servedDomains(federationSettings()),
    inTurn: (domain, run) => gateway.inTurn(domain, run),
    decisions: history,
  });
}
