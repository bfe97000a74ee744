/**
 * Checks the documents that lead through the code: every path in backticks and every relative link of a Markdown file
 * must exist, and each row of the conformance table must name a test. Exit code 1 and one line for each that does not.
 */
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const documents = ["README.md", "CONTRIBUTING.md", ...globSync("docs/**/*.md", { cwd: root })].sort();
const CONFORMANCE = "docs/conformance.md";
/** `packages/sip/src/core/page-mode.ts`: in backticks, from the root of the repository. */
const PATH = /`((?:packages|scenarios|tools|bench|docs)\/[\w./-]+)`/g;
/** `[text](../walkthrough.md#station)`: relative to the document. */
const LINK = /\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)/g;

const problems = documents.flatMap(problemsOf);
for (const problem of problems) console.error(problem);
console.log(`${documents.length} documents, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;

function problemsOf(document: string): readonly string[] {
  const lines = readFileSync(resolve(root, document), "utf8").split("\n");
  return lines.flatMap((line, at) =>
    [...missingIn(line, document), ...untestedIn(line, document)].map((problem) => `${document}:${at + 1}: ${problem}`),
  );
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
