/**
 * The ceilings, run as `node bare-server.ts echo|relay` with its key material and the relay's target port on standard input.
 * They do what any Node gateway must do at least, TLS in and TLS out, and nothing else. Prints its port.
 */

import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { connect, createServer, type TLSSocket } from "node:tls";

interface Setup {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
  readonly targetPort: number;
}

const setup = JSON.parse(await text(process.stdin)) as Setup;
const serve = process.argv[2] === "relay" ? relay : echo;
const server = createServer({ ...setup, requestCert: true, rejectUnauthorized: true }, serve);
server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));

function echo(socket: TLSSocket): void {
  socket.setNoDelay(true);
  socket.on("data", (chunk) => socket.write(chunk));
  socket.on("error", () => socket.destroy());
}

/** Reads here, writes the same number of octets there, and the other way round. */
function relay(socket: TLSSocket): void {
  const { cert, key, ca, targetPort: port } = setup;
  const target = connect({ port, host: "127.0.0.1", cert, key, ca, checkServerIdentity: () => undefined });
  for (const end of [socket, target]) {
    end.setNoDelay(true);
    end.on("error", () => end.destroy());
  }
  socket.on("data", (chunk) => target.write(chunk));
  target.on("data", (chunk) => socket.write(chunk));
}
