#!/usr/bin/env node
// `serve` is the server, `demo` the demonstration; everything else is the command line.
import { launch, runToEnd } from "./launch.mjs";

const PROGRAMS = { serve: "server/src/main.ts", demo: "../scenarios/demo/main.ts" };
const word = process.argv[2] ?? "";
if (word in PROGRAMS) buildConsole();
await launch(PROGRAMS[word] ?? "cli/src/main.ts");

/** Whoever serves the console builds it, where it is missing or older than its sources; a node without it is a node all the same. */
function buildConsole() {
  if (runToEnd("console/build/main.ts") === 0) return;
  console.error("It goes on with the console that was built before; where there is none, without.");
}
