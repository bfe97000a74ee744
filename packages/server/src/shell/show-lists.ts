import { findService, type NodeService, type ServiceName } from "@interpres/admin-api";
import type { ListedCertificate } from "./shell-node.ts";

/** `utils service list`, in the layout of facts B5. */
export function listServices(services: readonly NodeService[]): readonly string[] {
  return services.map(({ name, state, activated, available }) => {
    const note = available ? (activated ? "" : "  Service Not Activated") : "  Not in this release";
    return `${name}[${LABELS[state]}]${note}`;
  });
}

const LABELS: Readonly<Record<NodeService["state"], string>> = {
  running: "STARTED",
  degraded: "STARTED, DEGRADED",
  starting: "STARTING",
  stopping: "STOPPING",
  stopped: "STOPPED",
  failed: "FAILED",
};

/** The service a person means, or why that cannot be told. */
export function serviceMeant(
  text: string,
): { readonly kind: "found"; readonly name: ServiceName } | { readonly kind: "none"; readonly reason: string } {
  const found = findService(text);
  switch (found.kind) {
    case "found":
      return found;
    case "ambiguous":
      return { kind: "none", reason: `${text} is ambiguous: ${found.names.join(", ")}` };
    case "unknown":
      return { kind: "none", reason: `there is no service ${text}; \`utils service list\` shows them` };
  }
}

/** `show cert list own|trust`. */
export function listCertificates(certificates: readonly ListedCertificate[]): readonly string[] {
  if (certificates.length === 0) return ["No certificates"];
  return certificates.map(({ label, commonName, subject, issuer, notAfter }) => {
    const signer = issuer === subject ? "self-signed" : `signed by ${issuer}`;
    const name = commonName ?? subject;
    return `${label === "" ? "" : `${label}: `}${name}, ${signer}, valid until ${notAfter.slice(0, 10)}`;
  });
}
