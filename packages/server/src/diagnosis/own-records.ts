import type { DnsAnswer, Resolver, SrvRecord } from "@interpres/runtime";
import type { Finding } from "./report.ts";

/** What peers of a domain must find of us. */
export interface OwnAddress {
  /** Each needs a record of its own. */
  readonly localDomains: readonly string[];
  /** The name they reach us by. */
  readonly host: string;
  readonly port: number;
  /** A clearing house keeps our name itself and looks up no service record (facts R21). */
  readonly looksUp: "service" | "host";
}

const CASES = { failed: 2, warned: 1, passed: 0 } as const;

/** Whether our records lead to this node: SRV of each local domain, and the address of its target. */
export async function judgeOwnRecords(own: OwnAddress, resolver: Resolver): Promise<Finding> {
  const host = await judgeHost(own.host, resolver);
  const services =
    own.looksUp === "host"
      ? []
      : await Promise.all(own.localDomains.map((domain) => judgeService(domain, own, resolver)));
  const all = [...services, host];
  const worst = all.toSorted((one, other) => CASES[other.outcome] - CASES[one.outcome])[0] ?? host;
  return { ...worst, seen: all.map(({ seen }) => seen).join("; ") };
}

async function judgeService(domain: string, { host, port }: OwnAddress, resolver: Resolver): Promise<Finding> {
  const name = `_sipfederationtls._tcp.${domain}`;
  const answer = await resolver.resolve(name, "SRV");
  const remedy = `publish: ${name}. IN SRV 0 0 ${port} ${host}.`;
  if (answer.kind !== "records") return { outcome: "failed", seen: `${name}: ${absence(answer)}`, remedy };
  const seen = `${name}: ${answer.records.map(recordText).join(", ")}`;
  const ours = answer.records.find(({ target }) => isSame(target, host));
  if (ours === undefined) return { outcome: "failed", seen, remedy };
  if (ours.port !== port)
    return {
      outcome: "warned",
      seen,
      remedy: `fine only where port ${ours.port} is translated to ${port}; else ${remedy}`,
    };
  if (!isSame(host, domain) && !host.toLowerCase().endsWith(`.${domain.toLowerCase()}`))
    return {
      outcome: "warned",
      seen: `${seen}, a target outside of ${domain}`,
      remedy: "Microsoft takes a target inside the domain only, unless they have listed us",
    };
  return { outcome: "passed", seen };
}

async function judgeHost(host: string, resolver: Resolver): Promise<Finding> {
  const [four, six] = await Promise.all([resolver.resolve(host, "A"), resolver.resolve(host, "AAAA")]);
  const addresses = [four, six].flatMap((answer) => (answer.kind === "records" ? answer.records : []));
  if (addresses.length > 0)
    return { outcome: "passed", seen: `${host}: ${addresses.map(({ address }) => address).join(", ")}` };
  return { outcome: "failed", seen: `${host}: ${absence(four)}`, remedy: `publish an A record of ${host}` };
}

function absence(answer: DnsAnswer<"A"> | DnsAnswer<"SRV">): string {
  return answer.kind === "failed" ? `could not be looked up (${answer.reason})` : "no record";
}

function recordText({ priority, weight, port, target }: SrvRecord): string {
  return `${priority} ${weight} ${port} ${target}`;
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
