import { buildResponse } from "../message/build-response.ts";
import { encodeUtf8 } from "../message/header-text.ts";
import type { Answer, AnswerOptions, HeaderLine } from "./answer.ts";
import type { ServerTransaction } from "./transaction-user.ts";

/** Builds and sends a response with the transaction's To tag (RFC 3261 §8.2.6). */
export function reply(transaction: ServerTransaction, status: number, options: AnswerOptions = {}): void {
  const { reason, contentType, body } = options;
  const headers: HeaderLine[] = options.headers === undefined ? [] : [...options.headers];
  if (contentType !== undefined) headers.push(["Content-Type", contentType]);
  transaction.respond(
    buildResponse(transaction.request, status, {
      toTag: transaction.toTag,
      headers,
      ...(reason === undefined ? {} : { reason: encodeUtf8(reason) }),
      ...(body === undefined ? {} : { body }),
    }),
  );
}

/** For a user that answers now or later: the first call counts. */
export function answerOnce(transaction: ServerTransaction): Answer {
  let isAnswered = false;
  return (status, options) => {
    if (isAnswered) return;
    isAnswered = true;
    reply(transaction, status, options);
  };
}
