import type { RecordFinding, RecordReport } from "@interpres/federation";
import type { Finding } from "./report.ts";

/**
 * What the check of our own records means for one peer. `looksUp` is what it asks DNS for: a clearing house keeps our name
 * itself and needs nothing but its address (facts R21).
 */
export function judgeOwnRecords({ findings }: RecordReport, looksUp: "service" | "host"): Finding {
  const asked = findings.filter(({ kind }) => looksUp === "service" || kind === "host");
  const seen = asked.map(({ name, found, problems }) => `${name}: ${[...found, ...problems].join(", ")}`).join("; ");
  const wrong = asked.find(({ state }) => state !== "ok");
  if (wrong !== undefined) return { outcome: "failed", seen, ...remedyFor(wrong) };
  const advice = asked.flatMap((finding) => finding.advice);
  return advice.length === 0 ? { outcome: "passed", seen } : { outcome: "warned", seen, remedy: advice.join("; ") };
}

function remedyFor({ name, type, wanted, state }: RecordFinding): Pick<Finding, "remedy" | "repair"> {
  if (state === "unknown") return { remedy: "look at dns.servers of this node" };
  const record = `${name}. IN ${type} ${wanted}`;
  return { remedy: `publish: ${record}`, repair: { kind: "publish-record", record } };
}
