/**
 * Loaded into the measured node by `--import`: SIGUSR2 collects garbage and writes what memory is left, as JSON, to the
 * file that INTERPRES_BENCH_MEMORY names.
 */

import { writeFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
const path = process.env.INTERPRES_BENCH_MEMORY ?? "";
process.on("SIGUSR2", () => {
  collect();
  collect();
  writeFileSync(path, `${JSON.stringify(process.memoryUsage())}\n`);
});
