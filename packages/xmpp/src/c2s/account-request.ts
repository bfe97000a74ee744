import type { ContactBook } from "../roster/contact-book.ts";
import type { ConnectedResource } from "../router/connected-resource.ts";
import type { IqAnswer, IqHandler, IqRequest } from "./iq-table.ts";

/** A request of a client to its own account (RFC 6120 §10.3.3). */
export interface AccountRequest extends IqRequest {
  readonly resource: ConnectedResource;
  readonly book: ContactBook;
}

export type AccountHandler = IqHandler<AccountRequest>;

/** The server could not write: the client may try again. */
export const notSaved: IqAnswer = { kind: "error", type: "wait", condition: "internal-server-error" };
