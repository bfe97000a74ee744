/** Ports to the outside and the few concepts every package shares. */
export * from "./caching-resolver.ts";
export * from "./clock.ts";
export * from "./decision.ts";
export * from "./decision-ring.ts";
export { DNS_ATTEMPTS, DNS_TIMEOUT_MS, type DnsExchange, type DnsServer, parseDnsServer } from "./dns-client.ts";
export * from "./fifo.ts";
export * from "./flow-tap.ts";
export * from "./logger.ts";
export * from "./metrics.ts";
export * from "./random.ts";
export * from "./resolver.ts";
export * from "./reverse-name.ts";
export * from "./service.ts";
export * from "./step.ts";
export * from "./system-clock.ts";
export { TimerWheel } from "./timer-wheel.ts";
export * from "./token-bucket.ts";
export * from "./turns.ts";
