import type { ServiceParameters } from "@interpres/admin-api";
import type { FastifyRequest } from "fastify";
import type { AdminContext } from "../admin-context.ts";
import type { ClusterSettings } from "../node/cluster-settings.ts";

/** A change of parameters that somebody asks for. */
export interface ParameterChange {
  readonly context: AdminContext;
  readonly request: FastifyRequest;
  /** New values by name, unchecked; what is not named stays. */
  readonly values: unknown;
}

/** A service that has parameters. */
export interface ParameterizedService {
  shown(settings: ClusterSettings): ServiceParameters;
  /** Audited, all or nothing; throws what is wrong with the values. Answers with all there are then, and with warnings. */
  change(change: ParameterChange): Promise<ServiceParameters>;
}
