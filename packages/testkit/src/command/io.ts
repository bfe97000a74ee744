/** What a simulator's command needs of the world. */
export interface Io {
  /** A line on standard output. */
  out(text: string): void;
  /** A line on standard error. */
  err(text: string): void;
  /** Undefined when there is no such file that may be read. */
  readFile(path: string): string | undefined;
  /** Settles when somebody wants the end: Ctrl-C, SIGTERM. */
  readonly interrupted: Promise<void>;
  /** What is typed, line by line; undefined where nobody sits there. */
  readonly typed: AsyncIterable<string> | undefined;
}

/** Ends a command: 1 failed, 2 wrong usage. The message goes to standard error. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2 = 1, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** The text of a file. Throws `CommandError`, wrong usage, where there is none that may be read. */
export function readFile(path: string, io: Io): string {
  const text = io.readFile(path);
  if (text === undefined) throw new CommandError(`there is no file ${path}`, 2);
  return text;
}
