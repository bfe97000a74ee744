import type { Exchange } from "@interpres/admin-api";
import type { Trust } from "./https-exchange.ts";

/** What a command needs of the world: terminal, files, the way to a node, time and chance. In tests, values. */
export interface Io {
  /** One line or table for the user, on standard output. */
  out(text: string): void;
  /** Why something did not work, on standard error. */
  err(text: string): void;
  /** All of standard input. */
  readInput(): Promise<string>;
  /** Undefined when there is no such file. */
  readFile(path: string): string | undefined;
  /** Replaces a file; throws what the system says where that cannot be done. */
  writeFile(path: string, octets: Uint8Array): void;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** How to talk to a node that is believed so; rejects when there was no answer. */
  exchange(trust: Trust): Exchange;
  /** Settles after so many milliseconds. */
  wait(milliseconds: number): Promise<void>;
  /** So many octets that nobody can guess. */
  randomOctets(count: number): Uint8Array;
  readonly console: LiveConsole;
}

/** Keyboard and screen as they are, for commands that go on while somebody types or reads. */
export interface LiveConsole {
  /** How wide the screen is; undefined where output goes elsewhere. */
  columns(): number | undefined;
  /** Whether somebody sits there, both typing and reading. */
  readonly isInteractive: boolean;
  write(text: string): void;
  writeError(text: string): void;
  /**
   * Passes on what comes in, each key where somebody sits there, and each change of the width, until the input ends. Returns what
   * stops it.
   */
  listen(listener: ConsoleListener): () => void;
}

export interface ConsoleListener {
  text(text: string): void;
  resized(): void;
  ended(): void;
}

/** Ends a command: 1 refused or failed, 2 wrong usage. The message goes to standard error. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2 = 1, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
