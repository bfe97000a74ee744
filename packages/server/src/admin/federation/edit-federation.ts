import type { Edit, FederationSettings, Problem } from "@interpres/federation";
import type { SettingsEdit } from "@interpres/store";
import type { FastifyRequest } from "fastify";
import type { AdminContext } from "../admin-context.ts";
import { principal } from "../http/authenticate.ts";
import { refusedEdit } from "../http/problem-error.ts";

/** One change of the federation settings, for the edit and for the audit. */
export interface FederationChange<Resource> {
  readonly action: "create" | "update" | "delete";
  /** Path of the resource below `/api/v1`. */
  readonly resource: (after: Resource) => string;
  readonly edit: (settings: FederationSettings) => Edit<Resource>;
  /** What stood there before. */
  readonly before?: (settings: FederationSettings) => Resource | undefined;
  /** Rows of other tables that belong to the same change. */
  readonly along?: (after: Resource) => SettingsEdit<unknown>["along"];
}

/** Runs a pure edit as the next version of the settings, audited in the same transaction. Throws what the edit refuses. */
export async function editFederation<Resource>(
  context: AdminContext,
  request: FastifyRequest,
  change: FederationChange<Resource>,
): Promise<{ readonly resource: Resource; readonly warnings: readonly Problem[] }> {
  let written: { readonly resource: Resource; readonly warnings: readonly Problem[] } | undefined;
  await context.settings.change(principal(request).name, (document) => {
    const edit = change.edit(document.federation);
    if (edit.kind === "refused") throw refusedEdit(edit);
    written = { resource: edit.resource, warnings: edit.warnings };
    const before = change.before?.(document.federation) ?? (change.action === "delete" ? edit.resource : undefined);
    const along = change.along?.(edit.resource);
    return {
      ...(along === undefined ? {} : { along }),
      document: edit.settings === document.federation ? document : { ...document, federation: edit.settings },
      audit: {
        action: change.action,
        resource: change.resource(edit.resource),
        ...(before === undefined ? {} : { before }),
        ...(change.action === "delete" ? {} : { after: edit.resource }),
      },
    };
  });
  if (written === undefined) throw new Error("an edit neither held nor was refused");
  return written;
}

/** The answer to a write: the resource, and what the administrator ought to read, where there is something. */
export function withWarnings<Shown extends object>(shown: Shown, warnings: readonly Problem[]) {
  return warnings.length === 0 ? shown : { ...shown, warnings: [...warnings] };
}
