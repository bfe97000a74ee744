import {
  type FieldProblem,
  type Notification,
  TraceCollector,
  TraceCollectorInput,
  type TraceCollectorSettings,
  type TraceEvent,
  TraceSendInput,
  TraceSent,
  traceCollectorPath,
  traceSendPath,
  wholeMessage,
} from "@interpres/admin-api";
import { schemaProblems } from "@interpres/federation";
import Value from "typebox/value";
import { boundKey, keyFor, TRACE_COLLECTOR_SECRET, traceCollectorProblems } from "../../trace/collector-rules.ts";
import type { HepPacket } from "../../trace/hep.ts";
import type { AdminContext } from "../admin-context.ts";
import { withWarnings } from "../federation/edit-federation.ts";
import { type AdminApp, principal } from "../http/authenticate.ts";
import { conflict, invalidInput, ProblemError, problem } from "../http/problem-error.ts";
import { checkedByEdit } from "../http/validation.ts";
import { TraceReader } from "./trace-reader.ts";

const tags = ["trace"];
/** All that is kept of what passed. */
const ALL = 100_000;

/** `/trace/collector`: where the flow is sent to as HEPv3, and sending one interaction of the past there. */
export function registerTraceCollector(app: AdminApp, context: AdminContext): void {
  app.get(
    traceCollectorPath,
    { config: { access: "auditor" }, schema: { response: { 200: TraceCollector }, tags } },
    async () => shown(context.settings.current().document.traceCollector, context),
  );

  app.put(
    traceCollectorPath,
    {
      config: { access: "administrator" },
      schema: { body: TraceCollectorInput, response: { 200: TraceCollector }, tags },
      validatorCompiler: checkedByEdit,
    },
    async (request) => {
      const next = await replace(request.body, principal(request).name, context);
      await context.traceExporter.start();
      return withWarnings(await shown(next, context), warnings(next));
    },
  );

  app.post(
    traceSendPath,
    { config: { access: "operator" }, schema: { body: TraceSendInput, response: { 200: TraceSent }, tags } },
    async (request) => {
      const { correlationId } = request.body;
      const { host, port } = context.traceExporter.settings;
      if (host === "") throw conflict("no-trace-collector", { path: "", message: "no collector is set up" });
      const after = { correlationId, host, port };
      await context.audit.record({ actor: principal(request).name, action: "send", resource: "trace", after });
      const packets = await packetsOf(correlationId, context);
      try {
        return { sent: await context.traceExporter.send(packets) };
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new ProblemError(
          problem(502, "trace-collector-unreachable", `${host}:${port} does not answer: ${reason}`),
        );
      }
    },
  );
}

async function packetsOf(correlationId: string, context: AdminContext): Promise<readonly HepPacket[]> {
  const { bodies } = context.traceExporter.settings;
  const reader = new TraceReader({ recent: ALL, bodies }, context);
  await reader.decisions();
  return reader
    .recent()
    .filter((event) => event.correlationId === correlationId)
    .map(packetOf);
}

function packetOf(event: TraceEvent): HepPacket {
  const { at, leg, direction, path, correlationId } = event;
  const facts = { leg, direction, path, correlationId: correlationId ?? undefined };
  return { ...facts, at: Date.parse(at), payload: wholeMessage(event) };
}

async function replace(body: unknown, actor: string, context: AdminContext): Promise<TraceCollectorSettings> {
  const { authKey, ...given } = readInput(body);
  const kept = await context.secrets.find(TRACE_COLLECTOR_SECRET);
  await context.settings.change(actor, (document) => {
    const problems = [...traceCollectorProblems(given), ...keyProblems(given, { authKey, kept })];
    if (problems.length > 0) throw invalidInput(problems);
    const key = authKey === undefined ? {} : { authKey: authKey === null ? "removed" : "changed" };
    return {
      document: { ...document, traceCollector: given },
      audit: {
        action: "update",
        resource: "trace/collector",
        before: document.traceCollector,
        after: { ...given, ...key },
      },
      ...secretChange(given, authKey, context),
    };
  });
  return given;
}

interface Keys {
  readonly authKey: string | null | undefined;
  readonly kept: string | undefined;
}

/** A key kept for one collector is not shown to another. */
function keyProblems(given: TraceCollectorSettings, { authKey, kept }: Keys): readonly FieldProblem[] {
  if (authKey !== undefined || kept === undefined || keyFor(given, kept) !== undefined) return [];
  return [{ path: "authKey", message: "is needed again, or null: host or port are others than it was for" }];
}

function secretChange(given: TraceCollectorSettings, authKey: string | null | undefined, { secrets }: AdminContext) {
  if (authKey === undefined) return {};
  const secret = authKey === null ? undefined : boundKey(given, authKey);
  return { along: secrets.change(TRACE_COLLECTOR_SECRET, secret) };
}

/** What was left away has its default; throws `invalid-input`. */
function readInput(body: unknown): TraceCollectorSettings & Pick<TraceCollectorInput, "authKey"> {
  const completed = Value.Default(TraceCollectorInput, structuredClone(body));
  const wrong = schemaProblems(TraceCollectorInput, completed);
  if (wrong.length > 0) throw invalidInput(wrong);
  const { hasAuthKey: _shown, ...input } = completed as TraceCollectorSettings & TraceCollectorInput;
  return { ...input, host: input.host.toLowerCase() };
}

function warnings({ enabled, protocol, bodies }: TraceCollectorSettings): readonly FieldProblem[] {
  if (!enabled) return [];
  const words = bodies === "shown" ? "what people say and with whom" : "who talks to whom";
  return protocol === "tls"
    ? []
    : [{ path: "protocol", message: `${words} passes unencrypted; use tls or a line of your own` }];
}

async function shown(settings: TraceCollectorSettings, { secrets }: AdminContext): Promise<TraceCollector> {
  const key = keyFor(settings, await secrets.find(TRACE_COLLECTOR_SECRET));
  return { ...settings, hasAuthKey: key !== undefined };
}

/** That the collector does not take what passes. */
export function traceCollectorNotices({ traceExporter, settings, node }: AdminContext): readonly Notification[] {
  const { trouble } = traceExporter;
  const { enabled, host, port } = settings.current().document.traceCollector;
  if (trouble === undefined || !enabled) return [];
  const text = `The trace collector ${host}:${port} does not get all that passes: ${trouble}`;
  return [
    { id: "trace-collector", severity: "warning", node: node.name, service: null, text, link: traceCollectorPath },
  ];
}
