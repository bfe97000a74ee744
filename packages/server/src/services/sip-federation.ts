import type { Gateway } from "@interpres/interworking";
import type { Service } from "@interpres/runtime";
import type { LiveAttachments } from "../attachments/live-attachments.ts";
import type { FederationIdentities } from "./federation-identities.ts";

/** Translates between the two worlds: restores dialogs and repeats accepted messages before the first peer is heard. */
export function sipFederationService({
  gateway,
  identities,
  attachments,
}: {
  readonly gateway: Gateway;
  readonly identities: FederationIdentities;
  readonly attachments: LiveAttachments;
}): Service {
  return {
    name: "sip-federation",
    start: async () => {
      await identities.load();
      await gateway.start();
      identities.start();
      // Attached servers speak to the gateway as soon as they are linked.
      attachments.start();
    },
    stop: async (next) => {
      identities.stop();
      gateway.stop(next);
      // Behind what the gateway had to say to their users at last (XEP-0100 §7).
      attachments.stop();
    },
  };
}
