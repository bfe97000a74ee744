import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What the built console depends on, from the root of the repository. */
const SOURCES = [
  "packages/console/{src,build}/**/*.*",
  "packages/console/{index.html,package.json,tsconfig.json}",
  "packages/admin-api/src/**/*.ts",
  "package-lock.json",
];

/** SHA-256, hexadecimal, of names and contents of all that the built console depends on. */
export function sourceHash(root: string): string {
  const hash = createHash("sha256");
  for (const file of globSync(SOURCES, { cwd: root }).sort())
    hash
      .update(file)
      .update("\0")
      .update(readFileSync(join(root, file)))
      .update("\0");
  return hash.digest("hex");
}
