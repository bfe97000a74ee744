import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { NodeProcess } from "../harness/node-process.ts";
import { freePorts, PeerProcess, peerFolder } from "../harness/peers.ts";

/** One series of an answer. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
}

/** Prometheus, which asks one node for its metrics twice a second. */
export class Prometheus {
  readonly #port: number;
  readonly #folder = peerFolder();
  #process: PeerProcess | undefined;

  private constructor(port: number) {
    this.#port = port;
  }

  static async start(node: NodeProcess): Promise<Prometheus> {
    const [port = 0] = await freePorts(1);
    const prometheus = new Prometheus(port);
    await prometheus.#run(node);
    return prometheus;
  }

  async #run(node: NodeProcess): Promise<void> {
    const { path } = this.#folder;
    const job = {
      job_name: "interpres",
      scheme: "https",
      tls_config: { ca_file: join(node.dataDirectory, "ca.pem"), server_name: "localhost" },
      static_configs: [{ targets: [`127.0.0.1:${node.ports.admin}`] }],
    };
    const settings = { global: { scrape_interval: "500ms", scrape_timeout: "500ms" }, scrape_configs: [job] };
    // YAML takes JSON.
    writeFileSync(join(path, "prometheus.yml"), JSON.stringify(settings));
    const words = [`--config.file=${path}/prometheus.yml`, `--storage.tsdb.path=${path}/data`];
    // It would look at a new target only after five seconds.
    const listening = [`--web.listen-address=127.0.0.1:${this.#port}`, "--scrape.discovery-reload-interval=100ms"];
    this.#process = new PeerProcess(["/usr/bin/prometheus", ...words, ...listening], { log: join(path, "log") });
    await this.#process.printed(/Server is ready to receive web requests/);
  }

  /** How the last question to the node went: `up`, and why not. */
  async target(): Promise<{ readonly health: string; readonly lastError: string }> {
    const { activeTargets } = (await this.#ask("targets")) as { readonly activeTargets: readonly never[] };
    return activeTargets[0] ?? { health: "unknown", lastError: "" };
  }

  async query(expression: string): Promise<readonly Series[]> {
    const { result } = (await this.#ask(`query?query=${encodeURIComponent(expression)}`)) as {
      readonly result: readonly Series[];
    };
    return result;
  }

  async #ask(path: string): Promise<unknown> {
    const answer = await fetch(`http://127.0.0.1:${this.#port}/api/v1/${path}`);
    const { status, data, error } = (await answer.json()) as Readonly<Record<string, unknown>>;
    if (status !== "success") throw new Error(`${path}: ${error}`);
    return data;
  }

  async stop(): Promise<void> {
    await this.#process?.stop();
    this.#folder.remove();
  }
}
