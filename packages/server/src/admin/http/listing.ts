import { DEFAULT_LIMIT, type FindOperator, findOperators, type ListQuery, type Page } from "@interpres/admin-api";
import { invalidInput } from "./problem-error.ts";

/** How a list of one resource is searched and paged. */
export interface Listing<Item> {
  /** The fields `find` knows, as text. */
  readonly fields: Readonly<Record<string, (item: Item) => string>>;
  /** Unique and stable; items come in its order. */
  readonly key: (item: Item) => string;
}

const MATCHES: Readonly<Record<FindOperator, (text: string, wanted: string) => boolean>> = {
  "begins-with": (text, wanted) => text.startsWith(wanted),
  contains: (text, wanted) => text.includes(wanted),
  is: (text, wanted) => text === wanted,
  "ends-with": (text, wanted) => text.endsWith(wanted),
};

/** One page: what `find` leaves, after the cursor, in the order of the key. Throws `invalid-input` for a bad query. */
export function pageOfItems<Item>(items: readonly Item[], query: ListQuery, listing: Listing<Item>): Page<Item> {
  const conditions = [query.find ?? []].flat().map((text) => parseFind(text, listing));
  const found = items.filter((item) => conditions.every((holds) => holds(item)));
  const keyed = found.map((item) => ({ key: listing.key(item), item })).sort(byKey);
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor);
  const rest = after === undefined ? keyed : keyed.filter(({ key }) => key > after);
  const page = rest.slice(0, query.limit ?? DEFAULT_LIMIT);
  const last = page.at(-1);
  return {
    items: page.map(({ item }) => item),
    total: found.length,
    nextCursor: last === undefined || page.length === rest.length ? null : encodeCursor(last.key),
  };
}

/** Orders decimal ids by their value. */
export function numericKey(id: string): string {
  return id.padStart(16, "0");
}

function byKey(one: { readonly key: string }, other: { readonly key: string }): number {
  return one.key < other.key ? -1 : one.key > other.key ? 1 : 0;
}

function parseFind<Item>(text: string, { fields }: Listing<Item>): (item: Item) => boolean {
  const [field = "", operator = ""] = text.split(":", 2);
  const read = Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (read === undefined) throw badFind(`${field} is not one of ${Object.keys(fields).join(", ")}`);
  if (!isOperator(operator)) throw badFind(`${operator} is not one of ${findOperators.join(", ")}`);
  const wanted = text.slice(field.length + operator.length + 2).toLowerCase();
  return (item) => MATCHES[operator](read(item).toLowerCase(), wanted);
}

function isOperator(text: string): text is FindOperator {
  return (findOperators as readonly string[]).includes(text);
}

function badFind(message: string): Error {
  return invalidInput([{ path: "find", message: `${message}; the form is field:operator:text` }]);
}

function encodeCursor(key: string): string {
  return Buffer.from(key, "utf8").toString("base64url");
}

function decodeCursor(cursor: string): string {
  const key = Buffer.from(cursor, "base64url").toString("utf8");
  if (encodeCursor(key) !== cursor) throw invalidInput([{ path: "cursor", message: "is not a cursor of this list" }]);
  return key;
}
