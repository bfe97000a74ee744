import type { DnsAnswer, SrvRecord } from "@interpres/runtime";
import { isWithin } from "../peer/domain-name.ts";
import { FEDERATION_PORT, type Publication, type WantedRecord } from "./published-records.ts";

/**
 * What became of a record. "unknown": DNS gave no answer. "unreachable": it is there and leads to a host without an
 * address.
 */
export type RecordState = "ok" | "missing" | "mismatched" | "unreachable" | "unknown";

/** One record as it shall be and as it is. */
export interface RecordFinding {
  readonly domain: string;
  readonly kind: WantedRecord["kind"] | "host";
  readonly name: string;
  readonly type: "SRV" | "A";
  /** In the words of a zone file, without the name. */
  readonly wanted: string;
  readonly found: readonly string[];
  readonly state: RecordState;
  /** What is wrong, for people; empty when `state` is ok. */
  readonly problems: readonly string[];
  /** What is right and may still be in the way of some peers. */
  readonly advice: readonly string[];
}

/** A host's addresses, or that none could be had. */
export type FoundAddresses =
  | { readonly kind: "found"; readonly addresses: readonly string[] }
  | { readonly kind: "none" }
  | { readonly kind: "failed"; readonly reason: string };

/** Judges what DNS says of one record (facts R19, R39, B11). `addressesOf` knows every target that was found. */
export function judgeRecord(
  wanted: WantedRecord,
  answer: DnsAnswer<"SRV">,
  addressesOf: (target: string) => FoundAddresses,
): RecordFinding {
  const { domain, kind, name } = wanted;
  const found = answer.kind === "records" ? answer.records.map(serviceText) : [];
  const head = {
    domain,
    kind,
    name,
    type: "SRV",
    wanted: serviceText({ priority: 0, weight: 0, ...wanted }),
    found,
  } as const;
  if (answer.kind === "failed") return { ...head, ...bad("unknown", `DNS gave no answer: ${answer.reason}`) };
  const chosen = answer.kind === "records" ? likeliest(answer.records) : undefined;
  if (chosen === undefined) return { ...head, ...bad("missing", `there is no record ${name}`) };
  return { ...head, ...judgeTarget(chosen, wanted, addressesOf(chosen.target)) };
}

/** The address record of the host itself: all that a peer behind a clearing house needs (facts R21). */
export function judgeHost({ fqdn }: Publication, found: FoundAddresses): RecordFinding {
  const addresses = found.kind === "found" ? found.addresses : [];
  const head = {
    domain: fqdn,
    kind: "host",
    name: fqdn,
    type: "A",
    wanted: "the public address",
    found: addresses,
  } as const;
  switch (found.kind) {
    case "found":
      return { ...head, state: "ok", problems: [], advice: [] };
    case "none":
      return { ...head, ...bad("missing", `${fqdn} has no address`) };
    case "failed":
      return { ...head, ...bad("unknown", `DNS gave no answer: ${found.reason}`) };
  }
}

type Judgement = Pick<RecordFinding, "state" | "problems" | "advice">;

function judgeTarget(chosen: SrvRecord, wanted: WantedRecord, addresses: FoundAddresses): Judgement {
  const { target, port } = chosen;
  if (target === "") return bad("mismatched", "the record says that nobody federates here");
  const wrong = [
    ...(target.toLowerCase() === wanted.target ? [] : [`it points at ${target}, not at ${wanted.target}`]),
    ...(port === wanted.port || port === FEDERATION_PORT ? [] : [`its port is ${port}, not ${wanted.port}`]),
  ];
  if (wrong.length > 0) return bad("mismatched", ...wrong);
  if (addresses.kind === "none") return bad("unreachable", `its target ${target} has no address`);
  if (addresses.kind === "failed") return bad("unknown", `DNS gave no answer about ${target}: ${addresses.reason}`);
  return { state: "ok", problems: [], advice: adviceOn(chosen, wanted) };
}

/** Microsoft peers take the record of the least priority and the greatest weight, and no other (facts B11). */
function likeliest(records: readonly SrvRecord[]): SrvRecord | undefined {
  return records.toSorted((left, right) => left.priority - right.priority || right.weight - left.weight)[0];
}

function adviceOn({ target, port }: SrvRecord, wanted: WantedRecord): readonly string[] {
  const advice: string[] = [];
  if (!isWithin(target.toLowerCase(), wanted.domain))
    advice.push(`${target} is no name in ${wanted.domain}: Microsoft peers that find us by this record refuse it`);
  if (port !== wanted.port) advice.push(`port ${port} has to be led to port ${wanted.port} of this node`);
  return advice;
}

function bad(state: RecordState, ...problems: readonly string[]): Judgement {
  return { state, problems, advice: [] };
}

/** The data of an SRV record as a zone file has it. */
export function serviceText({ priority, weight, port, target }: SrvRecord): string {
  return `${priority} ${weight} ${port} ${target}.`;
}
