import type { FieldProblem, PolicyDraft } from "@interpres/admin-api";
import type { AdminContext } from "../admin-context.ts";
import { conflict, invalidInput, refusedEdit } from "../http/problem-error.ts";
import type { ClusterSettings } from "../node/cluster-settings.ts";
import { type Plan, planOf } from "../node/config-plan.ts";
import { configProblems } from "../node/config-rules.ts";
import { changedUnderneath, draftedSettings } from "./policy-draft.ts";

/** The settings that a draft would make, with what its changes warned of. */
export interface DraftPlan extends Plan {
  readonly warnings: readonly FieldProblem[];
}

/** What the draft makes of the settings; throws whatever saving its changes would be refused for. */
export function planFor(draft: PolicyDraft, settings: ClusterSettings, context: AdminContext): DraftPlan {
  const { clock, accounts, certificates, node } = context;
  const fqdnsWithUsers = accounts.list().length === 0 ? [] : [node.fqdn];
  const edit = draftedSettings(draft, settings.federation, { now: clock.now(), fqdnsWithUsers });
  if (edit.kind === "refused") throw refusedEdit(edit);
  const next = { ...settings, federation: edit.settings };
  const problems = configProblems({ present: settings, next }, context, { mailAddresses: "unread" });
  if (problems.length > 0) throw invalidInput(problems);
  const trusted = certificates.trusted();
  return { ...planOf({ settings: next, trusted }, { settings, trusted }), warnings: edit.warnings };
}

/** The settings a draft was made for; throws where they are not kept any more. */
export async function draftedFor(
  { version }: PolicyDraft,
  { settings }: Pick<AdminContext, "settings">,
): Promise<ClusterSettings | undefined> {
  if (version === undefined) return undefined;
  const document = await settings.at(version);
  if (document === undefined)
    throw conflict("draft-outdated", { path: "version", message: `the settings of version ${version} are not kept` });
  return document;
}

/** Throws where somebody has changed what the draft is about since it was made. */
export function refuseOutdated(draft: PolicyDraft, made: ClusterSettings | undefined, present: ClusterSettings): void {
  if (made === undefined || made === present) return;
  const changed = changedUnderneath(draft, { draftedFor: made.federation, present: present.federation });
  if (changed !== undefined) throw conflict("draft-outdated", changed);
}
