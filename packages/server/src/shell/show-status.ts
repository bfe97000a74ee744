import { instantText } from "../admin/http/instant.ts";
import { field } from "./two-columns.ts";

/** How a node is, in figures. */
export interface StatusFacts {
  readonly fqdn: string;
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly startedAt: number;
  readonly cores: number;
  readonly load: readonly number[];
  /** In octets. */
  readonly memory: { readonly used: number; readonly free: number; readonly total: number };
  readonly disk: { readonly free: number; readonly total: number };
  readonly services: { readonly running: number; readonly activated: number };
  readonly users: number;
  readonly sessions: number;
  readonly domains: number;
  readonly subscriptions: number;
  readonly imSessions: number;
  readonly connections: number;
}

const MEGABYTE = 1024 * 1024;

/** `show status`. */
export function showStatus(facts: StatusFacts): readonly string[] {
  const { memory, disk, services } = facts;
  return [
    field("Host Name", facts.fqdn),
    field("Date", instantText(facts.now)),
    field("Version", facts.version),
    field("Up Time", duration(facts.now - facts.startedAt)),
    field("CPU", `load ${facts.load.map((load) => load.toFixed(2)).join(" ")} on ${facts.cores} cores`),
    field(
      "Memory",
      `${megabytes(memory.used)} used here, ${megabytes(memory.free)} of ${megabytes(memory.total)} free`,
    ),
    field("Disk", `${megabytes(disk.free)} of ${megabytes(disk.total)} free`),
    "",
    field("Services", `${services.running} of ${services.activated} activated run`),
    field("Users", `${facts.users}, ${facts.sessions} sessions`),
    field("SIP Domains", String(facts.domains)),
    field("SIP Connections", String(facts.connections)),
    field("Subscriptions", String(facts.subscriptions)),
    field("IM Sessions", String(facts.imSessions)),
  ];
}

/** `3 days 04:05:06`. */
function duration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const [days, ...clock] = [86_400, 3600, 60, 1].map((unit, at, units) => {
    const above = units[at - 1];
    return Math.floor((above === undefined ? seconds : seconds % above) / unit);
  });
  return `${days} days ${clock.map((part) => String(part).padStart(2, "0")).join(":")}`;
}

function megabytes(octets: number): string {
  return `${Math.round(octets / MEGABYTE)} MB`;
}
