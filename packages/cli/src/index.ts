/** The command line of a node; `bin/interpres.mjs` starts it. */
export { CommandError, type ConsoleListener, type Io, type LiveConsole } from "./io.ts";
export { type ExitCode, runCommand } from "./program.ts";
