import type { ServiceName } from "@interpres/admin-api";
import type { Configuration } from "./configuration.ts";
import { restartAreas } from "./restart-areas.ts";

/** The configuration a service found when it started; a later one has a higher number. */
export interface Taken {
  readonly at: number;
  readonly configuration: Configuration;
}

/**
 * The configuration in force: what is saved, but each area as the last of its services to start found it. Of an area
 * with two services the first restart brings the change; the other service still says that it waits (facts E2).
 */
export function configurationInForce(saved: Configuration, taken: (service: ServiceName) => Taken): Configuration {
  return restartAreas.reduce((configuration, { restart, copy }) => {
    const newest = restart.map(taken).reduce((one, other) => (other.at > one.at ? other : one));
    return newest.configuration === saved ? configuration : copy(newest.configuration, configuration);
  }, saved);
}
