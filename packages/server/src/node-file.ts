import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What `DIR/node.json` tells programs on the same machine (contract section 3). */
export interface NodeFile {
  readonly pid: number;
  readonly version: string;
  readonly adminUrl: string;
  readonly ports: Readonly<Record<string, number>>;
}

/** Written whole or not at all: readers poll for it. */
export function writeNodeFile(directory: string, file: NodeFile): void {
  const path = join(directory, "node.json");
  writeFileSync(`${path}.new`, `${JSON.stringify(file, null, 2)}\n`);
  renameSync(`${path}.new`, path);
}

export function removeNodeFile(directory: string): void {
  rmSync(join(directory, "node.json"), { force: true });
}
