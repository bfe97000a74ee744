import type { FieldProblem, TraceCollectorSettings } from "@interpres/admin-api";
import { hostProblem } from "@interpres/federation";

/** What the key is kept under. */
export const TRACE_COLLECTOR_SECRET = "trace-collector";

/** What is wrong with the settings of a collector beyond their shape. */
export function traceCollectorProblems({ enabled, host }: TraceCollectorSettings): readonly FieldProblem[] {
  if (host === "") return enabled ? [{ path: "host", message: "is required" }] : [];
  const message = hostProblem(host);
  return message === undefined ? [] : [{ path: "host", message }];
}

/** The key with whom it is for: settings that point elsewhere later must not show it there. */
export function boundKey({ host, port }: TraceCollectorSettings, authKey: string): string {
  return JSON.stringify({ host, port, authKey });
}

/** The key kept for just this host and port; undefined where there is none. */
export function keyFor({ host, port }: TraceCollectorSettings, kept: string | undefined): string | undefined {
  if (kept === undefined) return undefined;
  const secret = JSON.parse(kept) as { readonly host: string; readonly port: number; readonly authKey: string };
  return secret.host === host && secret.port === port ? secret.authKey : undefined;
}
