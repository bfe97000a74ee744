/**
 * Loaded into the measured node by `--import`: SIGUSR2 collects garbage, gives the freed pages back and writes what memory
 * is left, as JSON, to the file that INTERPRES_BENCH_MEMORY names.
 */

import { writeFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as (options: object) => void;
const path = process.env.INTERPRES_BENCH_MEMORY ?? "";
process.on("SIGUSR2", () => {
  // "last-resort" compacts and frees as V8 does before it gives up.
  for (let round = 0; round < 3; round += 1) collect({ type: "major", execution: "sync", flavor: "last-resort" });
  writeFileSync(path, `${JSON.stringify(process.memoryUsage())}\n`);
});
