import type { DiagnosisStep, DiagnosisStepName } from "@interpres/admin-api";

interface Parties {
  readonly domain: string;
  readonly localDomains: readonly string[];
  /** As text, RFC 3339. */
  readonly at: string;
}

/** What is asked of the other administrator, by the step that found a fault of theirs; the rest is ours to mend. */
const REQUESTS: Partial<Record<DiagnosisStepName, string>> = {
  route: "Publish the SRV record of your domain, or tell us the host and port of your SIP server.",
  addresses: "Publish an address for the host that your SRV record names, one that can be reached from outside.",
  connection: "Open the port to us, or correct the host and port in your SRV record.",
  tls: "Trust the authority of our certificate, and allow a TLS version and cipher suite that we allow.",
  chain: "Send us the certificate of the authority that signed yours, by a way on which we can be sure of it.",
  validity: "Renew your certificate, unless your clock or ours is wrong.",
  usages: "Have your certificate issued for server and client authentication: you call us, too.",
  subject: "Confirm that this is the name of your server's certificate.",
  names: "Let your SRV record name the host of your certificate, or have the certificate issued for that host.",
  identity: "Let your SRV record name the host of your certificate: we take requests from no other.",
  options: "Allow our domain, trust the authority of our certificate, and enter us by the name in it.",
  clock: "Compare your clock with a time server.",
  subscribe: "Allow presence subscriptions from our domain.",
  pace: "Put our domain on the list of partners that are not limited.",
};

/** What to tell the administrator of the other side; null while nothing lies with them. */
export function noteForPartner(steps: readonly DiagnosisStep[], { domain, localDomains, at }: Parties): string | null {
  const points = steps.flatMap(({ step, outcome, title, seen }) => {
    const request = REQUESTS[step];
    const isFault = outcome === "failed" || outcome === "warned";
    return isFault && request !== undefined ? [`- ${title}: no. We see: ${seen}.\n  ${request}`] : [];
  });
  if (points.length === 0) return null;
  const head = `We examined the federation of ${localDomains.join(", ")} with ${domain} at ${at}. This is in its way:`;
  return `${[head, "", ...points].join("\n")}\n`;
}
