import { parseCsv } from "./csv.ts";
import type { FieldProblem } from "./problem.ts";
import type { UserInput } from "./user.ts";

/** Columns of a CSV file of users; the first line names those it has, in any order, `jid` among them. */
export const userCsvColumns = ["jid", "displayName", "mailId", "password", "enabled", "node"] as const;

/** A user of a CSV file; without a password where the file gives none. */
export interface UserOfLine {
  readonly line: number;
  readonly input: Omit<UserInput, "password"> & { readonly password?: string };
}

/** The users of a CSV file, or what is wrong with it: `lines.7.enabled`, lines counted from 1. */
export type UserCsv =
  | { readonly kind: "users"; readonly users: readonly UserOfLine[] }
  | { readonly kind: "problems"; readonly problems: readonly FieldProblem[] };

/** Where a problem of a line is said to be. */
export function pathOfLine(line: number, field?: string): string {
  return field === undefined ? `lines.${line}` : `lines.${line}.${field}`;
}

/** A problem's path in the list of users, `users.3.jid`, by the line its user stands on: `lines.5.jid`. */
export function lineOfPath(path: string, lines: readonly number[]): string {
  const [, index = "", field] = /^users\.(\d+)(?:\.(.*))?$/.exec(path) ?? [];
  const line = lines[Number(index)];
  return index === "" || line === undefined ? path : pathOfLine(line, field);
}

export function readUserCsv(text: string): UserCsv {
  const csv = parseCsv(text);
  if (csv.kind === "problem") return refused([{ path: pathOfLine(csv.line), message: csv.message }]);
  const [header, ...rows] = csv.rows;
  if (header === undefined || rows.length === 0) return refused([{ path: "", message: "holds no users" }]);
  const problems = headerProblems(header.fields);
  if (problems.length > 0) return refused(problems.map((message) => ({ path: pathOfLine(header.line), message })));
  const read = rows.map(({ line, fields }) => userOf(line, fields, header.fields));
  const wrong = read.flatMap((each) => ("path" in each ? [each] : []));
  return wrong.length > 0
    ? refused(wrong)
    : { kind: "users", users: read.flatMap((each) => ("path" in each ? [] : [each])) };
}

function refused(problems: readonly FieldProblem[]): UserCsv {
  return { kind: "problems", problems };
}

function headerProblems(names: readonly string[]): readonly string[] {
  const known = userCsvColumns.join(", ");
  const unknown = names.filter((name) => !(userCsvColumns as readonly string[]).includes(name));
  const twice = names.filter((name, at) => names.indexOf(name) !== at);
  return [
    ...unknown.map((name) => `"${name}" is no column; the first line names some of ${known}`),
    ...twice.map((name) => `${name} is there twice`),
    ...(names.includes("jid") ? [] : ["jid is missing"]),
  ];
}

const SWITCH: ReadonlyMap<string, boolean> = new Map([
  ...["", "yes", "true", "1"].map((word) => [word, true] as const),
  ...["no", "false", "0"].map((word) => [word, false] as const),
]);

function userOf(line: number, fields: readonly string[], names: readonly string[]): UserOfLine | FieldProblem {
  if (fields.length !== names.length)
    return {
      path: pathOfLine(line),
      message: `has ${fields.length} fields where the first line names ${names.length}`,
    };
  const given = new Map(names.map((name, at) => [name, fields[at] ?? ""]));
  const text = (name: (typeof userCsvColumns)[number]) => {
    const value = given.get(name) ?? "";
    return value === "" ? {} : { [name]: value };
  };
  const enabled = SWITCH.get((given.get("enabled") ?? "").toLowerCase());
  if (enabled === undefined) return { path: pathOfLine(line, "enabled"), message: "is neither yes nor no" };
  const input = {
    jid: "",
    ...text("jid"),
    ...text("displayName"),
    ...text("mailId"),
    ...text("password"),
    ...text("node"),
  };
  return { line, input: { ...input, enabled } };
}
