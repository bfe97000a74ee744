import { isIP } from "node:net";
import type { Clock, Resolver } from "@interpres/runtime";
import {
  type Dialled,
  dial,
  type NextHop,
  type PresentedCertificate,
  type TlsContextSource,
  type TransportFailure,
} from "@interpres/sip";
import { ProbeLink } from "./probe-link.ts";
import type { Report } from "./report.ts";
import { tlsFailure } from "./tls-failure.ts";

export interface CallPorts {
  readonly clock: Clock;
  readonly resolver: Resolver;
  readonly federation: { readonly tlsContextSource: TlsContextSource };
  readonly mayConnect: (address: string, hop: NextHop) => boolean;
}

/** A hop that was reached. */
export interface Called {
  readonly hop: NextHop;
  readonly address: string;
  readonly certificate: PresentedCertificate | undefined;
  readonly link: ProbeLink;
}

interface Target {
  readonly hop: NextHop;
  readonly address: string;
}

const CONNECT_MS = 4000;
const MOST_TARGETS = 4;

/** Calls the hops in their order until one answers, under the TLS context that requests go under. */
export async function callHop(hops: readonly NextHop[], report: Report, ports: CallPorts): Promise<Called | undefined> {
  if (hops.every(({ protocol }) => protocol === "udp")) {
    report.leaveOut("not looked at, because the route goes over UDP, where there is no connection");
    return undefined;
  }
  const targets = await findTargets(hops, report, ports);
  const failures: TransportFailure[] = [];
  for (const target of targets) {
    const outcome = await call(target, ports, ports.federation.tlsContextSource);
    if ("cause" in outcome) failures.push(outcome);
    else return reached(target, outcome, { report, ports, failures });
  }
  if (targets.length > 0) await tell(failures, targets, { report, ports });
  return undefined;
}

async function findTargets(
  hops: readonly NextHop[],
  report: Report,
  { resolver, mayConnect }: CallPorts,
): Promise<readonly Target[]> {
  const found = await Promise.all(hops.map(async (hop) => ({ hop, addresses: await addressesOf(hop, resolver) })));
  const all = found.flatMap(({ hop, addresses }) => addresses.map((address) => ({ hop, address })));
  const allowed = all.filter(({ address, hop }) => mayConnect(address, hop));
  const seen = found.map(({ hop, addresses }) => `${hop.host}: ${addresses.join(", ") || "none"}`).join("; ");
  if (allowed.length > 0) report.add("addresses", { outcome: "passed", seen });
  else if (all.length > 0)
    report.add("addresses", {
      outcome: "failed",
      seen: `${seen}, which lead into this host or nowhere`,
      remedy: THEIR_DNS,
    });
  else report.add("addresses", { outcome: "failed", seen, remedy: THEIR_DNS });
  return allowed.slice(0, MOST_TARGETS);
}

const THEIR_DNS = "the record or route names a host without a public address: correct it, or have them correct it";

async function addressesOf({ host }: NextHop, resolver: Resolver): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  const answers = await Promise.all([resolver.resolve(host, "AAAA"), resolver.resolve(host, "A")]);
  return answers.flatMap((answer) => (answer.kind === "records" ? answer.records.map(({ address }) => address) : []));
}

function call(target: Target, { clock }: CallPorts, tls: TlsContextSource): Promise<Dialled | TransportFailure> {
  return new Promise((resolve) => {
    dial(target, { clock, tls, timeoutMs: CONNECT_MS }, { connected: resolve, failed: resolve });
  });
}

interface Telling {
  readonly report: Report;
  readonly ports: CallPorts;
}

function reached(
  { hop, address }: Target,
  { socket, certificate, tls }: Dialled,
  { report, ports, failures }: Telling & { readonly failures: readonly TransportFailure[] },
): Called {
  const before = failures.map(({ detail }) => `; in vain: ${detail}`).join("");
  const connected = { seen: `${address}, port ${hop.port}${before}` };
  report.add(
    "connection",
    failures.length === 0
      ? { outcome: "passed", ...connected }
      : { outcome: "warned", ...connected, remedy: OTHER_HOSTS },
  );
  const agreed =
    tls === undefined ? `the route goes over ${hop.protocol}, without TLS` : `${tls.version}, ${tls.cipher}`;
  report.add("tls", { outcome: "passed", seen: agreed });
  return { hop, address, certificate, link: new ProbeLink(socket, ports.clock) };
}

const OTHER_HOSTS = "another host of the domain answered; look at the one that does not";

/** Nobody answered: whether a port was closed or TLS broke, and then what the peer would have taken. */
async function tell(
  failures: readonly TransportFailure[],
  targets: readonly Target[],
  { report, ports }: Telling,
): Promise<void> {
  const at = failures.findIndex(({ cause }) => cause === "tls-failed");
  const target = targets[at];
  const detail = failures.map((failure) => failure.detail).join("; ");
  if (target === undefined) {
    report.add("connection", { outcome: "failed", seen: detail, remedy: CLOSED });
    return;
  }
  report.add("connection", { outcome: "passed", seen: `${target.address}, port ${target.hop.port}` });
  const { seen, remedy } = tlsFailure(failures[at]?.detail ?? detail);
  report.add("tls", { outcome: "failed", seen: `${seen}${await wouldTake(target, ports)}`, remedy });
}

const CLOSED = "open the port on their side, or name the right one in route or record";

const EVERYTHING = "ALL:@SECLEVEL=0";

/** The same call with everything this runtime can do: what the two sides could agree on. */
async function wouldTake(target: Target, ports: CallPorts): Promise<string> {
  const ours = ports.federation.tlsContextSource;
  const { cert, key, ca } = ours.serverOptions();
  const anything: TlsContextSource = {
    stamp: ours.stamp,
    serverOptions: () => ours.serverOptions(),
    onChange: () => undefined,
    // Certificate and trust are the context's; versions and suites are all there are.
    clientOptions: () => ({ cert, key, ca, minVersion: "TLSv1", maxVersion: "TLSv1.3", ciphers: EVERYTHING }),
  };
  const outcome = await call(target, ports, anything);
  if ("cause" in outcome) return "";
  outcome.socket.destroy();
  return `; they would take ${outcome.tls?.version}, ${outcome.tls?.cipher}, which our context does not allow`;
}
