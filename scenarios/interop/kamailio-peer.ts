import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { IssuedCertificate } from "@interpres/testkit";
import { freePorts, PeerProcess, peerFolder } from "../harness/peers.ts";
import { LOCAL, NODE_FQDN } from "./interop-bed.ts";

const SCHEMAS = "/usr/share/kamailio/db_sqlite";

export interface KamailioOptions {
  readonly certificate: IssuedCertificate;
  readonly authorityPem: string;
  /** Where the node takes SIP over TLS. */
  readonly nodePort: number;
}

/** Kamailio as registrar and presence server of kam.example. In a mount namespace of its own it finds the node's name in /etc/hosts. */
export class KamailioPeer {
  readonly tcpPort: number;
  readonly tlsPort: number;
  readonly #options: KamailioOptions;
  readonly #folder = peerFolder();
  #process: PeerProcess | undefined;

  private constructor(options: KamailioOptions, tcpPort: number, tlsPort: number) {
    this.#options = options;
    this.tcpPort = tcpPort;
    this.tlsPort = tlsPort;
  }

  /** Writes the configuration for two free ports; `start` runs it. */
  static async prepare(options: KamailioOptions): Promise<KamailioPeer> {
    const [tcpPort = 0, tlsPort = 0] = await freePorts(2);
    const peer = new KamailioPeer(options, tcpPort, tlsPort);
    peer.#write();
    return peer;
  }

  get output(): string {
    return this.#process?.output ?? "";
  }

  async start(): Promise<void> {
    const path = this.#folder.path;
    const run = `mount --bind ${path}/hosts /etc/hosts && exec kamailio -f ${path}/kamailio.cfg -DD -E -m 64 -M 8 -Y ${path}/run -P ${path}/kamailio.pid`;
    const env = { ...process.env, PATH: "/usr/sbin:/usr/bin:/sbin:/bin" };
    const started = new PeerProcess(["/usr/bin/unshare", "-m", "sh", "-c", run], { log: join(path, "log"), env });
    this.#process = started;
    await listens(this.tlsPort, started);
  }

  async stop(): Promise<void> {
    await this.#process?.stop();
  }

  /** Its TLS crashes after some tens of handshakes under OpenSSL 3: a fresh one for each group. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async remove(): Promise<void> {
    await this.stop();
    this.#folder.remove();
  }

  #write(): void {
    const path = this.#folder.path;
    const { certificate, authorityPem, nodePort } = this.#options;
    mkdirSync(join(path, "run"));
    const files = {
      "cert.pem": certificate.certPem,
      "key.pem": certificate.keyPem,
      "ca.pem": authorityPem,
      hosts: `127.0.0.1 localhost ${NODE_FQDN}\n`,
      "kamailio.cfg": this.#filled("kamailio.cfg", nodePort),
      "tls.cfg": this.#filled("tls.cfg", nodePort),
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text, { mode: 0o600 });
    createDatabase(join(path, "kamailio.db"));
  }

  #filled(name: string, nodePort: number): string {
    const values: Readonly<Record<string, string>> = {
      FOLDER: this.#folder.path,
      TCP_PORT: String(this.tcpPort),
      TLS_PORT: String(this.tlsPort),
      PEER_DOMAIN: LOCAL,
      PEER_HOST: NODE_FQDN,
      PEER_PORT: String(nodePort),
    };
    const template = readFileSync(join(import.meta.dirname, "kamailio", name), "utf8");
    return template.replaceAll(/%([A-Z_]+)%/g, (whole, key: string) => values[key] ?? whole);
  }
}

function createDatabase(path: string): void {
  const database = new DatabaseSync(path);
  database.exec("PRAGMA synchronous = OFF");
  for (const name of ["standard", "presence", "usrloc"])
    database.exec(`BEGIN; ${readFileSync(`${SCHEMAS}/${name}-create.sql`, "utf8")} COMMIT;`);
  database.close();
}

async function listens(port: number, peer: PeerProcess): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await accepts(port)) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`Kamailio does not listen\n${peer.output}`);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
