import type { Timer } from "@interpres/runtime";
import { acknowledgement, dialogFromResponse, nextRequest } from "../dialog/dialog.ts";
import type { DialogSnapshot } from "../dialog/dialog-snapshot.ts";
import { domainOf, partyText, userOf } from "../dialog/party.ts";
import type { UsagePorts } from "../dialog/usage-ports.ts";
import { buildRequest } from "../message/build-request.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import { contactOf } from "../transaction/local-identity.ts";
import { allowValue } from "../transaction/methods.ts";
import type { RequestOutcome } from "../transaction/request-outcome.ts";
import { outcomeUser } from "../transaction/request-router.ts";
import type { ClientTransaction } from "../transaction/transaction-user.ts";
import type { NextHop } from "../transport/next-hop-selector.ts";
import { supportedLine } from "./session-timer.ts";
import type { InviteInit } from "./session-user.ts";

const RING_SECONDS = 60;
/** Forks that are hung up one by one; a peer that answers with more tags than this is not forking. */
const MOST_FORKS = 16;

export interface CallOwner {
  /** The first 2xx: the session's dialog. Its ACK is sent. */
  answered(dialog: DialogSnapshot, response: SipResponse, hop: NextHop): void;
  refused(outcome: RequestOutcome): void;
  ringTimeout(): void;
}

interface Acknowledged {
  readonly request: SipRequest;
  readonly hop: NextHop;
}

/**
 * An INVITE of ours until its end (RFC 3261 §13.2): each 2xx is acknowledged, each repeat of one again, and a second
 * dialog that a fork made is hung up at once.
 */
export class InviteCall {
  readonly #init: InviteInit;
  readonly #ports: UsagePorts;
  readonly #owner: CallOwner;
  readonly #acknowledged = new Map<string, Acknowledged>();
  #transaction: ClientTransaction | undefined;
  #ringTimer: Timer | undefined;
  #isCancelled = false;

  constructor(init: InviteInit, ports: UsagePorts, owner: CallOwner) {
    this.#init = init;
    this.#ports = ports;
    this.#owner = owner;
  }

  start(callId: string, localTag: string): void {
    const { to, timeoutSeconds } = this.#init;
    const lasts = (timeoutSeconds ?? RING_SECONDS) * 1000;
    this.#ringTimer = this.#ports.clock.after(lasts, () => this.#owner.ringTimeout());
    this.#ports.router.send(
      {
        domain: domainOf(to),
        uri: to,
        build: (hop) => (this.#isCancelled ? undefined : this.#build({ callId, localTag }, hop)),
      },
      {
        ...outcomeUser((outcome) => this.#refused(outcome)),
        final: (response, hop) => this.#final(response, hop),
        started: (transaction) => this.#started(transaction),
      },
    );
  }

  /** CANCEL, as soon as it may be sent (RFC 3261 §9.1). */
  cancel(): void {
    this.#isCancelled = true;
    this.#ringTimer?.cancel();
    this.#transaction?.cancel();
  }

  /** Neither CANCEL nor anything else. */
  abandon(): void {
    this.#isCancelled = true;
    this.#ringTimer?.cancel();
  }

  #started(transaction: ClientTransaction): void {
    this.#transaction = transaction;
    if (this.#isCancelled) transaction.cancel();
  }

  #refused(outcome: RequestOutcome): void {
    this.#ringTimer?.cancel();
    this.#owner.refused(outcome);
  }

  #final(response: SipResponse, hop: NextHop): void {
    if (response.status >= 300) {
      const { status, reason } = response;
      this.#refused({ kind: "answered", status, reason, response });
      return;
    }
    const known = this.#acknowledged.get(response.to.tag ?? "");
    if (known === undefined) this.#accepted(response, hop);
    else this.#ports.router.acknowledge(known.request, known.hop);
  }

  #accepted(response: SipResponse, hop: NextHop): void {
    if (this.#transaction === undefined || this.#acknowledged.size > MOST_FORKS) return;
    this.#ringTimer?.cancel();
    const isFirst = this.#acknowledged.size === 0;
    const dialog = dialogFromResponse(this.#transaction.request, response);
    const request = acknowledgement(dialog, response.cseq.number);
    this.#acknowledged.set(dialog.remoteTag, { request, hop });
    this.#ports.router.acknowledge(request, hop);
    if (isFirst) this.#owner.answered(dialog, response, hop);
    else this.#hangUp(dialog, hop);
  }

  /** RFC 3261 §13.2.2.4: a dialog of a fork that we do not want. */
  #hangUp(dialog: DialogSnapshot, hop: NextHop): void {
    const { request } = nextRequest(dialog, { method: "BYE" });
    this.#ports.router.send(
      { domain: domainOf(this.#init.to), uri: this.#init.to, preferred: hop, build: () => request },
      outcomeUser(ignore),
    );
  }

  #build({ callId, localTag }: { readonly callId: string; readonly localTag: string }, hop: NextHop): SipRequest {
    const { from, to, fromDisplayName, sdp, headers } = this.#init;
    const here = this.#ports.identity.towards(domainOf(to), hop.protocol);
    return buildRequest({
      method: "INVITE",
      requestUri: to,
      headers: [
        ["Max-Forwards", "70"],
        ["From", `${partyText(from, fromDisplayName)};tag=${localTag}`],
        ["To", partyText(to)],
        ["Call-ID", callId],
        ["CSeq", "1 INVITE"],
        ["Contact", contactOf(here, userOf(from))],
        ["Allow", allowValue],
        supportedLine,
        ...(headers ?? []),
        ["Content-Type", "application/sdp"],
      ],
      body: sdp,
    });
  }
}

function ignore(): void {
  return;
}
