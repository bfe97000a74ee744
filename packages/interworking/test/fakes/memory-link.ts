import { type Clock, type Random, silentLogger, silentMetrics } from "@interpres/runtime";
import {
  type Connection,
  type LocalIdentity,
  type NextHop,
  parseMessage,
  type SipMessage,
  type SipRequest,
  type SipResponse,
  type SipTransport,
  serialize,
  TransactionLayer,
  type TransportFailure,
  UserAgentCore,
} from "@interpres/sip";
import { invitationTypes } from "../../src/payload/invitation.ts";

/** A wire between two SIP stacks in memory: octets are written, parsed and handed over when the writer is done. */
export class MemoryLink implements SipTransport {
  readonly wire: string[];
  isBroken = false;
  #other: MemoryLink | undefined;
  #onMessage: (message: SipMessage, connection: Connection) => void = () => undefined;
  readonly #connection: Connection;

  private constructor(wire: string[], id: number) {
    this.wire = wire;
    this.#connection = {
      id,
      protocol: "tls",
      direction: "inbound",
      remoteAddress: "192.0.2.1",
      remotePort: 5061,
      localAddress: "192.0.2.254",
      localPort: 5061,
      identity: undefined,
      certificate: undefined,
      isOpen: true,
      send: () => undefined,
      close: () => undefined,
    };
  }

  static pair(): readonly [MemoryLink, MemoryLink] {
    const wire: string[] = [];
    const [left, right] = [new MemoryLink(wire, 1), new MemoryLink(wire, 2)];
    left.#other = right;
    right.#other = left;
    return [left, right];
  }

  onMessage(handler: (message: SipMessage, connection: Connection) => void): void {
    this.#onMessage = handler;
  }

  onProblem(): void {
    return;
  }

  onConnectionClosed(): void {
    return;
  }

  sendResponse(response: SipResponse): void {
    this.#carry(serialize(response));
  }

  sendRequest(
    request: SipRequest,
    hop: NextHop,
    failed: (failure: TransportFailure) => void,
    sent?: (connection: Connection) => void,
  ): void {
    if (this.isBroken) {
      failed({ cause: "connect-failed", hop, detail: "broken" });
      return;
    }
    this.#carry(serialize(request));
    sent?.(this.#connection);
  }

  /** Octets as they are, of a side that the test plays. */
  write(text: string): void {
    this.#carry(Buffer.from(text, "utf8"));
  }

  #carry(octets: Buffer): void {
    this.wire.push(octets.toString("utf8"));
    queueMicrotask(() => {
      const message = parseMessage(octets, "stream");
      if (message.kind === "syntax-problem") throw new Error(`${message.reason}: ${octets.toString()}`);
      const other = this.#other;
      if (other !== undefined) other.#onMessage(message, other.#connection);
    });
  }
}

export interface StackInit {
  readonly transport: SipTransport;
  readonly host: string;
  readonly clock: Clock;
  readonly random: Random;
}

/** A real SIP stack on a link; every domain is at its other end. */
export function sipStack({ transport, host, clock, random }: StackInit): UserAgentCore {
  const identity: LocalIdentity = { towards: (_domain, transport) => ({ host, port: 5061, transport }) };
  const shared = { clock, random, log: silentLogger, metrics: silentMetrics, identity };
  const transactions = new TransactionLayer({ ...shared, transport, gate: { admit: () => ({ kind: "admit" }) } });
  return new UserAgentCore({
    ...shared,
    settings: { invitationTypes },
    transactions,
    selector: {
      select: ({ domain }) => ({
        kind: "hops",
        hops: [{ host: `sip.${domain}`, port: 5061, protocol: "tls", domain, from: "test" }],
        decisions: [],
      }),
    },
  });
}
