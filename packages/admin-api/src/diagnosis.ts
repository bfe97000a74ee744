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
  "own-records",
  "refusals",
] as const;
export type DiagnosisStepName = (typeof diagnosisSteps)[number];

/** `warned`: it works, and will not for long or not for everybody. */
export const diagnosisOutcomes = ["passed", "warned", "failed", "skipped"] as const;
export type DiagnosisOutcome = (typeof diagnosisOutcomes)[number];

export const DiagnosisStep = Type.Object(
  {
    step: oneOf(diagnosisSteps),
    title: Type.String(),
    outcome: oneOf(diagnosisOutcomes),
    seen: Type.String({ description: "What was found, or why it was not looked at" }),
    expected: Type.String(),
    why: Type.String({ description: "Why it matters" }),
    remedy: nullable(Type.String({ description: "What to do, here or there; null where nothing is to be done" })),
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
  },
  closed,
);
export type Diagnosis = Readonly<Type.Static<typeof Diagnosis>>;

/** Path of the diagnosis of a federated domain below `/api/v1`. */
export function diagnosisPath(domain: string): string {
  return `/federation/${encodeURIComponent(domain)}/diagnosis`;
}
