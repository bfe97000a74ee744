/**
 * Checks what `conventions` promises of imports: packages and folders in layer order, every bare import declared,
 * no deep imports, no cycles of files. Type imports count. And of time and chance, which are ports as well: nothing that
 * runs in a node asks the machine for them but `runtime`. Exit code 1 and one line a fault.
 */
import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative, resolve } from "node:path";

interface PackageFile {
  readonly name: string;
  readonly exports?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

interface Layers {
  readonly packages: Readonly<Record<string, readonly string[]>>;
  readonly folders: Readonly<Record<string, readonly string[]>>;
}

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
  readonly line: number;
}

const root = resolve(import.meta.dirname, "..");
const rootPackage = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly layers: Layers;
  readonly devDependencies: Readonly<Record<string, string>>;
};
/** Where the machine's clock and generator are made ports. */
const PORTS: ReadonlySet<string> = new Set(["packages/runtime/src/timer-wheel.ts", "packages/runtime/src/random.ts"]);
/** Not part of a node: the command line is a program of its own, the test kit waits for real sockets. */
const NOT_A_NODE: ReadonlySet<string> = new Set(["cli", "console", "testkit"]);
const MACHINE = /\b(?:setTimeout|setInterval|Date\.now|new Date\(\)|performance\.now|Math\.random|process\.hrtime)\b/g;
const { layers } = rootPackage;
const faults: string[] = [];
const edges = new Map<string, string[]>();

for (const name of readdirSync(join(root, "packages"))) checkPackage(name);
reportCycles();
for (const fault of faults) console.error(fault);
console.log(`imports: ${edges.size} files, ${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;

function checkPackage(name: string): void {
  const folder = join(root, "packages", name);
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as PackageFile;
  if (layers.packages[name] === undefined) faults.push(`packages/${name}: not in "layers" of package.json`);
  for (const entry of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (/\.tsx?$/.test(entry) && !entry.includes("node_modules")) checkFile(name, manifest, join(folder, entry));
  }
}

function checkFile(packageName: string, manifest: PackageFile, file: string): void {
  const targets: string[] = [];
  const isTest = /\.test\.ts$|\/test\//.test(file);
  const text = readFileSync(file, "utf8");
  if (!isTest && !NOT_A_NODE.has(packageName)) checkMachine(file, text);
  for (const found of importsOf(text)) {
    const where = `${relative(root, file)}:${found.line}`;
    if (found.specifier.startsWith(".")) {
      const target = resolve(dirname(file), found.specifier);
      targets.push(target);
      if (!isTest) checkFolder(packageName, file, target, where);
      if (relative(join(root, "packages", packageName), target).startsWith(".."))
        faults.push(`${where} leaves its package`);
    } else if (!found.specifier.startsWith("node:")) {
      checkBare({ packageName, manifest, found, where, isTest });
    }
  }
  edges.set(file, targets);
}

function checkMachine(file: string, text: string): void {
  const name = relative(root, file);
  if (PORTS.has(name)) return;
  for (const { 0: found, index } of text.matchAll(MACHINE))
    faults.push(`${name}:${lineAt(text, index)} asks the machine by ${found}, not a port of runtime`);
}

function checkFolder(packageName: string, from: string, to: string, where: string): void {
  const order = layers.folders[packageName];
  if (order === undefined) return;
  const source = join(root, "packages", packageName, "src");
  const [fromFolder, toFolder] = [folderOf(source, from), folderOf(source, to)];
  if (fromFolder === toFolder || fromFolder === undefined) return;
  const [fromRank, toRank] = [order.indexOf(fromFolder), toFolder === undefined ? Infinity : order.indexOf(toFolder)];
  if (fromRank < 0) faults.push(`${where} folder ${fromFolder} is not in "layers"`);
  else if (toRank > fromRank)
    faults.push(`${where} reaches up from ${fromFolder} to ${toFolder ?? "the package's top"}`);
}

function folderOf(source: string, file: string): string | undefined {
  const parts = relative(source, file).split("/");
  return parts.length > 1 ? parts[0] : undefined;
}

interface BareImport {
  readonly packageName: string;
  readonly manifest: PackageFile;
  readonly found: Import;
  readonly where: string;
  readonly isTest: boolean;
}

function checkBare({ packageName, manifest, found, where, isTest }: BareImport): void {
  const parts = found.specifier.split("/");
  const name = found.specifier.startsWith("@") ? parts.slice(0, 2).join("/") : (parts[0] ?? "");
  if (builtinModules.includes(name)) faults.push(`${where} imports ${name} without node:`);
  if (name === manifest.name) return;
  const declared = manifest.dependencies?.[name] !== undefined;
  if (!declared && !(isTest && (rootPackage.devDependencies[name] !== undefined || name === "@interpres/testkit")))
    faults.push(`${where} imports ${name}, which packages/${packageName}/package.json does not declare`);
  if (!name.startsWith("@interpres/") || isTest) return;
  const other = name.slice("@interpres/".length);
  const allowed = layers.packages[packageName] ?? [];
  const typesOnly = allowed.includes(`types:${other}`) && found.typeOnly;
  if (!allowed.includes(other) && !typesOnly) faults.push(`${where} may not import ${name}`);
  if (parts.length > 2 && found.specifier !== "@interpres/xmpp/xml") faults.push(`${where} is a deep import`);
}

function importsOf(text: string): readonly Import[] {
  const found: Import[] = [];
  const statement = /^\s*(?:import|export)\s+(type\s)?(?:[^"'`;]*?\sfrom\s*)?["']([^"']+)["']/gm;
  const dynamic = /\bimport\(\s*["']([^"']+)["']\s*\)/g;
  for (const match of text.matchAll(statement)) {
    found.push({ specifier: match[2] ?? "", typeOnly: match[1] !== undefined, line: lineAt(text, match.index) });
  }
  for (const match of text.matchAll(dynamic)) {
    found.push({ specifier: match[1] ?? "", typeOnly: false, line: lineAt(text, match.index) });
  }
  return found;
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length + (text[index] === "\n" ? 1 : 0);
}

function reportCycles(): void {
  const state = new Map<string, "open" | "done">();
  const path: string[] = [];
  const visit = (file: string): void => {
    if (state.get(file) === "done") return;
    if (state.get(file) === "open") {
      const cycle = [...path.slice(path.indexOf(file)), file].map((step) => relative(root, step));
      faults.push(`cycle: ${cycle.join(" → ")}`);
      return;
    }
    state.set(file, "open");
    path.push(file);
    for (const target of edges.get(file) ?? []) visit(target);
    path.pop();
    state.set(file, "done");
  };
  for (const file of edges.keys()) visit(file);
}
