import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import { type Broke, type Clock, type Logger, plainAddress, watchListener } from "@interpres/runtime";
import { LRUCache } from "lru-cache";
import type { SipMessage } from "../message/message.ts";
import type { MessageProblem } from "../message/message-problem.ts";
import { parseMessage } from "../message/parse.ts";
import type { Connection, ConnectionIdentity } from "./connection.ts";
import type { ConnectionFacts, ConnectionVerdict, NotYet } from "./connection-gate.ts";
import type { NextHop } from "./next-hop-selector.ts";
import type { TransportSettings } from "./transport-settings.ts";

export interface UdpSocketOptions {
  readonly host: string;
  readonly port: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings: TransportSettings;
  readonly nextId: () => number;
  readonly judge: (facts: ConnectionFacts) => ConnectionVerdict | NotYet;
  readonly message: (message: SipMessage | MessageProblem, octets: Uint8Array, connection: Connection) => void;
  /** It receives nothing more, though it was not closed. */
  readonly broke: Broke;
}

/** One remote address and port of a UDP socket; open as long as the socket is. */
export class DatagramConnection implements Connection {
  readonly id: number;
  readonly protocol = "udp";
  readonly direction: "inbound" | "outbound";
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
  readonly identity: ConnectionIdentity | undefined;
  readonly certificate = undefined;
  readonly #socket: UdpSocket;

  constructor(
    init: Pick<Connection, "id" | "direction" | "remoteAddress" | "remotePort" | "identity">,
    socket: UdpSocket,
  ) {
    this.id = init.id;
    this.direction = init.direction;
    this.remoteAddress = init.remoteAddress;
    this.remotePort = init.remotePort;
    this.identity = init.identity;
    this.localAddress = socket.host;
    this.localPort = socket.port;
    this.#socket = socket;
  }

  get isOpen(): boolean {
    return this.#socket.isOpen;
  }

  send(bytes: Uint8Array): void {
    this.#socket.send(bytes, this.remoteAddress, this.remotePort);
  }

  /** To another port of the same address, from the same socket: the port of sent-by. */
  sendTo(port: number, bytes: Uint8Array): void {
    this.#socket.send(bytes, this.remoteAddress, port);
  }

  /** There is nothing to close but the socket, which is not this connection's. */
  close(): void {
    return;
  }
}

interface Source {
  readonly connection: DatagramConnection | undefined;
  readonly rule: string;
  readonly judgedAt: number;
}

/** A bound UDP socket: parses datagrams of admitted sources, sends from its own port (RFC 3581 §4). */
export class UdpSocket {
  readonly #options: UdpSocketOptions;
  readonly #socket: Socket;
  readonly #family: "udp4" | "udp6";
  readonly #sources: LRUCache<string, Source>;
  #isOpen = false;

  constructor(options: UdpSocketOptions) {
    this.#options = options;
    this.#family = isIPv6(options.host) ? "udp6" : "udp4";
    this.#socket = createSocket({ type: this.#family, recvBufferSize: 1_048_576 });
    this.#sources = new LRUCache({ max: options.settings.maximumDatagramSources });
    this.#socket.on("message", (octets, from) => this.#receive(octets, from));
  }

  get host(): string {
    return this.#options.host;
  }

  get port(): number {
    return this.#socket.address().port;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Settles with the port; rejects when the address cannot be had. */
  async listen(): Promise<number> {
    const { host, port } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#socket.once("error", reject);
      this.#socket.bind({ address: host, port }, () => {
        this.#socket.removeListener("error", reject);
        resolve();
      });
    });
    this.#isOpen = true;
    watchListener(this.#socket, this.#options);
    return this.port;
  }

  close(): void {
    if (this.#isOpen) this.#socket.close();
    this.#isOpen = false;
  }

  /** Asks the gate anew for every source. */
  forgetVerdicts(): void {
    this.#sources.clear();
  }

  /** Whether an address can be reached from this socket; one bound to an IPv6 address reaches IPv4 ones mapped. */
  reaches(address: string): boolean {
    return this.#family === "udp6" || !isIPv6(address);
  }

  /** The connection to an address of a hop, or the gate's refusal. */
  connectionTo(address: string, hop: NextHop): DatagramConnection | { readonly rule: string } {
    const key = JSON.stringify([address, hop.port, hop.domain, hop.expectedNames]);
    const facts = { direction: "outbound", remoteAddress: address, remotePort: hop.port, nextHop: hop } as const;
    const source = this.#source(key, { protocol: "udp", ...facts });
    return source.connection ?? { rule: source.rule };
  }

  send(bytes: Uint8Array, address: string, port: number): void {
    if (!this.#isOpen) return;
    const target = this.#family === "udp6" && !isIPv6(address) ? `::ffff:${address}` : address;
    this.#socket.send(bytes, port, target, (error) => {
      if (error !== null) this.#options.log.debug("datagram.failed", { remote: address, error: error.message });
    });
  }

  #receive(octets: Buffer, from: RemoteInfo): void {
    if (isKeepAlive(octets)) return;
    const remoteAddress = plainAddress(from.address);
    const facts = { protocol: "udp", direction: "inbound", remoteAddress, remotePort: from.port } as const;
    const { connection } = this.#source(`${remoteAddress} ${from.port}`, facts);
    if (connection === undefined) return;
    try {
      this.#options.message(parseMessage(octets, "datagram"), octets, connection);
    } catch (error) {
      // As on a stream: one peer's octets must not take the process down.
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#options.log.error("connection.handler-failed", { remote: remoteAddress, error: reason });
    }
  }

  #source(key: string, facts: ConnectionFacts): Source {
    const { clock, settings, judge, nextId } = this.#options;
    const known = this.#sources.get(key);
    if (known !== undefined && clock.now() - known.judgedAt < settings.datagramAdmissionMs) return known;
    const verdict = judge(facts);
    // A datagram cannot wait; whoever sent it sends it again (RFC 3261 §17.1.2.2).
    if (verdict.kind === "not-yet")
      return known ?? { connection: undefined, rule: verdict.rule, judgedAt: clock.now() };
    const { direction, remoteAddress, remotePort } = facts;
    const source =
      verdict.kind === "refuse"
        ? { connection: undefined, rule: verdict.rule, judgedAt: clock.now() }
        : {
            connection: new DatagramConnection(
              {
                id: known?.connection?.id ?? nextId(),
                direction,
                remoteAddress,
                remotePort,
                identity: verdict.identity,
              },
              this,
            ),
            rule: "",
            judgedAt: clock.now(),
          };
    this.#sources.set(key, source);
    return source;
  }
}

/** Line ends, NULs, nothing at all, or STUN (RFC 5626 §3.5.2), whose first two bits are zero: nothing SIP begins so. */
function isKeepAlive(octets: Buffer): boolean {
  const first = octets[0] ?? 0;
  return first < 4 || (octets.length <= 4 && (first === 0x0d || first === 0x0a));
}
