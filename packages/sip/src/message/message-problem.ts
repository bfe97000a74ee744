import type { SipRequest } from "./message.ts";
import { SyntaxProblem } from "./syntax-problem.ts";

/** What is wrong with a whole message, and what can be read of it. */
export class MessageProblem extends SyntaxProblem {
  /** The request as far as it can be read, for `buildResponse`; undefined when there must be no answer: a response, an ACK. */
  readonly message: SipRequest | undefined;

  constructor(found: SyntaxProblem, message: SipRequest | undefined) {
    super(found);
    this.message = message;
  }
}
