import type { Connection, Overload, RequestGate, SipRequest, Verdict } from "@interpres/sip";
import type { Peer } from "../peer/peer-directory.ts";
import type { SipProxyParameters } from "../peer/sip-proxy-parameters.ts";
import { PeerIdentity } from "../trust/peer-identity.ts";
import { claimedDomainOf, type Origin } from "./claimed-domain.ts";
import { type DroppedRequest, type LocalTargets, localTarget } from "./local-target.ts";
import { methodPolicy } from "./method-policy.ts";
import { firstObjection, type NamedQuestion, type Objection } from "./objection.ts";
import { answersToOrigin, type JudgedOrigin, judgeOrigin, type OriginRules } from "./origin-questions.ts";
import { type PassageCount, type Passages, passedPeer } from "./passages.ts";
import type { RateLimit } from "./rate-limit.ts";
import type { RefusalLog } from "./refusal-log.ts";

/** What the questions about requests read; one object for each settings snapshot. */
export interface RequestRules extends OriginRules {
  readonly parameters: SipProxyParameters;
  /** True for a name of this very server. */
  readonly isOwnName: (host: string) => boolean;
}

/** What a method begins: an INVITE may turn out to be a call, which nobody can tell before it is admitted. */
const TRAFFIC: ReadonlyMap<string, "presence" | "im"> = new Map([
  ["SUBSCRIBE", "presence"],
  ["INVITE", "im"],
  ["MESSAGE", "im"],
]);

interface RequestFacts {
  readonly request: SipRequest;
  readonly peer: Peer;
  readonly rules: RequestRules;
}

/** A connection's answers. They hold until settings or DNS say otherwise, which raises the generation. */
interface KnownOrigins {
  generation: number;
  readonly identity: PeerIdentity;
  readonly byFromUri: Map<string, KnownOrigin>;
  /** How often requests of each method were decided on, by the domain of From. */
  readonly byDomain: Map<string, Map<string, PassageCount>>;
}

interface KnownOrigin {
  readonly judged: JudgedOrigin;
  readonly counts: Map<string, PassageCount>;
}

/** Methods that are counted apart (RFC 3261 §7.1 and the extensions in use); any token may come. */
const COUNTED: ReadonlySet<string> = new Set(
  "INVITE ACK BYE CANCEL OPTIONS REGISTER SUBSCRIBE NOTIFY BENOTIFY MESSAGE INFO PUBLISH REFER UPDATE PRACK SERVICE".split(
    " ",
  ),
);

/** From URIs remembered of one connection; when full it starts again. */
const MOST_FROM_URIS = 4096;

const ADMIT: Verdict = { kind: "admit" };

export interface RequestAdmissionInit {
  readonly rules: () => RequestRules;
  readonly targets: LocalTargets;
  readonly rateLimit: RateLimit;
  readonly refusals: RefusalLog;
  readonly passages: Passages;
  /** Told of a domain that was refused although it is federated: what is known of it may be too old. */
  readonly claimRefused: (domain: string) => void;
  /** Told of each request to another address of a user than the one foreign domains know. */
  readonly dropped: (request: DroppedRequest) => void;
}

/** Which requests of an admitted connection may be handled: the ordered list for requests. */
export class RequestAdmission implements RequestGate {
  readonly #init: RequestAdmissionInit;
  readonly #questions: readonly Pick<NamedQuestion<RequestFacts>, "ask">[];
  readonly #origins = new WeakMap<object, KnownOrigins>();
  #generation = 0;
  #admitted = 0;

