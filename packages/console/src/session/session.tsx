import { RefusedError, type Role, type Session, type SignedIn, type SignIn } from "@interpres/admin-api";
import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from "react";
import { ApiProvider, useApi } from "../data/api.tsx";

/** Who is here. `expired`: somebody was, and what she was doing is still on the page. */
type State =
  | { readonly kind: "unknown" }
  | { readonly kind: "unreachable"; readonly reason: string }
  | { readonly kind: "signed-out" }
  | { readonly kind: "signed-in"; readonly name: string; readonly role: Role }
  | { readonly kind: "expired"; readonly name: string; readonly role: Role };

interface SessionControl {
  readonly state: State;
  /** Rejects with `RefusedError` when name or password is wrong, or too many were. */
  signIn(given: SignIn): Promise<void>;
  signOut(): Promise<void>;
}

const SessionContext = createContext<SessionControl | undefined>(undefined);

export function useSession(): SessionControl {
  const control = useContext(SessionContext);
  if (control === undefined) throw new Error("used outside SessionProvider");
  return control;
}

/** Knows who signed in, by the node's cookie, and gives the API to what is inside. */
export function SessionProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const csrf = useRef<string | undefined>(undefined);
  const [state, setState] = useState<State>({ kind: "unknown" });
  const csrfToken = useCallback(() => csrf.current, []);
  const onSignedOut = useCallback(() => {
    csrf.current = undefined;
    setState((before) =>
      before.kind === "signed-in" || before.kind === "expired"
        ? { ...before, kind: "expired" }
        : { kind: "signed-out" },
    );
  }, []);
  return (
    <ApiProvider csrfToken={csrfToken} onSignedOut={onSignedOut}>
      <SessionKeeper csrf={csrf} state={state} setState={setState}>
        {children}
      </SessionKeeper>
    </ApiProvider>
  );
}

interface KeeperProps {
  readonly csrf: { current: string | undefined };
  readonly state: State;
  readonly setState: (state: State) => void;
  readonly children: ReactNode;
}

function SessionKeeper({ csrf, state, setState, children }: KeeperProps): ReactNode {
  const api = useApi();
  const queries = useQueryClient();

  useEffect(() => {
    api.ask("GET", "/session").then(
      (answer) => {
        const { name, role, csrfToken } = answer as Session;
        csrf.current = csrfToken;
        setState({ kind: "signed-in", name, role });
      },
      (error: unknown) => {
        if (!(error instanceof RefusedError)) setState({ kind: "unreachable", reason: String(error) });
      },
    );
  }, [api, csrf, setState]);

  const control = useMemo<SessionControl>(
    () => ({
      state,
      signIn: async (given) => {
        const { name, role, csrfToken } = (await api.ask("POST", "/session", given)) as SignedIn;
        csrf.current = csrfToken;
        setState({ kind: "signed-in", name, role });
        await queries.invalidateQueries();
      },
      signOut: async () => {
        try {
          await api.ask("DELETE", "/session");
        } catch (error) {
          // A session that has ended meanwhile is one she is signed out of.
          if (!(error instanceof RefusedError) || error.problem.status !== 401) throw error;
        }
        csrf.current = undefined;
        queries.clear();
        setState({ kind: "signed-out" });
      },
    }),
    [api, csrf, queries, setState, state],
  );
  return <SessionContext value={control}>{children}</SessionContext>;
}
