import Type from "typebox";
import { closed, Instant, InstantText, nullable, oneOf } from "./closed.ts";
import { ConfigDifference } from "./config.ts";
import { FieldProblem } from "./problem.ts";
import { RouteExplanation } from "./route-explanation.ts";
import { ShownAddresses } from "./shown-address.ts";

/** What a draft can change, named as the resources of the API. */
const policyResources = [
  "sip-federated-domains",
  "incoming-acl",
  "static-routes",
  "tls-peer-subjects",
  "tls-contexts",
  "service-parameters",
] as const;
export type PolicyResource = (typeof policyResources)[number];

export const PolicyChange = Type.Object(
  {
    resource: oneOf(policyResources),
    action: oneOf(["create", "update", "delete"]),
    key: Type.Optional(
      Type.String({
        maxLength: 255,
        description: "Of what is updated or deleted, as in its path; service-parameters: sip-proxy",
      }),
    ),
    value: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description: "Of what is created or updated, as the resource takes it",
      }),
    ),
  },
  closed,
);
export type PolicyChange = Readonly<Type.Static<typeof PolicyChange>>;

/** Changes of the settings that are not saved: one after the other, each as its resource would take it. */
export const PolicyDraft = Type.Object(
  {
    version: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: "Of the settings it was made for; without, it is taken to be made for the present ones",
      }),
    ),
    changes: Type.Array(PolicyChange, { maxItems: 200 }),
  },
  closed,
);
export type PolicyDraft = Readonly<Type.Static<typeof PolicyDraft>>;

const names = Type.Array(Type.String({ minLength: 1, maxLength: 255 }), { maxItems: 50 });

/** A request that comes in: who would be there, and in whose name it is sent. */
export const InboundQuery = Type.Object(
  {
    address: Type.String({ minLength: 1, maxLength: 64, description: "IP address it comes from" }),
    domain: Type.String({ minLength: 1, maxLength: 255, description: "Domain of From" }),
    protocol: Type.Optional(oneOf(["tls", "tcp", "udp"], { description: "tls by default" })),
    method: Type.Optional(Type.String({ minLength: 1, maxLength: 32, description: "MESSAGE by default" })),
    certificate: Type.Optional(
      Type.Object(
        {
          commonName: Type.Optional(Type.String({ maxLength: 255 })),
          dnsNames: Type.Optional(names),
          uris: Type.Optional(names),
        },
        { ...closed, description: "What it shows; taken to be trusted and valid. Without: it shows none" },
      ),
    ),
  },
  closed,
);
export type InboundQuery = Readonly<Type.Static<typeof InboundQuery>>;

/** `POST /policy/explain`. */
export const PolicyExplainInput = Type.Object(
  {
    draft: Type.Optional(PolicyDraft),
    uri: Type.Optional(Type.String({ minLength: 1, maxLength: 2048, description: "Of a foreign user: the way out" })),
    inbound: Type.Optional(InboundQuery),
  },
  closed,
);
export type PolicyExplainInput = Readonly<Type.Static<typeof PolicyExplainInput>>;

