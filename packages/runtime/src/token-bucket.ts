/** A rate as a value: `ratePerSecond` tokens a second up to `burst`. */
export interface TokenBucket {
  readonly ratePerSecond: number;
  readonly burst: number;
  readonly tokens: number;
  readonly filledAt: number;
}

export function fullBucket(ratePerSecond: number, burst: number, now: number): TokenBucket {
  return { ratePerSecond, burst, tokens: burst, filledAt: now };
}

export type Take =
  | { readonly kind: "taken"; readonly bucket: TokenBucket }
  | { readonly kind: "wait"; readonly waitMs: number };

/** Takes one token at `now` (milliseconds), or says how long until there is one. */
export function take(bucket: TokenBucket, now: number): Take {
  const gained = (Math.max(0, now - bucket.filledAt) * bucket.ratePerSecond) / 1000;
  const tokens = Math.min(bucket.burst, bucket.tokens + gained);
  if (tokens < 1) return { kind: "wait", waitMs: Math.ceil(((1 - tokens) * 1000) / bucket.ratePerSecond) };
  return { kind: "taken", bucket: { ...bucket, tokens: tokens - 1, filledAt: now } };
}
