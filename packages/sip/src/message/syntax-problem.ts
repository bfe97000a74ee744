/** What is wrong with octets of a peer: a value, not an exception. */
export class SyntaxProblem {
  readonly kind = "syntax-problem";
  /** The status to answer with, if there is anything to answer. */
  readonly status: 400 | 413 | 416 | 505;
  /** For logs and the reason phrase; ASCII, never text of the peer. */
  readonly reason: string;
  /** Octet in the message, or in the text that was given to the parser of one value. */
  readonly offset: number;

  constructor(init: { readonly reason: string; readonly offset: number; readonly status?: 400 | 413 | 416 | 505 }) {
    this.status = init.status ?? 400;
    this.reason = init.reason;
    this.offset = init.offset;
  }
}

/** The 400 problem at this octet. */
export function problem(reason: string, offset: number): SyntaxProblem {
  return new SyntaxProblem({ reason, offset });
}

/** Thrown by the accessors of a message that nobody ran `checkMandatory` on. */
export class MalformedMessageError extends Error {
  readonly problem: SyntaxProblem;

  constructor(malformed: SyntaxProblem) {
    super(malformed.reason);
    this.name = "MalformedMessageError";
    this.problem = malformed;
  }
}
