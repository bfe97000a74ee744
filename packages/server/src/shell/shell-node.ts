import type { CertificateFacts, NodeService, ServiceName } from "@interpres/admin-api";
import type { DomainPlan, DomainPlanning } from "../admin/node/domain-plan.ts";
import type { HostLookup } from "./host-lookup.ts";
import type { NetworkFacts } from "./show-network.ts";
import type { StatusFacts } from "./show-status.ts";

/** What the shell asks of the node it runs on, and has it do. */
export interface ShellNode {
  readonly name: string;
  readonly version: string;
  network(): NetworkFacts;
  status(): Promise<StatusFacts>;
  certificates(store: "own" | "trust"): readonly ListedCertificate[];
  lookUp(name: string, record: "address" | "srv"): Promise<HostLookup>;
  readonly services: ShellServices;
  readonly domain: {
    plan(name: string): DomainPlanning;
    apply(plan: DomainPlan, by: { readonly actor: string; readonly tell: (line: string) => void }): Promise<void>;
  };
  /** Stops the node and starts it again; undefined where whoever runs it must do that. */
  readonly restart: ((actor: string) => Promise<void>) | undefined;
}

/** `label`: the purpose of a certificate of ours, the description of one we trust. */
export interface ListedCertificate extends Pick<CertificateFacts, "commonName" | "subject" | "issuer" | "notAfter"> {
  readonly label: string;
}

export interface ShellServices {
  list(): readonly NodeService[];
  control(order: ServiceOrder): Promise<ServiceOutcome>;
}

export interface ServiceOrder {
  readonly action: "start" | "stop" | "restart";
  readonly service: ServiceName;
  readonly actor: string;
}

/** `notes`: what else stopped, or is still stopped. */
export type ServiceOutcome =
  | { readonly kind: "done"; readonly notes: readonly string[] }
  | { readonly kind: "refused"; readonly reason: string };
