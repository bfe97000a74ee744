/** One header line for a request or response under construction. */
export type HeaderLine = readonly [name: string, value: string];

/** What an answer carries beside its status. */
export interface AnswerOptions {
  /** Instead of the usual phrase, as text for people. */
  readonly reason?: string;
  /** Values in octets (`encodeUtf8`). */
  readonly headers?: readonly HeaderLine[];
  readonly contentType?: string;
  readonly body?: Uint8Array | string;
}

/** Gives the one final answer to a request; a second call does nothing. */
export type Answer = (status: number, options?: AnswerOptions) => void;
