import { once } from "node:events";
import { systemClock } from "@interpres/runtime";
import { WebSocket } from "ws";
import {
  attribute,
  type Element,
  el,
  isXmlProblem,
  NS,
  parseDocument,
  serializeElement,
  text,
} from "../src/xml/index.ts";

const WAIT_MS = 5000;

export interface FrameClientOptions {
  readonly url: string;
  readonly ca: string;
  readonly protocols?: readonly string[];
  readonly origin?: string;
}

/** What came of a handshake that was refused. */
export class Refused extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`refused with ${status}`);
    this.status = status;
  }
}

/** Opens a WebSocket; rejects with `Refused` where it is not accepted. */
export async function openFrameClient(options: FrameClientOptions): Promise<FrameClient> {
  const { url, ca, protocols = ["xmpp"], origin } = options;
  const webSocket = new WebSocket(url, [...protocols], { ca, ...(origin === undefined ? {} : { origin }) });
  const client = new FrameClient(webSocket);
  await new Promise<void>((resolve, reject) => {
    webSocket.once("open", resolve);
    webSocket.once("error", reject);
    webSocket.once("unexpected-response", (_request, response) => reject(new Refused(response.statusCode ?? 0)));
  });
  return client;
}

/** A WebSocket to script: sends what it is told, keeps each text message that comes as it came. */
export class FrameClient {
  readonly webSocket: WebSocket;
  /** All frames that came, as text. */
  readonly frames: string[] = [];
  isClosed = false;
  jid = "";
  #closeCode: number | undefined;
  #taken = 0;
  #wake: () => void = () => undefined;

  constructor(webSocket: WebSocket) {
    this.webSocket = webSocket;
    webSocket.on("message", (data: Buffer) => {
      this.frames.push(data.toString("utf8"));
      this.#wake();
    });
    webSocket.on("error", () => undefined);
    webSocket.on("close", (code) => {
      this.isClosed = true;
      this.#closeCode = code;
      this.#wake();
    });
  }

  /** The code of the close frame; 1006 where there was none. */
  async closeCode(): Promise<number> {
    if (this.#closeCode === undefined) await once(this.webSocket, "close", { signal: AbortSignal.timeout(WAIT_MS) });
    return this.#closeCode ?? 0;
  }

  send(frame: string | Element): void {
    this.webSocket.send(typeof frame === "string" ? frame : serializeElement(frame));
  }

  /** The next frame nobody has taken yet. */
  async next(): Promise<Element> {
    const late = systemClock.after(WAIT_MS, () => {
      this.isClosed = true;
      this.#wake();
    });
    while (this.frames.length === this.#taken) {
      if (this.isClosed) throw new Error(`nothing came behind\n${this.frames.join("\n")}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    late.cancel();
    const frame = this.frames[this.#taken] ?? "";
    this.#taken += 1;
    const element = parseDocument(frame);
    if (isXmlProblem(element)) throw new Error(`${element.fault}: ${frame}`);
    return element;
  }

  async nextNamed(name: string): Promise<Element> {
    for (;;) {
      const element = await this.next();
      if (element.name === name) return element;
    }
  }

  /** The condition of the next stream error. */
  async streamError(): Promise<string> {
    const error = await this.nextNamed("error");
    const [condition] = error.children;
    return condition === undefined || typeof condition === "string" ? "" : condition.name;
  }

  /** Opens a stream; settles with its features. */
  async open(to = "example.com"): Promise<Element> {
    this.send(el("open", NS.framing, { to, version: "1.0" }));
    await this.nextNamed("open");
    return this.next();
  }

  /** SASL PLAIN and the new stream after it. */
  async authenticate(user: string, password = "pencil"): Promise<Element> {
    const secret = Buffer.from(`\0${user}\0${password}`).toString("base64");
    this.send(el("auth", NS.sasl, { mechanism: "PLAIN" }, secret));
    const answer = await this.next();
    if (answer.name !== "success") throw new Error(serializeElement(answer));
    return this.open();
  }

  async bind(resource?: string): Promise<void> {
    const wanted = resource === undefined ? [] : [el("resource", NS.bind, {}, resource)];
    this.send(el("iq", NS.client, { type: "set", id: "bind" }, el("bind", NS.bind, {}, ...wanted)));
    const answer = await this.nextNamed("iq");
    const [bound] = answer.children;
    const [jid] = typeof bound === "object" ? bound.children : [];
    if (attribute(answer, "type") !== "result" || typeof jid !== "object") throw new Error(serializeElement(answer));
    this.jid = text(jid);
  }

  async signIn(user: string, resource?: string): Promise<void> {
    await this.open();
    await this.authenticate(user);
    await this.bind(resource);
  }

  /** Gone without a word. */
  abort(): void {
    this.webSocket.terminate();
  }
}
