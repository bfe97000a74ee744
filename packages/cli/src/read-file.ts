import { parseDocument } from "yaml";
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

/** A YAML or JSON document; throws where it cannot be read, or holds no mapping. */
export async function readDocument(file: string, io: Io): Promise<unknown> {
  const parsed = parseDocument(await readFileOrInput(file, io));
  const [error] = parsed.errors;
  if (error !== undefined) throw new CommandError(`${file}: ${error.message}`);
  const document: unknown = parsed.toJS();
  if (typeof document !== "object" || document === null)
    throw new CommandError(`${file === "-" ? "standard input" : file} holds no document`);
  return document;
}
