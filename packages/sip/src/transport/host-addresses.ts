import { isIP } from "node:net";
import type { DnsAnswer, Resolver } from "@interpres/runtime";

export type HostAddresses =
  | { readonly kind: "addresses"; readonly addresses: readonly string[] }
  | { readonly kind: "none"; readonly reason: string };

/** Nobody waits for more addresses of one host to fail. */
const MAXIMUM_ADDRESSES = 8;

/**
 * The addresses of a host in the order to try them: IPv4 and IPv6 in turn (RFC 8305 §4), IPv4 first, as a broken IPv6
 * path costs a whole connect time-out where an absent IPv4 one fails at once. An address is its own answer.
 */
export async function addressesOf(host: string, resolver: Resolver): Promise<HostAddresses> {
  if (isIP(host) !== 0) return { kind: "addresses", addresses: [host] };
  const [four, six] = await Promise.all([resolver.resolve(host, "A"), resolver.resolve(host, "AAAA")]);
  const addresses = inTurn(listOf(four), listOf(six)).slice(0, MAXIMUM_ADDRESSES);
  if (addresses.length > 0) return { kind: "addresses", addresses };
  const failed = [four, six].find((answer) => answer.kind === "failed");
  return { kind: "none", reason: failed === undefined ? `${host} has no address` : `${host}: ${failed.reason}` };
}

function listOf(answer: DnsAnswer<"A"> | DnsAnswer<"AAAA">): readonly string[] {
  return answer.kind === "records" ? answer.records.map((record) => record.address) : [];
}

function inTurn(first: readonly string[], second: readonly string[]): readonly string[] {
  const longest = Math.max(first.length, second.length);
  return Array.from({ length: longest }, (_, index) => [first[index], second[index]])
    .flat()
    .filter((address) => address !== undefined);
}
