import type { Clock, Counter, DecisionLog, Histogram, Logger, Metrics, Random } from "@interpres/runtime";
import type { UserAgent } from "@interpres/sip";
import type { LocalDomain } from "@interpres/xmpp";
import type { AddressBook } from "../address/address-book.ts";
import type { FederatedPeers } from "../model/federated-peers.ts";
import type { Trails } from "../model/trail.ts";
import type { OutboundJournal } from "./outbound-journal.ts";
import type { ReceiptRepository } from "./receipt-repository.ts";

/** What messages stand on. */
export interface MessagePorts {
  readonly agent: Pick<UserAgent, "sendMessage" | "onPageMessage" | "sessions">;
  readonly local: LocalDomain;
  readonly addresses: AddressBook;
  readonly peers: FederatedPeers;
  readonly trails: Trails;
  readonly journal: OutboundJournal;
  readonly receipts: ReceiptRepository;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly decisions: DecisionLog;
  readonly meter: MessageMeter;
  readonly settings: MessageSettings;
}

export interface MessageSettings {
  /** An IPv4 address for the o= and c= lines of IM descriptions; nothing is sent to it. */
  readonly sdpAddress: string;
  readonly maxSessions: number;
  readonly maxSessionsWithOneDomain: number;
  /** Accepted messages whose fate is not known yet. */
  readonly maxUnfinished: number;
  readonly maxUnfinishedForOneDomain: number;
}

/** Counters of both directions. */
export interface MessageMeter {
  /** direction, mode, result: "delivered", "stored", "refused", "declined", "failed". */
  readonly messages: Counter;
  /** Seconds from the acceptance of a message of ours to the peer's final answer. */
  readonly outboundSeconds: Histogram;
}

/** Up to the 32 seconds after which a silent peer is given up (RFC 3261 §17.1.2.2, Timer F). */
const OUTBOUND_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 32];

export function messageMeter(metrics: Metrics): MessageMeter {
  return {
    messages: metrics.counter("interpres_im_messages_total", "Instant messages over the gateway by outcome.", [
      "direction",
      "mode",
      "result",
    ]),
    outboundSeconds: metrics.histogram(
      "interpres_im_outbound_seconds",
      "From the acceptance of a message of our users to its final answer from the other side.",
      OUTBOUND_SECONDS,
    ),
  };
}

/** An IM session as administrators see it. Times are milliseconds since 1970. */
export interface ImSessionView {
  readonly id: string;
  readonly local: string;
  readonly foreign: string;
  readonly peer: string;
  readonly direction: "inbound" | "outbound";
  readonly state: string;
  readonly callId: string;
  readonly startedAt: number;
  readonly lastActivityAt: number;
}
