/** The tables of `docs/operations/mappings.md`, made from the data that traffic is translated by. */
import {
  type Appearance,
  type IntegrationType,
  localStates,
  type MappingSet,
  mappingFor,
  mappingSets,
  seenWords,
  setOfType,
  wordsShownBy,
} from "@interpres/federation";

const types = ["microsoft", "aol", "standard"] as const satisfies readonly IntegrationType[];

/** The document with each `<!-- table NAME -->` … `<!-- end -->` as the data has it now. */
export function withTables(document: string): string {
  return document.replace(
    /(<!-- table (\w+) -->\n).*?(<!-- end -->)/gs,
    (whole, open: string, name: string, end: string) => {
      const table = Object.hasOwn(tables, name) ? tables[name as keyof typeof tables]() : undefined;
      return table === undefined ? whole : `${open}\n${table}\n\n${end}`;
    },
  );
}

const tables = { told: toldTable, seen: seenTable, words: wordsTable };

function toldTable(): string {
  const columns = mappingSets.flatMap((set) => types.map((type) => ({ set, type })));
  const heads = columns.map(({ set, type }) => `${set}, ${type}${isDefault(set, type)}`);
  const rows = localStates.map((state) => [
    `\`${state}\``,
    ...columns.map(({ set, type }) => mappingFor(type, { set }).told[state]),
  ]);
  return tableOf(["our user is", ...heads], rows);
}

function seenTable(): string {
  const sets = mappingSets.map((set) => mappingFor("microsoft", { set }).seen);
  const rows = seenWords.map((word) => [`\`${word}\``, ...sets.map((seen) => shown(seen[word]))]);
  return tableOf(["the peer tells", ...mappingSets], rows);
}

function wordsTable(): string {
  return tableOf(
    ["type", "begins with", "words it may be told"],
    types.map((type) => [type, setOfType[type], wordsShownBy[type].join(", ")]),
  );
}

function isDefault(set: MappingSet, type: IntegrationType): string {
  return setOfType[type] === set ? " (default)" : "";
}

function shown({ show, status }: Appearance): string {
  return status === undefined ? show : `${show}, "${status}"`;
}

function tableOf(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  return [heads, heads.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
