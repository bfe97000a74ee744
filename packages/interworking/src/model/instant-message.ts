/** One instant message between the two worlds, without its addresses. */
export interface InstantMessage {
  /** Plain text, line ends as "\n", only characters XML 1.0 allows. */
  readonly text: string;
  readonly subject?: string;
  /** BCP 47 tag. */
  readonly lang?: string;
}
