import { type ConfigDifference, ConfigDocument, ConfigImported, ConfigImportQuery } from "@interpres/admin-api";
import type { SettingsEdit } from "@interpres/store";
import type { AdminContext } from "../admin-context.ts";
import { withWarnings } from "../federation/edit-federation.ts";
import { type AdminApp, principal } from "../http/authenticate.ts";
import { conflict, invalidInput } from "../http/problem-error.ts";
import { mailAddressWarnings } from "../identity/mail-domains.ts";
import { commonNameOf, parseCertificates } from "../trust/certificate-facts.ts";
import type { ClusterSettings } from "./cluster-settings.ts";
import { type Configured, documentOf, readDocument } from "./config-document.ts";
import { configProblems } from "./config-rules.ts";
import { differences } from "./differences.ts";

const BODY_OCTETS = 16 * 1024 * 1024;
const tags = ["config"];

/** `/config`: the whole configuration as one document, out and in. */
export function registerConfig(app: AdminApp, context: AdminContext): void {
  const present = (): Configured => ({
    settings: context.settings.current().document,
    trusted: context.certificates.trusted(),
  });

  app.get("/config", { config: { access: "auditor" }, schema: { response: { 200: ConfigDocument }, tags } }, async () =>
    documentOf(present()),
  );

  app.put(
    "/config",
    {
      config: { access: "administrator" },
      schema: { querystring: ConfigImportQuery, body: ConfigDocument, response: { 200: ConfigImported }, tags },
      bodyLimit: BODY_OCTETS,
    },
    async (request) => {
      const { dryRun = false, version } = request.query;
      const importing = { document: request.body, query: request.query, context };
      let plan = planOf({ ...importing, settings: context.settings.current().document });
      if (dryRun) return answer(plan, { applied: false, context });
      await context.settings.change(principal(request).name, (settings) => {
        if (version !== undefined && version !== context.settings.current().version)
          throw conflict("configuration-changed", {
            path: "version",
            message: "somebody has changed the settings since",
          });
        plan = planOf({ ...importing, settings });
        return editOf(plan, settings, context);
      });
      return answer(plan, { applied: plan.differences.length > 0, context });
    },
  );
}

interface Importing {
  readonly document: unknown;
  readonly query: ConfigImportQuery;
  readonly context: AdminContext;
  readonly settings: ClusterSettings;
}

interface Plan extends Configured {
  readonly differences: readonly ConfigDifference[];
}

/** What the document makes of the settings; throws everything that is wrong with it. */
function planOf({ document, query, context, settings }: Importing): Plan {
  const present = { settings, trusted: context.certificates.trusted() };
  const read = readDocument(document, present);
  if (read.kind === "problems") throw invalidInput(read.problems);
  const acknowledged = { mailAddresses: query.acknowledgeWarning === true ? "read" : "unread" } as const;
  const problems = configProblems({ present: settings, next: read.settings }, context, acknowledged);
  if (problems.length > 0) throw invalidInput(problems);
  return { ...read, differences: differences(comparable(present), comparable(read)) };
}

/** Certificates by their fingerprint, told by their subject. */
function comparable(configured: Configured): unknown {
  const { trustCertificates: _pems, ...sections } = documentOf(configured);
  const trustCertificates = configured.trusted.map(({ id, pem, description }) => {
    const [certificate] = parseCertificates(pem) ?? [];
    return {
      id,
      subject: certificate === undefined ? null : (commonNameOf(certificate) ?? certificate.subject),
      description,
    };
  });
  return { ...sections, trustCertificates };
}

function editOf(plan: Plan, settings: ClusterSettings, { certificates }: AdminContext): SettingsEdit<ClusterSettings> {
  const found = plan.differences;
  const values = (side: "before" | "after") =>
    Object.fromEntries(found.flatMap((each) => (each[side] === undefined ? [] : [[each.path, each[side]]])));
  return {
    document: found.length === 0 ? settings : plan.settings,
    audit: { action: "import", resource: "config", before: values("before"), after: values("after") },
    along: certificates.trustedChange(plan.trusted),
  };
}

function answer(
  { settings, differences: found }: Plan,
  { applied, context }: { readonly applied: boolean; readonly context: AdminContext },
) {
  const { version } = context.settings.current();
  return withWarnings({ applied, version, differences: [...found] }, mailAddressWarnings(settings, context));
}
