import type { AdminClient } from "@interpres/admin-api";
import type { Command } from "commander";
import { type ConnectOptions, connect, findNode, type Target } from "./find-node.ts";
import type { Io } from "./io.ts";
import { type NodeSocket, openSocket } from "./node-socket.ts";
import { type Column, type Surface, table } from "./render.ts";
import { warningsOf } from "./warnings.ts";

interface GlobalOptions extends ConnectOptions {
  readonly json?: true;
}

/** One run of a command: the node it talks to, and how it answers. */
export class CommandSession {
  readonly #io: Io;
  readonly #options: GlobalOptions;
  #target: Target | undefined;
  #client: AdminClient | undefined;

  constructor(command: Command, io: Io) {
    this.#io = io;
    this.#options = command.optsWithGlobals<GlobalOptions>();
  }

  get io(): Io {
    return this.#io;
  }

  /** Looked for when first needed, so that wrong input is told before a missing node. */
  get client(): AdminClient {
    this.#client ??= connect(this.#node, this.#io);
    return this.#client;
  }

  /** A WebSocket of the API; `path` is below `/api/v1`. */
  open(path: string): Promise<NodeSocket> {
    return openSocket(this.#node, path);
  }

  get isJson(): boolean {
    return this.#options.json === true;
  }

  get #node(): Target {
    this.#target ??= findNode(this.#options, this.#io);
    return this.#target;
  }

  /** `--json`: the value as it is; else the sentence. */
  say(value: unknown, sentence: string): void {
    this.#io.out(this.#options.json ? JSON.stringify(value, null, 2) : sentence);
  }

  /** After a write: what was done, and what the node wants read about it. */
  tell(written: object, sentence: string): void {
    this.say(written, [sentence, ...warningsOf(written)].join("\n"));
  }

  /** What goes on, for somebody who waits at a screen; nobody else is told. */
  progress(text: string): void {
    if (!this.isJson && this.#io.console.columns() !== undefined) this.#io.err(text);
  }

  /** `--json`: the rows as they are; else a table, or what is said of none. */
  list<Row>(rows: readonly Row[], shown: { readonly columns: readonly Column<Row>[]; readonly none: string }): void {
    this.say(rows, rows.length === 0 ? shown.none : this.table(rows, shown.columns));
  }

  /** A table that fits where it is shown. */
  table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
    return table(rows, columns, surfaceOf(this.#io));
  }
}

/** Colour is for screens, and not for those who want none (no-color.org). */
function surfaceOf({ console, environment }: Io): Surface {
  const columns = console.columns();
  if (columns === undefined) return { kind: "file" };
  return { kind: "screen", columns, colour: (environment.NO_COLOR ?? "") === "" ? "yes" : "no" };
}
