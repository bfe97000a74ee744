import {
  type CompiledQuery,
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import type { Tables } from "./tables.ts";
import type { Statement } from "./writer.ts";
import type { ColumnValue } from "./writer-protocol.ts";

/** Builds queries over the tables; it has no connection, so it only compiles. */
export const queries = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});

export interface Compilable {
  compile(): CompiledQuery<unknown>;
}

/** Stands in a template for a value that comes with each write. */
class Placeholder {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

type Values = Readonly<Record<string, ColumnValue>>;

/**
 * Compiles a query once for many writes: `build` asks for each value by name, and the returned function puts the
 * values of one write in their places. For the paths where building a query per write would cost more than the write.
 */
export function template<Row extends { readonly [Name in keyof Row]: ColumnValue }>(
  build: (value: <Name extends keyof Row & string>(name: Name) => Row[Name]) => Compilable,
): (row: Row) => Statement {
  // The builder takes any object as a value and hands it back in `parameters`, in the order of the text.
  const compiled = build((name) => new Placeholder(name) as unknown as Row[typeof name]).compile();
  const slots = compiled.parameters;
  return (row) => ({ sql: compiled.sql, parameters: slots.map((slot) => columnOf(slot, row as Values)) });
}

function columnOf(slot: unknown, row: Values): ColumnValue {
  if (slot instanceof Placeholder) return row[slot.name] ?? null;
  return slot as ColumnValue;
}

/** A query built for one write. */
export function statement(query: Compilable): Statement {
  const { sql, parameters } = query.compile();
  return { sql, parameters: parameters as readonly ColumnValue[] };
}
