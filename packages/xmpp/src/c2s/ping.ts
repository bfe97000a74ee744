import { NS } from "../xml/index.ts";
import { done, type IqHandler, type IqRequest } from "./iq-table.ts";

export const PING_NS = "urn:xmpp:ping";

/** XEP-0199 §4.2, client to server. */
export const ping: IqHandler<IqRequest> = {
  type: "get",
  name: "ping",
  namespace: PING_NS,
  handle: (_request, answer) => answer(done),
};

/** The session request of RFC 3921 §3: means nothing any more, old clients insist on an answer. */
export const oldSession: IqHandler<IqRequest> = {
  type: "set",
  name: "session",
  namespace: NS.session,
  handle: (_request, answer) => answer(done),
};
