import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { IssuedCertificate } from "@interpres/testkit";
import { eventually } from "../harness/eventually.ts";
import { freePorts, PeerProcess, peerFolder } from "../harness/peers.ts";

export interface SippEdgeOptions {
  readonly certificate: IssuedCertificate;
  readonly authorityPem: string;
  /** Where the node takes SIP over TLS. */
  readonly nodePort: number;
}

export type Scenario =
  | "presence-watched"
  | "presence-watches"
  | "presence-notified"
  | "session-calls"
  | "session-called"
  | "session-busy"
  | "session-dead"
  | "mail-address-asked"
  | "mail-address-called";

/** A Microsoft-like edge: SIPp for SIP, stunnel in front of it for mutual TLS of both directions. */
export class SippEdge {
  /** Where stunnel takes TLS for SIPp. */
  readonly tlsPort: number;
  readonly #ports: { readonly incoming: number; readonly outgoing: number };
  readonly #options: SippEdgeOptions;
  readonly #folder = peerFolder();
  #tunnel: PeerProcess | undefined;
  #running: PeerProcess[] = [];
  #count = 0;

  private constructor(options: SippEdgeOptions, ports: readonly number[]) {
    const [tlsPort = 0, incoming = 0, outgoing = 0] = ports;
    this.tlsPort = tlsPort;
    this.#ports = { incoming, outgoing };
    this.#options = options;
  }

  static async start(options: SippEdgeOptions): Promise<SippEdge> {
    const edge = new SippEdge(options, await freePorts(3));
    await edge.#startTunnel();
    return edge;
  }

  /** Waits at the edge for that many calls of the node; resolves once SIPp listens. */
  async await(scenario: Scenario, calls = 1): Promise<PeerProcess> {
    const options = ["-p", String(this.#ports.incoming), "-i", "127.0.0.1", "-t", "t1", "-m", String(calls)];
    const peer = this.#run(scenario, options);
    await eventually(() => assert.ok(isListening(this.#ports.incoming), peer.output));
    return peer;
  }

  /** Sends requests to the node through the tunnel. */
  call(scenario: Scenario): PeerProcess {
    const to = `127.0.0.1:${this.#ports.outgoing}`;
    return this.#run(scenario, ["-i", "127.0.0.1", "-t", "t1", "-m", "1", to]);
  }

  async end(): Promise<void> {
    for (const peer of this.#running) await peer.stop();
    await this.#tunnel?.stop();
    this.#folder.remove();
  }

  #run(scenario: Scenario, options: readonly string[]): PeerProcess {
    this.#count += 1;
    const file = join(import.meta.dirname, "sipp", `${scenario}.xml`);
    const errors = join(this.#folder.path, `errors-${this.#count}`);
    const limits = ["-timeout", "15s", "-timeout_error", "-recv_timeout", "10000", "-nostdin"];
    const trace = ["-trace_err", "-error_file", errors];
    const identity = ["-cid_str", `%u-${this.#count}-%p@sipp`];
    const command = ["/usr/bin/sipp", "-sf", file, ...limits, ...trace, ...identity, ...options];
    const peer = new PeerProcess(command, { log: join(this.#folder.path, `log-${this.#count}`), more: [errors] });
    this.#running.push(peer);
    return peer;
  }

  async #startTunnel(): Promise<void> {
    const path = this.#folder.path;
    const { certificate, authorityPem, nodePort } = this.#options;
    const { incoming, outgoing } = this.#ports;
    const identity = `cert = ${path}/cert.pem\nkey = ${path}/key.pem\nCAfile = ${path}/ca.pem\nverifyChain = yes\n`;
    const settings = [
      "foreground = yes\npid =\nsyslog = no\ndebug = notice\nsocket = l:TCP_NODELAY=1\nsocket = r:TCP_NODELAY=1\n",
      `[incoming]\naccept = 127.0.0.1:${this.tlsPort}\nconnect = 127.0.0.1:${incoming}\nTIMEOUTclose = 0\nrequireCert = yes\n${identity}`,
      `[outgoing]\nclient = yes\naccept = 127.0.0.1:${outgoing}\nconnect = 127.0.0.1:${nodePort}\nTIMEOUTclose = 0\n${identity}`,
    ];
    const files = {
      "cert.pem": certificate.certPem,
      "key.pem": certificate.keyPem,
      "ca.pem": authorityPem,
      "stunnel.conf": settings.join("\n"),
    };
    for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content, { mode: 0o600 });
    this.#tunnel = new PeerProcess(["/usr/bin/stunnel4", `${path}/stunnel.conf`], { log: join(path, "tunnel") });
    await this.#tunnel.printed(/Configuration successful/);
  }
}

/** By the kernel's table, because a connection would count as a call for SIPp. */
function isListening(port: number): boolean {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return readFileSync("/proc/net/tcp", "utf8").includes(`${local} 00000000:0000 0A`);
}
