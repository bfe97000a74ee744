import { isAddressed, type MessageDelivery } from "../messaging/delivery.ts";
import type { InboundPresence } from "../presence/inbound-presence.ts";
import type { LocalStanzas, Router } from "../router/router.ts";
import type { IqDelivery } from "./iq-delivery.ts";

/** Where the router's stanzas for local domains go. */
export function localStanzas(to: {
  readonly router: Router;
  readonly delivery: MessageDelivery;
  readonly presence: InboundPresence;
  readonly iqs: IqDelivery;
}): LocalStanzas {
  return {
    message: (message, taken) => {
      if (!isAddressed(message)) {
        taken();
        return;
      }
      to.delivery.deliver(message, "local", (outcome) => {
        if (outcome.kind === "refused") to.router.bounce(message, outcome);
        taken();
      });
    },
    presence: (presence) => to.presence.receive(presence),
    iq: (iq) => to.iqs.receive(iq),
  };
}