  constructor(init: RequestAdmissionInit) {
    this.#init = init;
    this.#questions = [
      {
        ask: ({ request, rules: { isOwnName }, peer: { dialect } }) =>
          localTarget(request, { targets: init.targets, isOwnName, securedUris: dialect.securedUris }),
      },
      { ask: ({ request, rules }) => methodPolicy(request.method, rules.parameters) },
      { ask: ({ request, peer }) => init.rateLimit.ask(peer, request.method) },
    ];
  }

  get admitted(): number {
    return this.#admitted;
  }

  /** Settings or DNS have changed: every request is thought over afresh. */
  forget(): void {
    this.#generation += 1;
  }

  admit(request: SipRequest, connection: Connection): Verdict {
    const { judged, counts } = this.#originOf(request.from.uri, connection);
    const count = counts.get(request.method) ?? this.#countOf(request.method, counts, { judged, connection });
    const objection = judged.kind === "refused" ? judged.objection : this.#objectionTo(request, judged.peer);
    count.add(objection?.rule);
    if (objection !== undefined) return this.#refuse(request, domainOf(judged), objection);
    this.#admitted += 1;
    return ADMIT;
  }

  #objectionTo(request: SipRequest, peer: Peer): Objection | undefined {
    return firstObjection(this.#questions, { request, peer, rules: this.#init.rules() });
  }

  overloaded(request: SipRequest, overload: Overload): void {
    const { bound, peer, ofPeer, total, limits } = overload;
    const presented = `${ofPeer} ${bound} of ${peer}, ${total} of all`;
    const expected = `${limits.maximumOfOne} of one peer, ${limits.maximum} of all`;
    const objection = { rule: `bound-${bound}`, status: 503, reason: "Service Unavailable", presented, expected };
    this.#tell(request, peer, objection);
  }

  returned(request: SipRequest, connection: Connection): void {
    const presented = `our own ${request.method} to ${request.requestUri}, by ${connection.remoteAddress}`;
    const expected = "a route that does not lead back here";
    const objection = { rule: "loop", status: 482, reason: "Loop Detected", presented, expected };
    this.#tell(request, claimedDomainOf(request.requestUri), objection);
  }

  /** Everything there is against requests from a federated domain by whoever this is. Records nothing. */
  review(origin: Origin): readonly Objection[] {
    return answersToOrigin(origin, this.#init.rules()).flatMap(({ objection }) => objection ?? []);
  }

  #originOf(fromUri: string, connection: Connection): KnownOrigin {
    const { byFromUri, byDomain, identity } = this.#originsOf(connection);
    const known = byFromUri.get(fromUri);
    if (known !== undefined) return known;
    const judged = this.#askOrigin({ identity, domain: claimedDomainOf(fromUri) });
    if (byFromUri.size >= MOST_FROM_URIS) {
      byFromUri.clear();
      byDomain.clear();
    }
    const counts = byDomain.get(domainOf(judged)) ?? new Map<string, PassageCount>();
    byDomain.set(domainOf(judged), counts);
    const found = { judged, counts };
    byFromUri.set(fromUri, found);
    return found;
  }

  #originsOf(connection: Connection): KnownOrigins {
    const key = connection.identity ?? connection;
    const known = this.#origins.get(key);
    if (known?.generation === this.#generation) return known;
    const identity = key instanceof PeerIdentity ? key : PeerIdentity.fromAddress(connection.remoteAddress);
    const generation = this.#generation;
    const fresh: KnownOrigins = { generation, identity, byFromUri: new Map(), byDomain: new Map() };
    this.#origins.set(key, fresh);
    return fresh;
  }

  #countOf(
    method: string,
    counts: Map<string, PassageCount>,
    { judged, connection }: { readonly judged: JudgedOrigin; readonly connection: Connection },
  ): PassageCount {
    const name = COUNTED.has(method) ? method : "other";
    const known = counts.get(name);
    if (known !== undefined) return known;
    const { identity } = this.#originsOf(connection);
    const peer = passedPeer(connection, identity.hostNames);
    const count = this.#init.passages.inbound(peer, { domain: domainOf(judged), method: name });
    // What had no room now may have it after the next drain; the connection lives on.
    if (count.facts.kind !== "unrecorded") counts.set(name, count);
    return count;
  }

  #askOrigin(origin: Origin): JudgedOrigin {
    const rules = this.#init.rules();
    const judged = judgeOrigin(origin, rules);
    if (judged.kind === "refused" && rules.peers.get(judged.domain) !== undefined)
      this.#init.claimRefused(judged.domain);
    return judged;
  }

  /** An ACK is never answered (RFC 3261 §17.2.1). */
  #refuse(request: SipRequest, peer: string, objection: Objection): Verdict {
    const { rule, status, reason, retryAfterSeconds, user } = objection;
    const { from, method, requestUri } = request;
    if (user !== undefined) this.#init.dropped({ user, from: from.uri, requestUri, method });
    this.#tell(request, peer, objection);
    if (request.method === "ACK") return { kind: "drop", rule };
    return { kind: "refuse", status, rule, reason, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
  }

  #tell({ method, callId: id }: SipRequest, peer: string, objection: Objection): void {
    const traffic = TRAFFIC.get(method);
    const carried = traffic === undefined ? {} : { traffic };
    this.#init.refusals.tell(objection, { kind: "request", direction: "inbound", peer, id, ...carried });
  }
}

/** The federated domain, or what was claimed instead of one. */
function domainOf(judged: JudgedOrigin): string {
  return judged.kind === "peer" ? judged.peer.domain : judged.domain;
}
