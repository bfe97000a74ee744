import { AdminClient, CSRF_HEADER, type Exchange, fetchExchange, type Problem } from "@interpres/admin-api";
import { createContext, type ReactNode, useContext, useMemo } from "react";

const ApiContext = createContext<AdminClient | undefined>(undefined);

/** The node's API as the one who signed in. Every call rejects with `RefusedError` when the node refuses. */
export function useApi(): AdminClient {
  const api = useContext(ApiContext);
  if (api === undefined) throw new Error("used outside ApiProvider");
  return api;
}

interface Props {
  /** What each change repeats beside the cookie; asked at each call, because signing in again changes it. */
  readonly csrfToken: () => string | undefined;
  /** The node no longer knows who this is. */
  readonly onSignedOut: () => void;
  readonly children: ReactNode;
}

export function ApiProvider({ csrfToken, onSignedOut, children }: Props): ReactNode {
  const api = useMemo(
    () => new AdminClient({ url: "", exchange: cookieExchange(csrfToken, onSignedOut) }),
    [csrfToken, onSignedOut],
  );
  return <ApiContext value={api}>{children}</ApiContext>;
}

function cookieExchange(csrfToken: Props["csrfToken"], onSignedOut: () => void): Exchange {
  return async (request) => {
    const token = request.method === "GET" ? undefined : csrfToken();
    const headers = token === undefined ? request.headers : { ...request.headers, [CSRF_HEADER]: token };
    const answer = await fetchExchange({ ...request, headers });
    if (isSignedOut(answer)) onSignedOut();
    return answer;
  };
}

/** A wrong password is refused with the same status, and whoever typed it is still signed in. */
function isSignedOut({ status, body }: Awaited<ReturnType<Exchange>>): boolean {
  return status === 401 && (JSON.parse(body) as Problem).type !== "wrong-credentials";
}
