import type { Gateway } from "@interpres/interworking";
import type { Service } from "@interpres/runtime";

/** Translates between the two worlds: restores dialogs and repeats accepted messages before the first peer is heard. */
export function sipFederationService({ gateway }: { readonly gateway: Gateway }): Service {
  return {
    name: "sip-federation",
    start: () => gateway.start(),
    stop: async () => gateway.stop(),
  };
}
