import { connect, type SecureContextOptions, type TLSSocket } from "node:tls";
import { within } from "@interpres/testkit";

export const CLOSED = "closed without an answer";
const LIMIT_MS = 20_000;

/** A SIP request as a peer with one connection would send it. */
export interface OneRequest {
  readonly method: "OPTIONS" | "MESSAGE";
  /** Address without scheme: `bob@contoso.example`. */
  readonly from: string;
  readonly to: string;
  readonly body?: string;
}

/** Opens a TLS connection, sends one request and resolves with the first answer, or with `CLOSED`; rejects where neither comes. */
export function askOnce(port: number, tls: SecureContextOptions, request: OneRequest): Promise<string> {
  const answered = new Promise<string>((resolve) => {
    const socket: TLSSocket = connect({ ...tls, host: "127.0.0.1", port, checkServerIdentity: () => undefined });
    const done = (answer: string): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("secureConnect", () => socket.write(requestText(request)));
    socket.once("data", (chunk: Buffer) => done(chunk.toString("latin1")));
    socket.once("error", () => done(CLOSED));
    socket.once("close", () => done(CLOSED));
  });
  return within(answered, LIMIT_MS, `neither an answer to ${request.method} nor an end of the connection`);
}

let sequence = 0;

/** The request on the wire; each one is another transaction. */
export function requestText({ method, from, to, body = "" }: OneRequest): string {
  sequence += 1;
  const host = from.slice(from.indexOf("@") + 1);
  return [
    `${method} sip:${to} SIP/2.0`,
    `Via: SIP/2.0/TLS sip.${host}:5061;branch=z9hG4bKonce${process.pid}x${sequence}`,
    "Max-Forwards: 70",
    `From: <sip:${from}>;tag=t${sequence}`,
    `To: <sip:${to}>`,
    `Call-ID: once-${process.pid}-${sequence}@${host}`,
    `CSeq: 1 ${method}`,
    ...(body === "" ? [] : ["Content-Type: text/plain"]),
    `Content-Length: ${Buffer.byteLength(body)}`,
    "",
    body,
  ].join("\r\n");
}
