import { type FieldProblem, type Notification, notifications } from "@interpres/admin-api";
import { useApi } from "../data/api.tsx";
import { refusalOf } from "../data/problems.ts";
import { useChange } from "../data/resources.ts";
import { texts } from "../texts/texts.ts";
import type { Status } from "./status-area.tsx";

/** A form, as far as its saving is concerned. */
interface SavedForm {
  readonly values: object;
  setErrors(errors: Record<string, string>): void;
}

/**
 * Saves a form: what the node refuses stands at the fields it names, the rest in the status area. What waits for a restart since
 * then is told with it. Resolves with the saved thing, undefined where it was refused.
 */
export function useSave<Result>({
  form,
  report,
  save,
  done,
  doing = texts.template.saving,
}: {
  readonly form: SavedForm;
  readonly report: (status: Status) => void;
  readonly save: () => Promise<Result>;
  /** What is said then; a status where not all is well. */
  readonly done: (result: Result) => string | Status;
  /** What is said meanwhile, where it is no saving. */
  readonly doing?: string;
}): () => Promise<Result | undefined> {
  const api = useApi();
  const { mutateAsync } = useChange(async () => {
    const before = await api.all(notifications);
    const result = await save();
    return { result, notices: newOnes(before, await api.all(notifications)) };
  });
  return async () => {
    form.setErrors({});
    report({ kind: "idle", text: doing });
    try {
      const { result, notices } = await mutateAsync(undefined);
      const said = done(result);
      report(typeof said === "string" ? { kind: "done", text: said, warnings: warningsOf(result), notices } : said);
      return result;
    } catch (error) {
      const { fields, general } = refusalOf(error, Object.keys(form.values));
      form.setErrors({ ...fields });
      report({ kind: "refused", reasons: [...general, ...Object.values(fields)] });
      return undefined;
    }
  };
}

/** What the node wants read although it took the change. */
function warningsOf(result: unknown): readonly FieldProblem[] {
  return typeof result === "object" && result !== null && "warnings" in result
    ? (result.warnings as readonly FieldProblem[])
    : [];
}

function newOnes(before: readonly Notification[], after: readonly Notification[]): readonly Notification[] {
  const known = new Set(before.map(({ id }) => id));
  return after.filter(({ id }) => !known.has(id));
}
