import type { Random, SrvRecord } from "@interpres/runtime";

/**
 * The order in which to try SRV records: by priority, within one by weighted chance (RFC 2782, "Weight" and "Usage
 * rules"). Records that offer nothing (target "." or port 0) are left out.
 */
export function orderServiceRecords(records: readonly SrvRecord[], random: Random): readonly SrvRecord[] {
  const usable = records.filter((record) => record.target !== "" && record.port > 0);
  const priorities = [...new Set(usable.map((record) => record.priority))].sort((left, right) => left - right);
  return priorities.flatMap((priority) =>
    drawAll(
      usable.filter((record) => record.priority === priority),
      random,
    ),
  );
}

/** RFC 2782: one record whose target is the root says that the service is decidedly not there. */
export function offersNothing(records: readonly SrvRecord[]): boolean {
  return records.length === 1 && records[0]?.target === "";
}

function drawAll(records: readonly SrvRecord[], random: Random): readonly SrvRecord[] {
  // Weight 0 goes first, so that it has a small chance beside other weights and all of it when alone.
  const left = [...records].sort((first, second) => Math.sign(first.weight) - Math.sign(second.weight));
  const drawn: SrvRecord[] = [];
  while (left.length > 0) drawn.push(...left.splice(draw(left, random), 1));
  return drawn;
}

function draw(records: readonly SrvRecord[], random: Random): number {
  const sum = records.reduce((total, record) => total + record.weight, 0);
  const chosen = random.below(sum + 1);
  let running = 0;
  return records.findIndex((record) => {
    running += record.weight;
    return running >= chosen;
  });
}
