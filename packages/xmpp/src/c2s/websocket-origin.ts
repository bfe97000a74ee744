/** What a WebSocket handshake says of the page it comes from; programs that are no browser say nothing. */
export interface HandshakeOrigin {
  readonly origin: string | undefined;
  /** The `Host` it was addressed to. */
  readonly host: string | undefined;
}

/**
 * Whether a page of that origin may open a WebSocket here (RFC 6455 §10.2): one we served ourselves, or one of those
 * `allowed`, written as a browser does: `https://chat.example.com`.
 */
export function mayOpen({ origin, host }: HandshakeOrigin, allowed: readonly string[]): boolean {
  if (origin === undefined) return true;
  const own = host === undefined ? undefined : originOf(`https://${host}`);
  return origin === own || allowed.some((each) => originOf(each) === origin);
}

function originOf(url: string): string | undefined {
  return URL.parse(url)?.origin;
}
