import Type from "typebox";
import { closed, Instant, nullable, oneOf } from "./closed.ts";

/** What is looked at, in this order; a step that needs another one is skipped when that failed. */
export const diagnosisSteps = [
  "domain",
  "route",
  "addresses",
  "connection",
  "tls",
  "chain",
  "validity",
  "usages",
  "subject",
  "names",
  "identity",
  "access-list",
  "options",
  "clock",
  "subscribe",
  "pace",
  "own-records",
  "refusals",
] as const;
export type DiagnosisStepName = (typeof diagnosisSteps)[number];

/** `warned`: it works, and will not for long or not for everybody. */
export const diagnosisOutcomes = ["passed", "warned", "failed", "skipped"] as const;
export type DiagnosisOutcome = (typeof diagnosisOutcomes)[number];

function repair<Kind extends string, Fields extends Type.TProperties>(kind: Kind, fields: Fields) {
  return Type.Object({ kind: Type.Literal(kind), ...fields }, closed);
}

/** What can be done here about a finding: one change of a resource, which whoever reads the report may order. */
export const DiagnosisRepair = Type.Union([
  repair("add-domain", { domain: Type.String() }),
  repair("add-route", { domain: Type.String() }),
  repair("start-service", { service: Type.String() }),
  repair("trust-certificate", {
    host: Type.String({ description: "Where the chain can be fetched, to be looked at before it is trusted" }),
    port: Type.Integer(),
  }),
  repair("select-subject", { name: Type.String() }),
  repair("bind-subject", { name: Type.String(), domain: Type.String() }),
  repair("allow-access", { pattern: Type.String() }),
  repair("publish-record", { record: Type.String({ description: "A line of our zone; no resource of this node" }) }),
]);
export type DiagnosisRepair = Readonly<Type.Static<typeof DiagnosisRepair>>;

export const DiagnosisStep = Type.Object(
  {
    step: oneOf(diagnosisSteps),
    title: Type.String(),
    outcome: oneOf(diagnosisOutcomes),
    seen: Type.String({ description: "What was found, or why it was not looked at" }),
    expected: Type.String(),
    why: Type.String({ description: "Why it matters" }),
    remedy: nullable(Type.String({ description: "What to do, here or there; null where nothing is to be done" })),
    repair: nullable(DiagnosisRepair),
  },
  closed,
);
export type DiagnosisStep = Readonly<Type.Static<typeof DiagnosisStep>>;

/** `POST /federation/{domain}/diagnosis`. */
export const DiagnosisInput = Type.Object(
  {
    to: Type.Optional(
      Type.String({ maxLength: 2047, description: "A user there to ask for; a name nobody has by default" }),
    ),
    from: Type.Optional(Type.String({ maxLength: 2047, description: "The local user to ask as; likewise" })),
  },
  closed,
);
export type DiagnosisInput = Readonly<Type.Static<typeof DiagnosisInput>>;

export const Diagnosis = Type.Object(
  {
    domain: Type.String(),
    at: Instant,
    healthy: Type.Boolean({ description: "No step failed" }),
    steps: Type.Array(DiagnosisStep),
    forPartner: nullable(
      Type.String({ description: "What their administrator has to know of it; null where nothing lies with them" }),
    ),
  },
  closed,
);
export type Diagnosis = Readonly<Type.Static<typeof Diagnosis>>;

/** `GET` of the same path: what the examination under way has found so far. */
export const DiagnosisProgress = Type.Object(
  { underWay: Type.Boolean(), steps: Type.Array(DiagnosisStep, { description: "None while none is under way" }) },
  closed,
);
export type DiagnosisProgress = Readonly<Type.Static<typeof DiagnosisProgress>>;

/** Path of the diagnosis of a federated domain below `/api/v1`. */
export function diagnosisPath(domain: string): string {
  return `/federation/${encodeURIComponent(domain)}/diagnosis`;
}
