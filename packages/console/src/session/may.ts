import type { Role } from "@interpres/admin-api";
import { fill, texts } from "../texts/texts.ts";
import { useSession } from "./session.tsx";

const RANK: Readonly<Record<Role, number>> = { auditor: 0, operator: 1, administrator: 2 };

/** Whether the one who signed in may do what needs a role, or in words why not. The node asks the same again. */
export type May = { readonly kind: "yes" } | { readonly kind: "no"; readonly reason: string };

export function useMay(needed: Role): May {
  const { state } = useSession();
  if (state.kind !== "signed-in" && state.kind !== "expired") return { kind: "no", reason: texts.session.signedOut };
  if (RANK[state.role] >= RANK[needed]) return { kind: "yes" };
  return { kind: "no", reason: fill(texts.session.roleNotSufficient, { needed, role: state.role }) };
}
