#!/usr/bin/env node
// Simulated peers, for trying a federation without owning one.
import { launch } from "../../cli/bin/launch.mjs";

await launch("testkit/src/command/main.ts");
