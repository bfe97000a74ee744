import type { Counter, Metrics } from "@interpres/runtime";
import type { SipRequest } from "../message/message.ts";

const KNOWN_METHODS: ReadonlySet<string> = new Set([
  "ACK",
  "BENOTIFY",
  "BYE",
  "CANCEL",
  "INFO",
  "INVITE",
  "MESSAGE",
  "NOTIFY",
  "OPTIONS",
  "PRACK",
  "PUBLISH",
  "REFER",
  "REGISTER",
  "SUBSCRIBE",
  "UPDATE",
]);

/** Counts what the layer sees. A method or peer from the wire becomes a label only if it is of a closed set. */
export class TransactionMeter {
  readonly #requests: Counter;
  readonly #dropped: Counter;

  constructor(metrics: Metrics) {
    this.#requests = metrics.counter("interpres_sip_requests_total", "SIP requests by final answer", [
      "direction",
      "method",
      "status_class",
      "peer",
    ]);
    this.#dropped = metrics.counter("interpres_sip_dropped_total", "SIP messages dropped without an answer", ["rule"]);
  }

  /** `result` is a status or why there is none. */
  request(direction: "inbound" | "outbound", request: SipRequest, end: RequestEnd): void {
    const statusClass = typeof end.result === "number" ? `${Math.floor(end.result / 100)}xx` : end.result;
    const method = KNOWN_METHODS.has(request.method) ? request.method : "other";
    this.#requests.add({ direction, method, status_class: statusClass, peer: end.peer });
  }

  /** `rule` from a closed set: the gate's rules and the layer's own. */
  dropped(rule: string): void {
    this.#dropped.add({ rule });
  }
}

export interface RequestEnd {
  readonly result: number | "timeout" | "transport";
  /** A configured peer's label or domain; "unknown" without one. */
  readonly peer: string;
}
