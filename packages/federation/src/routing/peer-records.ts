import type { Resolver } from "@interpres/runtime";
import { lookUpAddresses } from "./dns-routes.ts";
import { type RecordState, serviceText } from "./record-check.ts";

/** One name of a foreign domain as this node's resolver answers for it (facts R20, R22). */
export interface PeerRecord {
  readonly name: string;
  readonly type: "SRV" | "A";
  readonly found: readonly string[];
  readonly state: Exclude<RecordState, "mismatched">;
  /** What is wrong, for people; empty when `state` is ok. */
  readonly problems: readonly string[];
}

/** Asks for each SRV name, and for the addresses of what they lead to. Never rejects. */
export async function lookUpPeer(names: readonly string[], resolver: Resolver): Promise<readonly PeerRecord[]> {
  const services = await Promise.all(names.map((name) => lookUpService(name, resolver)));
  const targets = [...new Set(services.flatMap(({ targets }) => targets))];
  const hosts = await Promise.all(targets.map((target) => lookUpHost(target, resolver)));
  return [...services.map(({ record }) => record), ...hosts];
}

async function lookUpService(
  name: string,
  resolver: Resolver,
): Promise<{ readonly record: PeerRecord; readonly targets: readonly string[] }> {
  const answer = await resolver.resolve(name, "SRV");
  const head = { name, type: "SRV" } as const;
  if (answer.kind === "failed") return { record: { ...head, ...bad("unknown", noAnswer(answer.reason)) }, targets: [] };
  const records = answer.kind === "records" ? answer.records : [];
  const targets = records.map(({ target }) => target).filter((target) => target !== "");
  const found = records.map(serviceText);
  if (targets.length > 0) return { record: { ...head, found, state: "ok", problems: [] }, targets };
  const problem = records.length === 0 ? "there is no such record" : "the record says that nobody federates here";
  return { record: { ...head, ...bad("missing", problem), found }, targets };
}

async function lookUpHost(name: string, resolver: Resolver): Promise<PeerRecord> {
  const looked = await lookUpAddresses(resolver, name);
  const head = { name, type: "A" } as const;
  switch (looked.kind) {
    case "found":
      return { ...head, found: looked.value, state: "ok", problems: [] };
    case "none":
      return { ...head, ...bad("unreachable", `${name} has no address`) };
    case "failed":
      return { ...head, ...bad("unknown", noAnswer(looked.reason)) };
  }
}

function bad(state: PeerRecord["state"], problem: string): Pick<PeerRecord, "found" | "state" | "problems"> {
  return { found: [], state, problems: [problem] };
}

function noAnswer(reason: string): string {
  return `DNS gave no answer: ${reason}`;
}
