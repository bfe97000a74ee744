import {
  captureOf,
  ladderText,
  MOST_RECENT,
  type TraceEvent,
  TraceExportQuery,
  traceExportPath,
} from "@interpres/admin-api";
import type { FastifyReply } from "fastify";
import type { AdminContext } from "../admin-context.ts";
import { type AdminApp, isSufficient, principal, roleMissing } from "../http/authenticate.ts";
import { shownDecision, TraceReader } from "./trace-reader.ts";

/** Of the drawing; the messages below it are as long as they are. */
const COLUMNS = 100;

const FORMATS = {
  pcapng: { type: "application/x-pcapng", write: captureOf },
  text: {
    type: "text/plain; charset=utf-8",
    write: (events, decisions) => ladderText(events, { decisions, columns: COLUMNS }),
  },
} as const satisfies Record<TraceExportQuery["format"], Format>;

interface Format {
  readonly type: string;
  readonly write: (...args: Parameters<typeof captureOf>) => Uint8Array | string;
}

/** `/trace/export`: what passed lately as a file, with what we decided. Each is in the audit log, as each reading is. */
export function registerTraceExport(app: AdminApp, context: AdminContext): void {
  app.get(
    traceExportPath,
    { config: { access: "auditor" }, schema: { querystring: TraceExportQuery, tags: ["trace"] } },
    async (request, reply) => {
      const { format, correlationId, ...asked } = request.query;
      const caller = principal(request);
      if (asked.bodies === "shown" && !isSufficient(caller.role, "administrator")) throw roleMissing("administrator");
      await context.audit.record({ actor: caller.name, action: "export", resource: "trace", after: request.query });
      const reader = new TraceReader(readingOf(asked), context);
      const decisions = (await reader.decisions()).map(shownDecision);
      const isWanted = (event: TraceEvent) => correlationId === undefined || event.correlationId === correlationId;
      const events = reader.recent().filter(isWanted);
      const { type, write } = FORMATS[format];
      return attachment(reply, { type, name: `interpres-trace.${format === "text" ? "txt" : format}` }).send(
        write(events, decisions),
      );
    },
  );
}

function readingOf({
  peer,
  user,
  recent = MOST_RECENT,
  bodies = "masked",
}: Omit<TraceExportQuery, "format" | "correlationId">) {
  return {
    ...(peer === undefined ? {} : { peer: peer.toLowerCase() }),
    ...(user === undefined ? {} : { user: user.toLowerCase() }),
    recent,
    bodies,
  };
}

function attachment(reply: FastifyReply, { type, name }: { readonly type: string; readonly name: string }) {
  return reply.type(type).header("content-disposition", `attachment; filename="${name}"`);
}
