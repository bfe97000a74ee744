import type { Gateway } from "@interpres/interworking";
import type { Service } from "@interpres/runtime";
import type { FederationIdentities } from "./federation-identities.ts";

/** Translates between the two worlds: restores dialogs and repeats accepted messages before the first peer is heard. */
export function sipFederationService({
  gateway,
  identities,
}: {
  readonly gateway: Gateway;
  readonly identities: FederationIdentities;
}): Service {
  return {
    name: "sip-federation",
    start: async () => {
      await identities.load();
      await gateway.start();
      identities.start();
    },
    stop: async (next) => {
      identities.stop();
      gateway.stop(next);
    },
  };
}
