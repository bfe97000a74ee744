import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { FakeZone, XmppClient } from "@interpres/testkit";
import { NodeProcess } from "../harness/node-process.ts";
import { selectPeerSubjects } from "../harness/peer-subjects.ts";
import { freePorts } from "../harness/peers.ts";
import { type ProgramRun, RunningProgram } from "../harness/run-program.ts";

export const LOCAL = "example.com";
export const NODE_FQDN = "imp1.example.com";
const LAUNCHER = resolve(import.meta.dirname, "../../packages/testkit/bin/interpres-sim.mjs");
const PASSWORD = "correct horse";

export interface SimBedOptions {
  /** First word of the command, and what only that simulator has. */
  readonly words: readonly string[];
  readonly fqdn: string;
  readonly integrationType: "microsoft" | "aol";
  readonly domains: readonly string[];
  /** Those that DNS leads to the simulator; all by default. */
  readonly found?: readonly string[];
}

/** A node in one process, a simulator by its command in another: nothing between them but mutual TLS. */
export class SimBed {
  readonly node: NodeProcess;
  readonly #options: SimBedOptions;
  readonly #port: number;
  readonly #folder = mkdtempSync(join(tmpdir(), "interpres-sim-"));
  readonly #started: AsyncDisposableStack;

  private constructor(
    parts: { readonly node: NodeProcess; readonly port: number },
    options: SimBedOptions,
    started: AsyncDisposableStack,
  ) {
    this.node = parts.node;
    this.#port = parts.port;
    this.#options = options;
    this.#started = started;
    started.defer(() => rmSync(this.#folder, { recursive: true, force: true }));
  }

  static async start(options: SimBedOptions): Promise<SimBed> {
    await using started = new AsyncDisposableStack();
    const zone = new FakeZone();
    const dns = await zone.listen();
    started.defer(() => dns.close());
    const node = new NodeProcess({ dnsServer: `127.0.0.1:${dns.port}`, fqdn: NODE_FQDN });
    started.defer(() => node.remove());
    await node.start();
    const [port = 0] = await freePorts(1);
    zone.host(options.fqdn, "127.0.0.1");
    for (const domain of options.found ?? options.domains)
      zone.service(`_sipfederationtls._tcp.${domain}`, options.fqdn, port);
    const bed = new SimBed({ node, port }, options, started.move());
    await bed.#federate();
    return bed;
  }

  async signIn(user: string): Promise<XmppClient> {
    const jid = `${user}@${LOCAL}`;
    await this.node.admin.ask("POST", "/users", { jid, password: PASSWORD });
    const at = { port: this.node.ports.xmppClient, domain: LOCAL };
    const client = await XmppClient.login(at, { user, password: PASSWORD, resource: "desk" });
    this.#started.defer(() => client.abort());
    client.send("<presence/>");
    return client;
  }

  /** Starts the simulator with these steps as its script. */
  play(steps: readonly string[], words: readonly string[] = []): RunningProgram {
    const script = join(this.#folder, "script.json");
    writeFileSync(script, JSON.stringify(steps));
    return this.run(["--script", script, ...words]);
  }

  /** Starts the simulator; it ends with the bed at the latest. */
  run(words: readonly string[]): RunningProgram {
    const { sipTls } = this.node.ports;
    const peer = ["--peer", `127.0.0.1:${sipTls}`, "--peer-name", NODE_FQDN, "--peer-domain", LOCAL];
    const trust = ["--peer-ca", join(this.node.dataDirectory, "ca.pem"), "--ca-dir", this.#folder];
    const listen = ["--listen", `127.0.0.1:${this.#port}`];
    const running = simulator([...this.#options.words, ...listen, ...peer, ...trust, ...words]);
    this.#started.defer(() => running.interrupt());
    return running;
  }

  end(): Promise<void> {
    return this.#started.disposeAsync();
  }

  /** Its authority is made by the command too, before the simulator runs. */
  async #federate(): Promise<void> {
    const { fqdn, domains, integrationType } = this.#options;
    const made = await simulator(["certificate", fqdn, "--ca-dir", this.#folder]).ended();
    if (made.code !== 0) throw new Error(made.err);
    const { admin } = this.node;
    await admin.ask("POST", "/certificates/trust", { pem: readFileSync(join(this.#folder, "ca.pem"), "utf8") });
    await admin.ask("POST", "/tls-peer-subjects", { name: fqdn, description: "Simulator" });
    await selectPeerSubjects(admin, fqdn);
    for (const domain of domains)
      await admin.ask("POST", "/sip-federated-domains", { domain, integrationType, description: "Simulator" });
  }
}

/** One run of the command. */
export function simulator(words: readonly string[]): RunningProgram {
  return new RunningProgram(process.execPath, [LAUNCHER, ...words]);
}

/** What one run printed with `--json`, one event a line. */
export function eventsOf({ out }: ProgramRun): readonly Readonly<Record<string, unknown>>[] {
  return out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}
