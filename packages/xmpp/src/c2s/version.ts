import { el } from "../xml/index.ts";
import type { IqHandler, IqRequest } from "./iq-table.ts";

export const VERSION_NS = "jabber:iq:version";

/** XEP-0092; the operating system is nobody's business (§4). */
export function softwareVersion(version: string): IqHandler<IqRequest> {
  const payload = el(
    "query",
    VERSION_NS,
    {},
    el("name", VERSION_NS, {}, "Interpres"),
    el("version", VERSION_NS, {}, version),
  );
  return {
    type: "get",
    name: "query",
    namespace: VERSION_NS,
    handle: (_request, answer) => answer({ kind: "result", payload }),
  };
}
