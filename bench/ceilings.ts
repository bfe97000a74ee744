import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { connect, createServer, type TLSSocket } from "node:tls";
import { type IssuedCertificate, TestCertificateAuthority } from "@interpres/testkit";
import { NODE_CORE, spawnPinned } from "./load/pinned.ts";
import { type BenchResult, quantile } from "./result.ts";

const MESSAGE_OCTETS = 500;
const IN_FLIGHT = 64;
const SECONDS = 3;
const PAIRS = 4;

interface Keys extends IssuedCertificate {
  readonly caPem: string;
}

/** What Node alone reaches here in this run: a TLS echo and a TLS relay that parse nothing, with messages of 500 octets. */
export async function benchCeilings(): Promise<BenchResult> {
  const authority = await TestCertificateAuthority.create();
  const issued = await authority.issue({ cn: "bench.example", dnsNames: ["bench.example"] });
  const keys = { ...issued, caPem: authority.certPem };
  const echo = await echoRate(keys);
  const relay = await relayRate(keys);
  return {
    section: `Ceilings: bare Node over TLS, ${MESSAGE_OCTETS} octets, ${IN_FLIGHT} in flight on each of ${PAIRS} connections`,
    rows: [
      { name: "TLS echo", value: echo.perSecond, unit: "messages/s" },
      { name: "TLS echo p50", value: quantile(echo.latencies, 0.5), unit: "ms" },
      { name: "TLS relay, one way", value: relay.perSecond, unit: "messages/s" },
      { name: "TLS relay p50", value: quantile(relay.latencies, 0.5), unit: "ms" },
    ],
  };
}

interface Measured {
  readonly perSecond: number;
  readonly latencies: readonly number[];
}

async function echoRate(keys: Keys): Promise<Measured> {
  const server = await startBare("echo", keys, 0);
  const sockets = await Promise.all(Array.from({ length: PAIRS }, () => open(server.port, keys)));
  const measured = await measure(sockets.map((socket) => ({ from: socket, to: socket })));
  for (const socket of sockets) socket.destroy();
  server.end();
  return measured;
}

async function relayRate(keys: Keys): Promise<Measured> {
  const arrivals: TLSSocket[] = [];
  const sink = createServer(
    { cert: keys.certPem, key: keys.keyPem, ca: keys.caPem, requestCert: true, rejectUnauthorized: true },
    (socket) => arrivals.push(socket),
  );
  await new Promise<void>((done) => sink.listen(0, "127.0.0.1", done));
  const server = await startBare("relay", keys, (sink.address() as AddressInfo).port);
  const pairs: { from: TLSSocket; to: TLSSocket }[] = [];
  for (let index = 0; index < PAIRS; index += 1) {
    const from = await open(server.port, keys);
    while (arrivals.length <= index) await once(sink, "secureConnection");
    const to = arrivals[index];
    if (to !== undefined) pairs.push({ from, to });
  }
  const measured = await measure(pairs);
  for (const { from, to } of pairs) {
    from.destroy();
    to.destroy();
  }
  sink.close();
  server.end();
  return measured;
}

async function startBare(kind: "echo" | "relay", keys: Keys, targetPort: number) {
  const file = join(import.meta.dirname, "load/bare-server.ts");
  const child = spawnPinned(NODE_CORE, [file, kind], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin?.end(JSON.stringify({ cert: keys.certPem, key: keys.keyPem, ca: keys.caPem, targetPort }));
  if (child.stdout === null) throw new Error("the bare server has no output");
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { port: Number(line.toString()), end: () => child.kill() };
}

async function open(port: number, keys: Keys): Promise<TLSSocket> {
  const { certPem: cert, keyPem: key, caPem: ca } = keys;
  const socket = connect({ port, host: "127.0.0.1", cert, key, ca, checkServerIdentity: () => undefined });
  await once(socket, "secureConnect");
  socket.setNoDelay(true);
  return socket;
}

/** Keeps `IN_FLIGHT` messages under way on each pair and counts those that arrived whole. */
async function measure(pairs: readonly { readonly from: TLSSocket; readonly to: TLSSocket }[]): Promise<Measured> {
  const message = Buffer.alloc(MESSAGE_OCTETS, "x");
  const latencies: number[] = [];
  const started = performance.now();
  let arrived = 0;
  for (const { from, to } of pairs) {
    const sent: number[] = [];
    let octets = 0;
    const send = (): void => {
      sent.push(performance.now());
      from.write(message);
    };
    to.on("data", (chunk: Buffer) => {
      octets += chunk.length;
      const now = performance.now();
      from.cork();
      for (; octets >= MESSAGE_OCTETS; octets -= MESSAGE_OCTETS) {
        arrived += 1;
        latencies.push(now - (sent.shift() ?? now));
        send();
      }
      from.uncork();
    });
    for (let index = 0; index < IN_FLIGHT; index += 1) send();
  }
  await new Promise((done) => setTimeout(done, SECONDS * 1000));
  const perSecond = (arrived * 1000) / (performance.now() - started);
  for (const { to } of pairs) to.removeAllListeners("data");
  return { perSecond, latencies };
}