export const OutboundExplanation = Type.Object(
  {
    route: RouteExplanation,
    identity: nullable(Type.String({ description: "The host by which this node is known there" })),
    tls: nullable(
      Type.Object(
        {
          context: Type.String(),
          certificateNames: Type.Array(Type.String({ description: "One of which the hop's certificate has to prove" })),
          peerSubjects: Type.Array(Type.String({ description: "One of which it has to match; none: any" })),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type OutboundExplanation = Readonly<Type.Static<typeof OutboundExplanation>>;

export const AdmissionExplanation = Type.Object(
  {
    verdict: oneOf(["admitted", "refused"]),
    rule: nullable(Type.String({ description: "What refuses first" })),
    steps: Type.Array(
      Type.Object(
        {
          step: Type.Integer(),
          name: Type.String({ description: "Unique among the steps" }),
          rule: Type.String(),
          outcome: oneOf(["passed", "refused"]),
          detail: Type.String(),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type AdmissionExplanation = Readonly<Type.Static<typeof AdmissionExplanation>>;

/** The same question answered by the settings in force and by the draft; `draft` is null without one. */
function compared<Schema extends Type.TSchema>(answer: Schema) {
  return Type.Object(
    { now: answer, draft: nullable(answer), differences: Type.Array(ConfigDifference) },
    { ...closed, description: "differences: of the two answers, by path" },
  );
}

export const PolicyExplanation = Type.Object(
  {
    version: Type.Integer({ description: "Of the saved settings that the draft was applied to" }),
    outbound: nullable(compared(OutboundExplanation)),
    inbound: nullable(compared(AdmissionExplanation)),
    changes: Type.Array(ConfigDifference, { description: "What the draft makes of the settings" }),
    addresses: ShownAddresses,
    warnings: Type.Optional(Type.Array(FieldProblem)),
  },
  closed,
);
export type PolicyExplanation = Readonly<Type.Static<typeof PolicyExplanation>>;

/** `POST /policy/apply`: all or nothing, answered as an import is. */
export const PolicyApplyQuery = Type.Object(
  { dryRun: Type.Optional(Type.Boolean({ description: "Tells the differences and writes nothing" })) },
  closed,
);

/** `POST /policy/replays`: until the present by default, and from a day before. */
export const PolicyReplayInput = Type.Object(
  {
    draft: PolicyDraft,
    from: Type.Optional(InstantText),
    to: Type.Optional(InstantText),
  },
  closed,
);
export type PolicyReplayInput = Readonly<Type.Static<typeof PolicyReplayInput>>;

export const PolicyOutcome = Type.Object(
  {
    kind: oneOf(["admitted", "refused", "routed", "unknown"]),
    rule: nullable(Type.String()),
    detail: Type.String({ description: "The route with its hops" }),
  },
  closed,
);
export type PolicyOutcome = Readonly<Type.Static<typeof PolicyOutcome>>;

/** Recorded traffic of one kind that the draft decides otherwise than the settings in force. */
export const ReplayGroup = Type.Object(
  {
    traffic: oneOf(["connection", "inbound", "outbound"]),
    peer: Type.String({ description: "Foreign domain; of a connection the name or address at its other end" }),
    recorded: PolicyOutcome,
    now: PolicyOutcome,
    draft: PolicyOutcome,
    count: Type.Integer({ description: "Requests, or times a connection was decided on" }),
    methods: Type.Record(Type.String(), Type.Integer(), { description: "Of requests that came in" }),
    who: Type.Array(Type.String({ description: "Some of the addresses, certificate names and users concerned" })),
    examples: Type.Array(
      Type.Object(
        {
          id: Type.String(),
          at: Instant,
          user: Type.Optional(Type.String()),
          peer: Type.Optional(Type.String()),
          result: Type.String(),
        },
        { ...closed, description: "Decision events of that time; where much passed only some were kept" },
      ),
    ),
  },
  closed,
);
export type ReplayGroup = Readonly<Type.Static<typeof ReplayGroup>>;

const unknownReasons = ["not-recorded", "user-not-recorded", "dns-silent"] as const;

export const PolicyReplay = Type.Object(
  {
    id: Type.String(),
    state: oneOf(["running", "done", "cancelled", "failed"]),
    version: Type.Integer({ description: "Of the saved settings that the draft was applied to" }),
    from: Type.String({ description: "RFC 3339: counts are kept by the hour, so whole hours were looked at" }),
    to: Instant,
    recordedFrom: nullable(Type.String({ description: "The first hour of them that anything was recorded in" })),
    done: Type.Integer({ description: "Of `size`, how many kinds of traffic were looked at" }),
    size: Type.Integer(),
    total: Type.Integer({ description: "Requests and connections so far" }),
    unchanged: Type.Integer({ description: "Decided by the draft as by the settings in force" }),
    unknown: Type.Record(Type.String(), Type.Integer(), { description: `By reason: ${unknownReasons.join(", ")}` }),
    decidedOtherwiseSince: Type.Integer({
      description:
        "Refused then and not by the settings in force, or the other way round: changed since, not by the draft",
    }),
    wouldBeRefused: Type.Integer({ description: "Admitted then and now, refused by the draft" }),
    groups: Type.Array(ReplayGroup, { description: "Refusals first, then by count" }),
    groupsLeftOff: Type.Integer({ description: "Groups beyond the bound; what is in them counts above" }),
    reason: Type.Optional(Type.String({ description: "Why it failed" })),
  },
  closed,
);
export type PolicyReplay = Readonly<Type.Static<typeof PolicyReplay>>;

export const policyExplainPath = "/policy/explain";
export const policyApplyPath = "/policy/apply";
export const policyReplaysPath = "/policy/replays";

export function policyReplayPath(id: string): string {
  return `${policyReplaysPath}/${encodeURIComponent(id)}`;
}
