import type { Iq } from "../stanza/stanza.ts";
import type { StanzaErrorReason } from "../stanza/stanza-error.ts";
import type { Element } from "../xml/index.ts";

/** What a handler answers: the payload of a result, none, or an error. */
export type IqAnswer =
  | { readonly kind: "result"; readonly payload?: Element }
  | ({ readonly kind: "error" } & StanzaErrorReason);

/** A get or set with its payload at hand. */
export interface IqRequest {
  readonly iq: Iq;
  readonly payload: Element;
}

export interface IqHandler<Request> {
  readonly type: "get" | "set";
  readonly name: string;
  readonly namespace: string;
  /** Calls `answer` once, now or later. */
  readonly handle: (request: Request, answer: (answer: IqAnswer) => void) => void;
}

export const done: IqAnswer = { kind: "result" };

/** Requests the server answers itself, by type and qualified name of the payload (RFC 6120 §8.2.3, RFC 6121 §8.5.2.1.3). */
export class IqTable<Request extends IqRequest> {
  readonly #handlers: readonly IqHandler<Request>[];

  constructor(handlers: readonly IqHandler<Request>[]) {
    this.#handlers = handlers;
  }

  /** What nobody handles is answered service-unavailable. */
  answer(request: Request, answer: (answer: IqAnswer) => void): void {
    const { iq, payload } = request;
    const handler = this.#handlers.find(
      ({ type, name, namespace }) => iq.type === type && payload.name === name && payload.namespace === namespace,
    );
    if (handler === undefined) answer({ kind: "error", type: "cancel", condition: "service-unavailable" });
    else handler.handle(request, answer);
  }
}
