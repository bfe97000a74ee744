import { ConfigImported, PartnerInput, PartnerQuery } from "@interpres/admin-api";
import * as federation from "@interpres/federation";
import type { AdminContext } from "../admin-context.ts";
import { type AdminApp, principal } from "../http/authenticate.ts";
import { invalidInput, refusedEdit } from "../http/problem-error.ts";
import type { ClusterSettings } from "../node/cluster-settings.ts";
import type { Configured } from "../node/config-document.ts";
import { answerTo, editOf, type Plan, planOf } from "../node/config-plan.ts";
import { configProblems } from "../node/config-rules.ts";
import { commonNameOf, fingerprintOf, readCertificates } from "../trust/certificate-facts.ts";

const tags = ["sip-federated-domains"];

/** `/partners`: a domain with its access-list entry, subject, trust and route, in one version of the settings. */
export function registerPartners(app: AdminApp, context: AdminContext): void {
  app.post(
    "/partners",
    {
      config: { access: "administrator" },
      schema: { querystring: PartnerQuery, body: PartnerInput, response: { 200: ConfigImported }, tags },
    },
    async (request) => {
      let plan = planFor(request.body, context.settings.current().document, context);
      if (request.query.dryRun === true) return answerTo(plan, { applied: false, context });
      await context.settings.change(principal(request).name, (settings) => {
        plan = planFor(request.body, settings, context);
        const audit = { action: "create", resource: `partners/${federation.normalName(request.body.domain)}` };
        return editOf(plan, settings, { ...context, audit });
      });
      return answerTo(plan, { applied: true, context });
    },
  );
}

/** What the partner makes of the settings; throws what any of the single changes would be refused for. */
function planFor(input: PartnerInput, settings: ClusterSettings, context: AdminContext): Plan {
  const present = { settings, trusted: context.certificates.trusted() };
  const { trusted, commonName } = withTrust(input, present.trusted);
  const edited = withPartner(settings.federation, { input, commonName, now: context.clock.now() });
  const next = { settings: { ...settings, federation: edited }, trusted };
  const problems = configProblems({ present: settings, next: next.settings }, context, { mailAddresses: "unread" });
  if (problems.length > 0) throw invalidInput(problems);
  return planOf(next, present);
}

interface Wanted {
  readonly input: PartnerInput;
  /** Of the certificate that is to be trusted. */
  readonly commonName: string | undefined;
  readonly now: number;
}

function withPartner(settings: federation.FederationSettings, { input, commonName, now }: Wanted) {
  const { subject, route, trustPem: _trusted, ...domain } = input;
  let next = taken(federation.addDomain(settings, domain, now), "");
  if (commonName !== undefined) next = taken(federation.importTlsPeerSubject(next, commonName), "trustPem");
  if (subject !== undefined) next = withSubject(next, subject);
  if (route === undefined) return next;
  const { description = "" } = domain;
  return taken(federation.addStaticRoute(next, { destinationPattern: domain.domain, description, ...route }), "route");
}

/** A subject that is defined already is only selected, and bound to what it was not bound to. */
function withSubject(
  settings: federation.FederationSettings,
  { name, speaksFor = [] }: NonNullable<PartnerInput["subject"]>,
): federation.FederationSettings {
  const known = settings.tlsPeerSubjects.find(
    (each) => federation.normalName(each.name) === federation.normalName(name),
  );
  const bound = [...new Set([...(known?.speaksFor ?? []), ...speaksFor])];
  const input = { name, ...(bound.length === 0 ? {} : { speaksFor: bound }) };
  const { origin: _origin, ...said } = known ?? { origin: undefined };
  const defined = taken(
    known === undefined
      ? federation.addTlsPeerSubject(settings, input)
      : federation.updateTlsPeerSubject(settings, known.name, { ...said, ...input, name: known.name }),
    "subject",
  );
  const context = defined.tlsContexts.find((each) => each.name === federation.PEER_AUTH_CONTEXT);
  const peerSubjects = [...(context?.peerSubjects ?? []), known?.name ?? name.trim()];
  return taken(federation.updateTlsContext(defined, federation.PEER_AUTH_CONTEXT, { peerSubjects }), "subject");
}

function withTrust({ trustPem }: PartnerInput, trusted: Configured["trusted"]) {
  if (trustPem === undefined) return { trusted, commonName: undefined };
  const read = readCertificates(trustPem);
  const wrong = (message: string) => invalidInput([{ path: "trustPem", message }]);
  if (read.kind === "problem") throw wrong(read.message);
  const [certificate, ...more] = read.certificates;
  if (more.length > 0) throw wrong("holds several certificates; one is trusted at a time");
  const id = fingerprintOf(certificate);
  if (trusted.some((each) => each.id === id)) return { trusted, commonName: undefined };
  const added = { id, pem: certificate.toString(), description: commonNameOf(certificate) ?? "" };
  return { trusted: [...trusted, added], commonName: commonNameOf(certificate) };
}

/** The settings after an edit; throws what it is refused for, at the path of that part of the input. */
function taken(edit: federation.Edit<unknown>, part: string): federation.FederationSettings {
  if (edit.kind !== "refused") return edit.settings;
  const at = (path: string) => (part === "" ? path : part === "trustPem" ? part : `${part}.${path}`);
  throw refusedEdit({ ...edit, errors: edit.errors.map(({ path, message }) => ({ path: at(path), message })) });
}
