import { ConfigDocument, ConfigImported, ConfigImportQuery } from "@interpres/admin-api";
import type { AdminContext } from "../admin-context.ts";
import { type AdminApp, principal } from "../http/authenticate.ts";
import { conflict, invalidInput } from "../http/problem-error.ts";
import type { ClusterSettings } from "./cluster-settings.ts";
import { type Configured, documentOf, readDocument } from "./config-document.ts";
import { answerTo, editOf, type Plan, planOf } from "./config-plan.ts";
import { configProblems } from "./config-rules.ts";

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
      let plan = planFrom({ ...importing, settings: context.settings.current().document });
      if (dryRun) return answerTo(plan, { applied: false, context });
      await context.settings.change(principal(request).name, (settings) => {
        if (version !== undefined && version !== context.settings.current().version)
          throw conflict("configuration-changed", {
            path: "version",
            message: "somebody has changed the settings since",
          });
        plan = planFrom({ ...importing, settings });
        return editOf(plan, settings, { ...context, audit: { action: "import", resource: "config" } });
      });
      return answerTo(plan, { applied: plan.differences.length > 0, context });
    },
  );
}

interface Importing {
  readonly document: unknown;
  readonly query: ConfigImportQuery;
  readonly context: AdminContext;
  readonly settings: ClusterSettings;
}

/** What the document makes of the settings; throws everything that is wrong with it. */
function planFrom({ document, query, context, settings }: Importing): Plan {
  const present = { settings, trusted: context.certificates.trusted() };
  const read = readDocument(document, present);
  if (read.kind === "problems") throw invalidInput(read.problems);
  const acknowledged = { mailAddresses: query.acknowledgeWarning === true ? "read" : "unread" } as const;
  const problems = configProblems({ present: settings, next: read.settings }, context, acknowledged);
  if (problems.length > 0) throw invalidInput(problems);
  return planOf(read, present);
}
