import { CommandError, type Io } from "./io.ts";

/** The text of a file. Throws `CommandError`, wrong usage, where there is none that may be read. */
export function readFile(path: string, io: Io): string {
  const text = io.readFile(path);
  if (text === undefined) throw new CommandError(`there is no file ${path}`, 2);
  return text;
}

/** The same; `-` is standard input. */
export async function readFileOrInput(path: string, io: Io): Promise<string> {
  return path === "-" ? await io.readInput() : readFile(path, io);
}
