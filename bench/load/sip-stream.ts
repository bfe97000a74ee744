import type { TLSSocket } from "node:tls";

const END_OF_HEAD = "\r\n\r\n";
const LENGTH = /\r\nContent-Length: *(\d+)/i;

/** Cuts a stream into SIP messages and hands each on as text; knows nothing more of SIP. */
export class SipStream {
  readonly #socket: TLSSocket;
  readonly #onMessage: (text: string, reply: (text: string) => void) => void;
  #rest = "";

  constructor(socket: TLSSocket, onMessage: (text: string, reply: (text: string) => void) => void) {
    this.#socket = socket;
    this.#onMessage = onMessage;
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    socket.on("error", () => socket.destroy());
  }

  write(text: string): void {
    this.#socket.write(text, "latin1");
  }

  end(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    const data = this.#rest + chunk.toString("latin1");
    let start = 0;
    this.#socket.cork();
    for (let head = data.indexOf(END_OF_HEAD); head >= 0; head = data.indexOf(END_OF_HEAD, start)) {
      const top = data.slice(start, head);
      const length = Number(LENGTH.exec(top)?.[1] ?? 0);
      const stop = head + END_OF_HEAD.length + length;
      if (stop > data.length) break;
      this.#onMessage(data.slice(start, stop), (text) => this.write(text));
      start = stop;
    }
    this.#socket.uncork();
    this.#rest = data.slice(start);
  }
}

/** A final response to a request read by `SipStream`: its Via, From, To, Call-ID and CSeq lines as they came. */
export function answer(request: string, status: string): string {
  let head = `SIP/2.0 ${status}\r\n`;
  for (const line of request.slice(0, request.indexOf(END_OF_HEAD)).split("\r\n")) {
    if (/^(Via|From|Call-ID|CSeq|Record-Route):/i.test(line)) head += `${line}\r\n`;
    else if (/^To:/i.test(line)) head += line.includes(";tag=") ? `${line}\r\n` : `${line};tag=load\r\n`;
  }
  return `${head}Content-Length: 0\r\n\r\n`;
}

/** The value of one header of a message, empty when absent. */
export function header(message: string, name: string): string {
  const at = message.indexOf(`\r\n${name}: `);
  if (at < 0) return "";
  const start = at + name.length + 4;
  return message.slice(start, message.indexOf("\r\n", start));
}
