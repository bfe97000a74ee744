import type { Counter, FlowPath, FlowTap, Metrics } from "@interpres/runtime";
import type { SipMessage } from "../message/message.ts";
import type { Connection, TransportProtocol } from "./connection.ts";

type Direction = "inbound" | "outbound";

/** Counts messages as they cross the edge, and shows them to whoever watches. */
export class MessageMeter {
  readonly #messages: Counter;
  readonly #problems: Counter;
  readonly #tap: FlowTap | undefined;

  constructor(metrics: Metrics, tap: FlowTap | undefined) {
    const labels = ["direction", "kind", "transport"];
    this.#messages = metrics.counter("interpres_sip_messages_total", "SIP messages sent and received", labels);
    this.#problems = metrics.counter("interpres_sip_malformed_total", "What was received and is no SIP message", [
      "transport",
    ]);
    this.#tap = tap;
  }

  passed(message: SipMessage, direction: Direction, { octets, connection }: Passage): void {
    const { protocol } = connection;
    this.#messages.add(LABELS[direction][message.kind][protocol]);
    this.#tap?.flow({
      leg: "sip",
      direction,
      remote: `${protocol}:${hostText(connection.remoteAddress)}:${connection.remotePort}`,
      summary: summaryOf(message),
      path: () => pathOf(connection),
      parties: () => [addressIn(message.first("From")), addressIn(message.first("To"))],
      text: () => Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString("utf8"),
    });
  }

  malformed(protocol: TransportProtocol): void {
    this.#problems.add({ transport: protocol });
  }
}

interface Passage {
  readonly octets: Uint8Array;
  readonly connection: Connection;
}

/** `SUBSCRIBE sip:bob@contoso.example`, `200 OK (SUBSCRIBE)`. */
export function summaryOf(message: SipMessage): string {
  if (message.kind === "request") return `${message.method} ${message.requestUri}`;
  const method = message.first("CSeq")?.split(/\s+/)[1];
  return `${message.status} ${message.reason}${method === undefined ? "" : ` (${method})`}`;
}

function pathOf({ protocol, localAddress, localPort, remoteAddress, remotePort }: Connection): FlowPath {
  return {
    protocol: protocol === "udp" ? "udp" : "tcp",
    local: { address: localAddress, port: localPort },
    remote: { address: remoteAddress, port: remotePort },
  };
}

/** `alice@example.com` of a From or To as it stands; empty where it holds no SIP URI. */
function addressIn(header: string | undefined): string {
  return (/\bsips?:([^;>?\s]+)/i.exec(header ?? "")?.[1] ?? "").toLowerCase();
}

function hostText(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}

function labelsOf(direction: Direction, kind: SipMessage["kind"]): Record<TransportProtocol, Record<string, string>> {
  return {
    tls: { direction, kind, transport: "tls" },
    tcp: { direction, kind, transport: "tcp" },
    udp: { direction, kind, transport: "udp" },
  };
}

/** Made once: these are counted for every message. */
const LABELS = {
  inbound: { request: labelsOf("inbound", "request"), response: labelsOf("inbound", "response") },
  outbound: { request: labelsOf("outbound", "request"), response: labelsOf("outbound", "response") },
};
