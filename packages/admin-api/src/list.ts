import Type, { type TSchema } from "typebox";
import { closed } from "./closed.ts";

export const DEFAULT_LIMIT = 100;
export const MAX_LIMIT = 1000;

/** How a text is looked for: `?find=domain:ends-with:.example`. Case does not count. */
export const findOperators = ["begins-with", "contains", "is", "ends-with"] as const;
export type FindOperator = (typeof findOperators)[number];

const paging = {
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: MAX_LIMIT, description: `At most this many; ${DEFAULT_LIMIT} by default` }),
  ),
  cursor: Type.Optional(Type.String({ maxLength: 4096, description: "nextCursor of the page before" })),
};

/** A page of a list that cannot be searched. */
export const PageQuery = Type.Object(paging, closed);
export type PageQuery = Readonly<Type.Static<typeof PageQuery>>;

const find = Type.String({
  maxLength: 1024,
  description: `field:operator:text; operators: ${findOperators.join(", ")}`,
});

/** What every list takes; `find` may come several times and all of them must hold. */
export const ListQuery = Type.Object(
  { ...paging, find: Type.Optional(Type.Union([find, Type.Array(find, { maxItems: 8 })])) },
  closed,
);
export type ListQuery = Readonly<Type.Static<typeof ListQuery>>;

/** One page of a list. */
export function pageOf<Item extends TSchema>(item: Item) {
  return Type.Object(
    {
      items: Type.Array(item),
      total: Type.Optional(Type.Integer({ minimum: 0, description: "How many the search found on all pages" })),
      nextCursor: Type.Union([Type.String(), Type.Null()], { description: "Null on the last page" }),
    },
    closed,
  );
}

export interface Page<Item> {
  readonly items: Item[];
  readonly total?: number;
  readonly nextCursor: string | null;
}
