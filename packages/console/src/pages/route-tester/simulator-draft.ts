import {
  type PolicyChange,
  type PolicyDraft,
  type PolicyExplanation,
  policyExplainPath,
  RefusedError,
} from "@interpres/admin-api";
import { useSessionStorage } from "@mantine/hooks";
import { useApi } from "../../data/api.tsx";
import { useSession } from "../../session/session.tsx";
import { acceptable } from "./simulator-acceptable.ts";

export const changeKinds = ["route-add", "route-change", "route-remove", "acl-add", "acl-remove", "subjects"] as const;
export type ChangeKind = (typeof changeKinds)[number];

/** One change with the words for it. */
export interface Drafted {
  readonly kind: ChangeKind;
  readonly change: PolicyChange;
  /** What people call the thing. */
  readonly what: string;
}

interface Kept {
  /** Of the settings when the first change was made; 0 while there is none. */
  readonly version: number;
  readonly entries: readonly Drafted[];
}

const EMPTY: Kept = { version: 0, entries: [] };

export interface DraftControl {
  readonly entries: readonly Drafted[];
  /** As the node takes it; undefined while it is empty. */
  readonly draft: PolicyDraft | undefined;
  /** Takes a change in, once the node has nothing against it; rejects with paths as a form has them. */
  add(entry: Drafted): Promise<PolicyExplanation>;
  /** The entry at this place, and those that need it, are taken out. */
  remove(index: number): Promise<void>;
  discard(): void;
}

/** The draft of whoever is signed in: kept by this window, also over other pages, and by nobody else. */
export function useDraft(): DraftControl {
  const api = useApi();
  const { state } = useSession();
  const key = `interpres-draft ${"name" in state ? state.name : ""}`;
  const [kept, keep] = useSessionStorage<Kept>({ key, defaultValue: EMPTY, getInitialValueInEffect: false });
  const check = (entries: readonly Drafted[]) =>
    api.ask("POST", policyExplainPath, { draft: draftOf({ ...kept, entries }) }) as Promise<PolicyExplanation>;
  return {
    entries: kept.entries,
    draft: kept.entries.length === 0 ? undefined : draftOf(kept),
    add: async (entry) => {
      const entries = [...kept.entries.filter(({ kind }) => kind !== "subjects" || entry.kind !== kind), entry];
      const answer = await check(entries).catch((error: unknown) => Promise.reject(atFields(error)));
      keep({ version: kept.entries.length === 0 ? answer.version : kept.version, entries });
      return answer;
    },
    remove: async (index) => {
      const entries = kept.entries.filter((_, place) => place !== index);
      keep({ ...kept, entries: await acceptable(entries, check) });
    },
    discard: () => keep(EMPTY),
  };
}

function draftOf({ version, entries }: Kept): PolicyDraft {
  const changes = entries.map(({ change }) => change);
  return version === 0 ? { changes } : { version, changes };
}

/** Problems at the fields of the form whose change was the last. */
function atFields(error: unknown): unknown {
  if (!(error instanceof RefusedError)) return error;
  const errors = (error.problem.errors ?? []).map(({ path, message }) => ({
    path: path.replace(/^(?:draft\.)?changes\.\d+\.(?:value\.)?/, ""),
    message,
  }));
  return new RefusedError({ ...error.problem, errors });
}
