import { parseArgs } from "node:util";

/** What `serve` was told on its command line. */
export type ServeArguments =
  | { readonly kind: "serve"; readonly config: string | undefined; readonly data: string | undefined }
  | { readonly kind: "help"; readonly text: string }
  | { readonly kind: "wrong"; readonly reason: string };

const HELP = `Usage: interpres serve [--config FILE] [--data DIR]

Runs a node until a signal ends it.

  --config FILE  settings; interpres.yaml in this directory by default, if there is one
  --data DIR     data directory; wins over the settings
  --help         this text

Exit codes: 0 stopped, 1 could not start or go on, 2 wrong usage or settings.`;

/** Reads the words behind `serve`. */
export function serveArguments(words: readonly string[]): ServeArguments {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: { config: { type: "string" }, data: { type: "string" }, help: { type: "boolean", short: "h" } },
      strict: true,
    });
    if (values.help === true) return { kind: "help", text: HELP };
    return { kind: "serve", config: values.config, data: values.data };
  } catch (error) {
    if (error instanceof TypeError && "code" in error) return { kind: "wrong", reason: error.message };
    throw error;
  }
}
