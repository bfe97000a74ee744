import { AuditQuery, AuditRecord, DEFAULT_LIMIT, pageOf } from "@interpres/admin-api";
import type { AdminContext } from "../admin-context.ts";
import type { AdminApp } from "../http/authenticate.ts";
import { instantsIn, instantText } from "../http/instant.ts";
import { invalidInput } from "../http/problem-error.ts";

/** `/audit`: who changed what, when, old and new, newest first. */
export function registerAudit(app: AdminApp, context: AdminContext): void {
  app.get(
    "/audit",
    {
      config: { access: "auditor" },
      schema: { querystring: AuditQuery, response: { 200: pageOf(AuditRecord) }, tags: ["audit"] },
    },
    async ({ query: { since, until, cursor, limit = DEFAULT_LIMIT, ...named } }) => {
      const before = cursor === undefined ? {} : { before: idOf(cursor) };
      const wanted = { ...named, ...instantsIn({ since, until }), ...before };
      // One more than asked for tells whether there is another page.
      const records = await context.audit.list({ ...wanted, limit: limit + 1 });
      const items = records.slice(0, limit).map((record) => ({
        ...record,
        id: String(record.id),
        at: instantText(record.at),
      }));
      return { items, nextCursor: records.length > limit ? (items.at(-1)?.id ?? null) : null };
    },
  );
}

function idOf(cursor: string): number {
  if (/^\d{1,16}$/.test(cursor)) return Number(cursor);
  throw invalidInput([{ path: "cursor", message: "is not a cursor of this list" }]);
}
