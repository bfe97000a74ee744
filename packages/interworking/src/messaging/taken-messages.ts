import type { RequestOutcome, SipRequest } from "@interpres/sip";
import { errorMessage, failureOfStatus } from "../failure/outcome-failure.ts";
import { type DeliveryNotice, readDeliveryNotices } from "../payload/delivery-notice.ts";
import type { MessagePorts } from "./message-ports.ts";
import type { Outbound } from "./page-mode.ts";

/** Of one conversation; who tells of a message so late that this many came after it is not heard. */
const MOST = 64;

/** Messages of a conversation that the peer took with 202, and may yet tell to have failed. */
export class TakenMessages {
  readonly #ports: Pick<MessagePorts, "local" | "decisions">;
  readonly #taken = new Map<string, Outbound>();

  constructor(ports: Pick<MessagePorts, "local" | "decisions">) {
    this.#ports = ports;
  }

  /** An answer to a message of ours. */
  answered(outcome: RequestOutcome, outbound: Outbound): void {
    const messageId =
      outcome.kind === "answered" && outcome.status === 202 ? outcome.response.first("Message-Id") : undefined;
    if (messageId === undefined) return;
    this.#taken.set(messageId.slice(0, 128), outbound);
    const [oldest] = this.#taken.keys();
    if (this.#taken.size > MOST && oldest !== undefined) this.#taken.delete(oldest);
  }

  /** A delivery notice within the session. */
  notified(notify: SipRequest): void {
    for (const notice of readDeliveryNotices(notify.body))
      if (notice.status >= 300) this.#failed(notice, notify.callId);
  }

  #failed({ messageId, status, diagnosis }: DeliveryNotice, callId: string): void {
    const outbound = this.#taken.get(messageId);
    if (outbound === undefined) return;
    this.#taken.delete(messageId);
    const { entry, user, contact, resource } = outbound;
    const failure = failureOfStatus(status);
    const to = resource === undefined ? user : user.withResource(resource);
    this.#ports.local.deliver(errorMessage({ from: contact, to, id: entry.stanzaId, failure }), ignore);
    this.#ports.decisions.record({
      kind: "message",
      direction: "outbound",
      user: user.toString(),
      peer: contact.toString(),
      decisions: [{ rule: "delivery-notice", outcome: "failed", inputs: { callId, diagnosis } }],
      result: `refused ${status}`,
    });
  }
}

/** Nobody waits for the fate of an error. */
function ignore(): void {
  return;
}
