import { isIP } from "node:net";
import {
  type AdmissionExplanation,
  ConfigImported,
  type InboundQuery,
  type OutboundExplanation,
  PolicyApplyQuery,
  PolicyDraft,
  PolicyExplainInput,
  PolicyExplanation,
} from "@interpres/admin-api";
import type { Simulation } from "@interpres/federation";
import type { AdminContext } from "../admin-context.ts";
import { withWarnings } from "../federation/edit-federation.ts";
import { type AdminApp, principal } from "../http/authenticate.ts";
import { invalidInput } from "../http/problem-error.ts";
import { answerTo, editOf } from "../node/config-plan.ts";
import { differences } from "../node/differences.ts";
import { type DraftPlan, draftedFor, planFor, refuseOutdated } from "./draft-plan.ts";

const tags = ["policy"];

/** `/policy/explain`: a question answered by the settings in force and by a draft. `/policy/apply`: the draft saved, all or nothing. */
export function registerPolicy(app: AdminApp, context: AdminContext): void {
  app.post(
    "/policy/explain",
    {
      config: { access: "auditor" },
      schema: { body: PolicyExplainInput, response: { 200: PolicyExplanation }, tags },
    },
    async ({ body }) => explain(body, context),
  );

  app.post(
    "/policy/apply",
    {
      config: { access: "administrator" },
      schema: { querystring: PolicyApplyQuery, body: PolicyDraft, response: { 200: ConfigImported }, tags },
    },
    async (request) => {
      const draft = request.body;
      const made = await draftedFor(draft, context);
      const present = context.settings.current().document;
      refuseOutdated(draft, made, present);
      let plan = planFor(draft, present, context);
      if (request.query.dryRun === true) return answered(plan, { applied: false, context });
      await context.settings.change(principal(request).name, (settings) => {
        refuseOutdated(draft, made, settings);
        plan = planFor(draft, settings, context);
        return editOf(plan, settings, { ...context, audit: { action: "apply", resource: "policy/draft" } });
      });
      return answered(plan, { applied: plan.differences.length > 0, context });
    },
  );
}

function answered(plan: DraftPlan, told: Parameters<typeof answerTo>[1]): ConfigImported {
  const { warnings = [], ...answer }: ConfigImported = answerTo(plan, told);
  return withWarnings(answer, [...plan.warnings, ...warnings]);
}

async function explain({ draft, uri, inbound }: PolicyExplainInput, context: AdminContext): Promise<PolicyExplanation> {
  if (uri === undefined && inbound === undefined && draft === undefined)
    throw invalidInput([{ path: "uri", message: "or inbound or draft is required" }]);
  const { version, document } = context.settings.current();
  const plan = draft === undefined ? undefined : planFor(draft, document, context);
  const now = await context.policy.simulate();
  const drafted = plan === undefined ? undefined : await context.policy.simulate(plan.settings.federation);
  const both = { now, drafted };
  const answer = {
    version,
    outbound: uri === undefined ? null : await compared(both, (simulation) => outbound(uri, simulation)),
    inbound: inbound === undefined ? null : await compared(both, (simulation) => admission(inbound, simulation)),
    changes: [...(plan?.differences ?? [])],
    addresses: context.shownAddresses.typed(uri ?? inbound?.domain ?? ""),
  };
  return withWarnings(answer, plan?.warnings ?? []);
}

interface Both {
  readonly now: Simulation;
  readonly drafted: Simulation | undefined;
}

async function compared<Answer>({ now, drafted }: Both, ask: (simulation: Simulation) => Promise<Answer>) {
  const present = await ask(now);
  const draft = drafted === undefined ? null : await ask(drafted);
  return { now: present, draft, differences: draft === null ? [] : [...differences(present, draft)] };
}

async function outbound(uri: string, simulation: Simulation) {
  const found = await simulation.explainOutbound(uri);
  if (found === undefined) throw invalidInput([{ path: "uri", message: "is not a SIP URI" }]);
  return copyOf<OutboundExplanation>(found);
}

async function admission({ address, domain, protocol, method, certificate }: InboundQuery, simulation: Simulation) {
  if (isIP(address) === 0) throw invalidInput([{ path: "inbound.address", message: "is not an IP address" }]);
  const shown = certificate && {
    subjectCommonName: certificate.commonName ?? null,
    dnsNames: certificate.dnsNames ?? [],
    uris: certificate.uris ?? [],
    otherAlternativeNames: 0,
    extendedKeyUsages: [],
    problem: null,
  };
  const peer = { address, protocol: protocol ?? "tls", certificate: shown ?? null } as const;
  const asked = { peer, domain: domain.toLowerCase(), method: method ?? "MESSAGE" };
  return copyOf<AdmissionExplanation>(await simulation.explainInbound(asked));
}

/** The API's type is what its schema gives, and schemas know no readonly lists. */
function copyOf<Shown>(found: ReadonlyDeep<Shown>): Shown {
  return structuredClone(found) as Shown;
}

type ReadonlyDeep<Value> = { readonly [Key in keyof Value]: ReadonlyDeep<Value[Key]> };
