import { type Logger, type Metrics, silentLogger } from "@interpres/runtime";
import {
  buildRequest,
  buildResponse,
  type Connection,
  type CoreSettings,
  type HeaderLine,
  type HopWatch,
  type LocalIdentity,
  type NextHop,
  type RequestGate,
  type ResponseParts,
  type RouteDecision,
  type SipRequest,
  TransactionLayer,
  type TransactionSettings,
  UserAgentCore,
} from "@interpres/sip";
import { FakeClock, SeededRandom } from "@interpres/testkit";
import { FakeTransport, fakeConnection } from "./fake-transport.ts";

export const identity: LocalIdentity = {
  towards: (_domain, transport) => ({ host: "sip.example.com", port: 5061, transport }),
};

export function hopTo(host: string, protocol: NextHop["protocol"] = "tls"): NextHop {
  return { host, port: 5061, protocol, domain: "contoso.example", from: "test" };
}

export interface StageOptions {
  readonly gate?: RequestGate;
  readonly watch?: HopWatch;
  readonly hops?: readonly NextHop[];
  readonly route?: () => RouteDecision | Promise<RouteDecision>;
  readonly settings?: Partial<CoreSettings>;
  readonly transactions?: Partial<TransactionSettings>;
  readonly log?: Logger;
}

/** A core on a fake transport with a fake clock: the peer is the test. */
export class Stage {
  readonly clock = new FakeClock();
  readonly random = new SeededRandom(7);
  readonly transport = new FakeTransport();
  /** Drops by rule. */
  readonly dropped: string[] = [];
  readonly transactions: TransactionLayer;
  readonly core: UserAgentCore;

  constructor(options: StageOptions = {}) {
    const { clock, random, transport } = this;
    const metrics = this.#metrics();
    const log = options.log ?? silentLogger;
    this.transactions = new TransactionLayer({
      clock,
      random,
      transport,
      metrics,
      log,
      gate: options.gate ?? { admit: () => ({ kind: "admit" }) },
      identity,
      ...(options.watch === undefined ? {} : { hops: options.watch }),
      settings: options.transactions ?? {},
    });
    const hops = options.hops ?? [hopTo("edge.contoso.example")];
    this.core = new UserAgentCore({
      transactions: this.transactions,
      clock,
      random,
      metrics,
      log,
      selector: { select: options.route ?? (() => ({ kind: "hops", hops, decisions: [] })) },
      identity,
      settings: options.settings ?? {},
    });
  }

  /** The peer sends a request; the answer so far, if any. */
  request(parts: PeerRequest, connection: Connection = fakeConnection()): SipRequest {
    const request = peerRequest(parts);
    this.transport.receive(request, connection);
    return request;
  }

  /** The peer answers the last request of ours. */
  answer(status: number, parts: ResponseParts = {}, method?: string): void {
    this.answerTo(this.transport.lastRequest(method), status, parts);
  }

  answerTo(request: SipRequest, status: number, parts: ResponseParts = {}): void {
    this.transport.receive(buildResponse(request, status, { toTag: "peer", ...parts }));
  }

  #metrics(): Metrics {
    const count = (name: string) => ({
      add: (labels?: Readonly<Record<string, string>>) => {
        if (name === "interpres_sip_dropped_total") this.dropped.push(labels?.rule ?? "");
      },
    });
    return { counter: count, gauge: () => undefined, histogram: () => ({ observe: () => undefined }) };
  }
}

let branches = 0;

export interface PeerRequest {
  readonly method: string;
  readonly requestUri?: string;
  readonly from?: string;
  readonly to?: string;
  readonly callId?: string;
  readonly cseq?: number;
  readonly via?: string;
  readonly headers?: readonly HeaderLine[];
  readonly body?: string;
}

const DIALOG_METHODS = new Set(["INVITE", "SUBSCRIBE", "NOTIFY", "UPDATE"]);

/** A request of alice@contoso.example to bob@example.com; each with a branch of its own unless `via` says otherwise. */
export function peerRequest(parts: PeerRequest): SipRequest {
  branches += 1;
  const headers: HeaderLine[] = [
    ["Via", parts.via ?? `SIP/2.0/TLS edge.contoso.example:5061;branch=z9hG4bKpeer${branches}`],
    ["Max-Forwards", "70"],
    ["From", parts.from ?? "<sip:alice@contoso.example>;tag=peer;epid=451e9252b6"],
    ["To", parts.to ?? "<sip:bob@example.com>"],
    ["Call-ID", parts.callId ?? `call-${branches}`],
    ["CSeq", `${parts.cseq ?? 1} ${parts.method}`],
  ];
  const given = parts.headers ?? [];
  const hasContact = given.some(([name]) => name === "Contact");
  if (DIALOG_METHODS.has(parts.method) && !hasContact) {
    headers.push(["Contact", "<sip:alice@contoso.example;opaque=user:epid:a1De;gruu>"]);
  }
  const { method, body } = parts;
  return buildRequest({
    method,
    requestUri: parts.requestUri ?? "sip:bob@example.com",
    headers: [...headers, ...given],
    ...(body === undefined ? {} : { body }),
  });
}
