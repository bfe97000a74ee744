/** The command line of a node; `bin/interpres.mjs` starts it. */
export { CommandError, type Io } from "./io.ts";
export { type ExitCode, runCommand } from "./program.ts";
