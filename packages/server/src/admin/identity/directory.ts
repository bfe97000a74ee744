import {
  Directory,
  DirectoryInput,
  DirectoryRun,
  type DirectorySettings,
  DirectoryStatus,
  DirectorySyncInput,
  type FieldProblem,
} from "@interpres/admin-api";
import { schemaProblems, servedDomains } from "@interpres/federation";
import Value from "typebox/value";
import { directoryProblems, directoryWarnings } from "../../directory/directory-rules.ts";
import { boundSecret, DIRECTORY_SECRET, passwordFor } from "../../directory/directory-secret.ts";
import type { AdminContext } from "../admin-context.ts";
import { withWarnings } from "../federation/edit-federation.ts";
import { type AdminApp, principal } from "../http/authenticate.ts";
import { conflict, invalidInput, ProblemError, problem } from "../http/problem-error.ts";
import { checkedByEdit } from "../http/validation.ts";

const tags = ["directory"];
/** How long a caller waits for a synchronisation before it is told to ask for its progress. */
const WAIT_MS = 20_000;

/** `/directory`: the LDAP directory that users come from, and its synchronisation. */
export function registerDirectory(app: AdminApp, context: AdminContext): void {
  const { settings, directorySync } = context;

  app.get("/directory", { config: { access: "auditor" }, schema: { response: { 200: Directory }, tags } }, async () =>
    shown(settings.current().document.directory, context),
  );

  app.put(
    "/directory",
    {
      config: { access: "administrator" },
      schema: { body: DirectoryInput, response: { 200: Directory }, tags },
      validatorCompiler: checkedByEdit,
    },
    async (request) => {
      const next = await replace(request.body, principal(request).name, context);
      return withWarnings(await shown(next, context), directoryWarnings(next));
    },
  );

  app.get(
    "/directory/sync",
    { config: { access: "auditor" }, schema: { response: { 200: DirectoryStatus }, tags } },
    async () => ({ run: (await directorySync.status()) ?? null }),
  );

  app.post(
    "/directory/sync",
    {
      config: { access: "administrator" },
      schema: { body: DirectorySyncInput, response: { 200: DirectoryRun, 202: DirectoryRun }, tags },
      validatorCompiler: checkedByEdit,
    },
    async (request, reply) => {
      const { dryRun = false, acceptVanished = false } = syncInput(request.body);
      if (directorySync.isRunning)
        throw conflict("sync-running", { path: "", message: "a synchronisation is under way; GET shows its progress" });
      const finished = directorySync.run({
        mode: dryRun ? "dry-run" : "apply",
        actor: principal(request).name,
        mostVanished: acceptVanished ? "accepted" : "refused",
      });
      const run = await withinPatience(finished, context);
      if (run?.state === "failed") throw failed(run);
      if (run === undefined) reply.code(202);
      return run ?? (await directorySync.status());
    },
  );
}

async function replace(body: unknown, actor: string, context: AdminContext): Promise<DirectorySettings> {
  const { password, ...given } = readInput(body);
  const kept = await context.secrets.find(DIRECTORY_SECRET);
  await context.settings.change(actor, (document) => {
    const problems = [
      ...directoryProblems(given, servedDomains(document.federation)),
      ...passwordProblems(given, password, kept),
    ];
    if (problems.length > 0) throw invalidInput(problems);
    return {
      document: { ...document, directory: given },
      audit: {
        action: "update",
        resource: "directory",
        before: document.directory,
        after: { ...given, ...(password === undefined ? {} : { password: "changed" }) },
      },
      ...secretChange(given, password, context),
    };
  });
  return given;
}

/** A password kept for one server and name is not shown to another that the settings point to now. */
function passwordProblems(
  given: DirectorySettings,
  password: string | undefined,
  kept: string | undefined,
): readonly FieldProblem[] {
  if (given.bindDn === "" || password !== undefined || kept === undefined) return [];
  if (passwordFor(given, kept) !== undefined) return [];
  return [{ path: "password", message: "is needed again: url or bindDn are others than it was for" }];
}

function secretChange(given: DirectorySettings, password: string | undefined, { secrets }: AdminContext) {
  if (given.bindDn === "") return { along: secrets.change(DIRECTORY_SECRET, undefined) };
  return password === undefined ? {} : { along: secrets.change(DIRECTORY_SECRET, boundSecret(given, password)) };
}

/** What was left away has its default; throws `invalid-input`. */
function readInput(body: unknown): DirectorySettings & { readonly password?: string } {
  const completed = Value.Default(DirectoryInput, structuredClone(body));
  const wrong = schemaProblems(DirectoryInput, completed);
  if (wrong.length > 0) throw invalidInput(wrong);
  const { hasPassword: _shown, ...input } = completed as DirectorySettings & DirectoryInput;
  return input;
}

function syncInput(body: unknown): DirectorySyncInput {
  const completed = Value.Default(DirectorySyncInput, structuredClone(body ?? {}));
  const wrong = schemaProblems(DirectorySyncInput, completed);
  if (wrong.length > 0) throw invalidInput(wrong);
  return completed as DirectorySyncInput;
}

/** Undefined when it takes longer than a caller should wait. */
async function withinPatience(finished: Promise<DirectoryRun>, { clock }: AdminContext) {
  let give = (): void => undefined;
  const patience = new Promise<undefined>((resolve) => {
    give = () => resolve(undefined);
  });
  const timer = clock.after(WAIT_MS, give);
  return Promise.race([finished, patience]).finally(() => timer.cancel());
}

function failed({ failure }: DirectoryRun): ProblemError {
  const { path, message } = failure ?? { path: "", message: "the synchronisation failed" };
  return new ProblemError({ ...problem(502, "directory-sync-failed", message), errors: [{ path, message }] });
}

async function shown(settings: DirectorySettings, { secrets }: AdminContext): Promise<Directory> {
  const password = passwordFor(settings, await secrets.find(DIRECTORY_SECRET));
  return { ...settings, hasPassword: password !== undefined };
}
