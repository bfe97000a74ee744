/**
 * Checks the documents that lead through the code: every path in backticks and every relative link of a Markdown file
 * must exist, each row of the conformance table must name a test, and tables made from data must be as the data is. Exit
 * code 1 and one line for each that does not hold. With `--write` the tables are written anew.
 */
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { withTables } from "./mapping-tables.ts";

const root = resolve(import.meta.dirname, "..");
const documents = ["README.md", "CONTRIBUTING.md", ...globSync("docs/**/*.md", { cwd: root })].sort();
const CONFORMANCE = "docs/conformance.md";
const MAPPINGS = "docs/operations/mappings.md";
/** `packages/sip/src/core/page-mode.ts`: in backticks, from the root of the repository. */
const PATH = /`((?:packages|scenarios|tools|bench|fuzz|docs)\/[\w./-]+)`/g;
/** `[text](../walkthrough.md#station)`: relative to the document. */
const LINK = /\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)/g;

if (process.argv.includes("--write")) writeFileSync(resolve(root, MAPPINGS), withTables(textOf(MAPPINGS)));
const problems = [...documents.flatMap(problemsOf), ...outdatedTables()];
for (const problem of problems) console.error(problem);
console.log(`${documents.length} documents, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;

function problemsOf(document: string): readonly string[] {
  const lines = textOf(document).split("\n");
  return lines.flatMap((line, at) =>
    [...missingIn(line, document), ...untestedIn(line, document)].map((problem) => `${document}:${at + 1}: ${problem}`),
  );
}

function outdatedTables(): readonly string[] {
  const document = textOf(MAPPINGS);
  return withTables(document) === document
    ? []
    : [`${MAPPINGS}: its tables are not those of the data; node tools/check-docs.ts --write mends them`];
}

function textOf(document: string): string {
  return readFileSync(resolve(root, document), "utf8");
}

function missingIn(line: string, document: string): readonly string[] {
  const paths = captured(line, PATH).map((path) => ({ path, file: resolve(root, path) }));
  const links = captured(line, LINK).map((path) => ({ path, file: resolve(root, dirname(document), path) }));
  return [...paths, ...links].filter(({ file }) => !existsSync(file)).map(({ path }) => `${path} does not exist`);
}

/** A row that claims something is done, or partly, shows the test. */
function untestedIn(line: string, document: string): readonly string[] {
  const claims = document === CONFORMANCE && /^\|.*\| (done|partly) \|/.test(line);
  return claims && !captured(line, PATH).some((path) => path.includes(".test.ts")) ? ["a claim without a test"] : [];
}

function captured(line: string, pattern: RegExp): readonly string[] {
  return [...line.matchAll(pattern)].flatMap(([, path]) => (path === undefined ? [] : [path]));
}
