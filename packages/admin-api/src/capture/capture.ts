import type { DecisionEvent } from "../decision.ts";
import type { TraceEvent } from "../trace.ts";
import { decisionLine, decisionsBeside } from "./decision-line.ts";
import { ipPacket, LONGEST_PAYLOAD } from "./ip-packet.ts";
import { type CapturedPacket, pcapng } from "./pcapng.ts";
import { wholeMessage } from "./whole-message.ts";

/**
 * What passed as a capture file that Wireshark reads: each message as TCP or UDP between its two ends, as it was before or
 * after TLS, our decisions as comments of the packets they were about. Sequence numbers count from 1 with the first
 * message that is there; handshakes are not written.
 */
export function captureOf(events: readonly TraceEvent[], decisions: readonly DecisionEvent[]): Uint8Array<ArrayBuffer> {
  const beside = decisionsBeside(events, decisions);
  const sent = new Map<string, number>();
  return pcapng(events.flatMap((event) => packetsOf(event, (beside.get(event.id) ?? []).map(decisionLine), sent)));
}

/** `sent`: octets so far, by the end they came from and the end they went to. */
function packetsOf(event: TraceEvent, comments: readonly string[], sent: Map<string, number>): CapturedPacket[] {
  const { path, direction } = event;
  const [from, to] = direction === "inbound" ? [path.remote, path.local] : [path.local, path.remote];
  const [forth, back] = [JSON.stringify([from, to]), JSON.stringify([to, from])];
  const octets = wholeMessage(event);
  const packets: CapturedPacket[] = [];
  for (let start = 0; start < octets.length; start += LONGEST_PAYLOAD) {
    const payload = octets.subarray(start, start + LONGEST_PAYLOAD);
    const sequence = 1 + (sent.get(forth) ?? 0);
    const acknowledged = 1 + (sent.get(back) ?? 0);
    sent.set(forth, sequence - 1 + payload.length);
    packets.push({
      at: Date.parse(event.at),
      direction,
      octets: ipPacket({ protocol: path.protocol, from, to, sequence, acknowledged, payload }),
      comments: start === 0 ? comments : [],
    });
  }
  return packets;
}
