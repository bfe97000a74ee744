/**
 * The state of a dialog (RFC 3261 §12) as a plain JSON-able value. Texts that go back to the peer are kept exactly as
 * they came: Route entries with the parameters outside their angle brackets, From and To with epid.
 */
export interface DialogSnapshot {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  /** Our party's URI, without display name and parameters. */
  readonly localUri: string;
  readonly remoteUri: string;
  /** CSeq of our last request in the dialog; 0 when there was none. */
  readonly localSequence: number;
  /** CSeq of the peer's last request; undefined when there was none. */
  readonly remoteSequence?: number;
  /** The peer's Contact URI: Request-URI of our requests. */
  readonly remoteTarget: string;
  /** In the order in which our requests carry them as Route. */
  readonly routeSet: readonly string[];
  /** Value of From in our requests, our tag included. */
  readonly localFromText: string;
  /** Value of To in our requests, the peer's tag included. */
  readonly remoteToText: string;
}
