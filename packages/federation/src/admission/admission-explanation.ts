import { presentedNames } from "../trust/peer-identity.ts";
import type { AclEntry } from "./acl-entry.ts";
import { allowedByAcl, notFederated, type Origin } from "./claimed-domain.ts";
import { answersToConnection, type ConnectionQuery, type ConnectionRules, identityOf } from "./connection-questions.ts";
import { IncomingAcl } from "./incoming-acl.ts";
import { methodPolicy } from "./method-policy.ts";
import type { Answer } from "./objection.ts";
import { answersToOrigin } from "./origin-questions.ts";
import type { RequestRules } from "./request-admission.ts";

/** What an explanation reads: what admission reads, and the entries of the access list one by one. */
interface ExplainedRules extends ConnectionRules, RequestRules {
  readonly settings: { readonly incomingAcl: readonly AclEntry[] };
  readonly mayComeFromBy: (acl: IncomingAcl) => (address: string) => boolean;
}

/** One question with its answer; `name` is unique among the steps. */
interface AdmissionStep {
  readonly step: number;
  readonly name: string;
  readonly rule: string;
  readonly outcome: "passed" | "refused";
  /** For people: what it was passed by, or what was presented and what was expected. */
  readonly detail: string;
}

/** Whether a request would be taken, with every question, also those after the one that refuses. */
export interface AdmissionExplanation {
  readonly verdict: "admitted" | "refused";
  /** What refuses first; null where nothing does. */
  readonly rule: string | null;
  readonly steps: readonly AdmissionStep[];
}

/** A request as far as admission asks for it before it looks at the addressee. */
interface ClaimedRequest {
  /** Of From, lower case. */
  readonly domain: string;
  readonly method: string;
}

type ExplainedConnection = Omit<ConnectionQuery, "rules"> & { readonly rules: ExplainedRules };

/** Tells the decision about a request step by step, by the questions that decide on traffic. */
export function explainAdmission(request: ClaimedRequest, query: ExplainedConnection): AdmissionExplanation {
  const asked = [
    ...answersToConnection(query).map((answer) => ({ ...answer, of: "connection", consent: consentTo(answer, query) })),
    ...requestAnswers(request, query).map((answer) => ({ ...answer, of: "request" })),
  ];
  const steps = asked.map(({ rule, objection, of, consent }, index) => ({
    step: index + 1,
    name: `${of}: ${rule}`,
    rule: objection?.rule ?? rule,
    outcome: objection === undefined ? ("passed" as const) : ("refused" as const),
    detail: objection === undefined ? consent : `${objection.presented}; expected: ${objection.expected}`,
  }));
  const refused = steps.find(({ outcome }) => outcome === "refused");
  return { verdict: refused === undefined ? "admitted" : "refused", rule: refused?.rule ?? null, steps };
}

type Consented = Answer & { readonly consent: string };

function requestAnswers({ domain, method }: ClaimedRequest, query: ExplainedConnection): readonly Consented[] {
  const { rules } = query;
  const identity = identityOf(query);
  const peer = rules.peers.get(domain);
  const methodAnswer = { rule: "method-policy", objection: methodPolicy(method, rules.parameters), consent: method };
  if (peer === undefined)
    return [{ rule: "domain-not-federated", objection: notFederated(domain, identity, rules), consent: "" }];
  const origin = { domain: peer.domain, identity };
  const [allowed, ...others] = answersToOrigin(origin, rules);
  return [
    { rule: "domain-not-federated", objection: undefined, consent: `${peer.domain}, type ${peer.integrationType}` },
    ...(allowed === undefined ? [] : [{ ...allowed, consent: entriesFor(origin, rules).join(", ") }]),
    ...others.map((answer) => ({ ...answer, consent: boundNames(origin, rules) })),
    methodAnswer,
  ];
}

/** The entries of the access list that would let this origin in by themselves. */
function entriesFor(origin: Origin, { settings, mayComeFromBy }: ExplainedRules): readonly string[] {
  const found = settings.incomingAcl.filter((entry) => {
    const acl = new IncomingAcl([entry]);
    return allowedByAcl(origin, { acl, mayComeFrom: mayComeFromBy(acl) }) === undefined;
  });
  return [...new Set(found.map(({ pattern }) => pattern))];
}

function boundNames({ domain, identity }: Origin, { maySpeak }: ExplainedRules): string {
  const names = maySpeak.namesFor(domain);
  const bound = identity.names.filter((name) => names.has(name));
  return bound.length > 0 ? bound.join(", ") : identity.address;
}

/** What a question about a connection was content with. */
function consentTo({ rule }: Answer, { connection, rules }: ExplainedConnection): string {
  const { certificate, remoteAddress } = connection;
  if (rule === "incoming-acl") return remoteAddress;
  if (certificate === undefined) return "";
  if (rule === "tls-peer-subject") return rules.subjects.matching(certificate)?.name ?? "";
  return presentedNames(certificate).join(", ");
}
