import type { Clock, DnsAnswer, RecordTypes, Resolver } from "@interpres/runtime";
import { lookUpAddresses } from "./dns-routes.ts";
import { type Publication, wantedRecords, zoneText } from "./published-records.ts";
import { type FoundAddresses, judgeHost, judgeRecord, type RecordFinding } from "./record-check.ts";

/** What is to be published, and what DNS says of it. */
export interface RecordReport {
  readonly fqdn: string;
  readonly port: number;
  /** To be copied into the zones. */
  readonly zone: string;
  readonly findings: readonly RecordFinding[];
}

/** Names asked for at once. */
const AT_ONCE = 8;

/** Asks DNS for everything that is to be published. Never rejects; takes as long as the resolver does. */
export async function checkRecords(publication: Publication, resolver: Resolver): Promise<RecordReport> {
  const wanted = wantedRecords(publication);
  const answers = await inTurns(wanted, ({ name }) => resolver.resolve(name, "SRV"));
  const targets = [...new Set([publication.fqdn, ...answers.flatMap(targetsIn)])];
  const looked = await inTurns(targets, (target) => addressesOf(target, resolver));
  const known = new Map(targets.map((target, index) => [target, looked[index] ?? NO_ADDRESS]));
  const of = (target: string): FoundAddresses => known.get(target) ?? NO_ADDRESS;
  const host = of(publication.fqdn);
  const services = wanted.map((record, index) => judgeRecord(record, answers[index] ?? NO_ANSWER, of));
  return {
    fqdn: publication.fqdn,
    port: publication.port,
    zone: zoneText(publication, host.kind === "found" ? host.addresses : []),
    findings: [...services, judgeHost(publication, host)],
  };
}

const NO_ADDRESS: FoundAddresses = { kind: "none" };
const NO_ANSWER: DnsAnswer<"SRV"> = { kind: "failed", reason: "not asked" };

function targetsIn(answer: DnsAnswer<"SRV">): readonly string[] {
  return answer.kind === "records" ? answer.records.map(({ target }) => target).filter((target) => target !== "") : [];
}

async function addressesOf(name: string, resolver: Resolver): Promise<FoundAddresses> {
  const looked = await lookUpAddresses(resolver, name);
  if (looked.kind === "found") return { kind: "found", addresses: looked.value };
  return looked.kind === "none" ? NO_ADDRESS : { kind: "failed", reason: looked.reason };
}

/** The results in the order of the items. */
async function inTurns<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index];
      if (item !== undefined) results[index] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
  return results;
}

/** `resolver`, but who does not answer in time has failed to. The timer ends with the answer. */
export function impatient(
  resolver: Resolver,
  { clock, patienceMs }: { readonly clock: Clock; readonly patienceMs: number },
): Resolver {
  return {
    resolve: <Type extends keyof RecordTypes>(name: string, type: Type): Promise<DnsAnswer<Type>> =>
      new Promise((resolve) => {
        const late = clock.after(patienceMs, () => resolve({ kind: "failed", reason: "no answer in time" }));
        void resolver.resolve(name, type).then((answer) => {
          late.cancel();
          resolve(answer);
        });
      }),
  };
}
