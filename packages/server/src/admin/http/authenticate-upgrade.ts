import type { IncomingMessage } from "node:http";
import type { Role } from "@interpres/admin-api";
import type { AdminContext } from "../admin-context.ts";
import { credentialOf, holderOf, isSufficient, type Principal } from "./authenticate.ts";
import type { UpgradeRefusal } from "./upgrade-doors.ts";

/** Who opened a WebSocket. */
export interface Caller {
  readonly name: string;
  readonly address: string;
  /** Asked again while the connection lasts: undefined once the credential is no longer valid. */
  readonly principal: () => Promise<Principal | undefined>;
}

export type Admission =
  | { readonly kind: "admitted"; readonly caller: Caller }
  | { readonly kind: "refused"; readonly refusal: UpgradeRefusal };

/** Whether the caller may open a WebSocket that needs `role`: by token, or by the console's cookie from its own page. */
export async function admitUpgrade(request: IncomingMessage, role: Role, context: AdminContext): Promise<Admission> {
  const { headers, socket } = request;
  const credential = credentialOf(headers, cookiesIn(headers.cookie ?? ""));
  // Browsers let any page open a WebSocket, and send the cookie along (RFC 6455 §10.2).
  if (credential?.kind === "cookie" && headers.origin !== `https://${headers.host}`)
    return refused(403, "origin-refused", `pages of ${headers.origin ?? "nowhere"} may not connect here`);
  const principal = async () => (credential === undefined ? undefined : holderOf(credential, context));
  const found = await principal();
  if (found === undefined) return refused(401, "unauthenticated", "send a token as Authorization: Bearer");
  if (!isSufficient(found.role, role)) return refused(403, "role-not-sufficient", `this needs the role ${role}`);
  const caller = { name: found.name, address: socket.remoteAddress ?? "", principal };
  return { kind: "admitted", caller };
}

/** RFC 6265 §4.2.1; ours has a token as value, so nothing needs decoding. */
function cookiesIn(header: string): Readonly<Record<string, string>> {
  const pairs = header.split(";").map((pair) => pair.trim().split("=", 2));
  return Object.fromEntries(pairs.map(([name = "", value = ""]) => [name, value]));
}

function refused(status: number, type: string, detail: string): Admission {
  return { kind: "refused", refusal: { status, type, detail } };
}
