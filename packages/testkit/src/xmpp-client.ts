import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import { connect as connectTcp, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import { systemClock } from "@interpres/runtime";
import {
  attribute,
  child,
  childrenNamed,
  type Element,
  el,
  elements,
  NS,
  serializeElement,
  serializeStreamHeader,
  text,
  XmlStreamParser,
} from "@interpres/xmpp/xml";
import { within } from "./within.ts";

/** How far a client shall go by itself. */
export interface XmppLogin {
  /** Localpart. */
  readonly user: string;
  readonly password: string;
  readonly resource?: string;
  readonly mechanism?: "PLAIN" | "SCRAM-SHA-1" | "SCRAM-SHA-256";
}

export interface XmppClientOptions {
  readonly host?: string;
  readonly port: number;
  /** The `to` of the stream. */
  readonly domain: string;
  /** For the handshake; without it any certificate passes. */
  readonly tls?: ConnectionOptions;
}

/** What a wait looks for; it takes the element out of those received. */
export type ElementPredicate = (element: Element) => boolean;

const WAIT_MS = 5000;
const LIMITS = { stanzaBytes: 10_000_000, depth: 200, attributes: 200 };

interface Waiter {
  readonly predicate: ElementPredicate;
  readonly found: (element: Element) => void;
  readonly failed: (error: Error) => void;
}

/**
 * A small client to script: each step of a stream can be done by itself, or all with `login`. Everything received waits
 * in order until some `waitFor` takes it; `send` takes elements or raw text, so that a test can misbehave.
 */
export class XmppClient {
  readonly domain: string;
  /** Set by `bind`. */
  jid = "";
  /** What came and nobody waited for yet, oldest first. */
  readonly received: Element[] = [];
  /** The condition of the `<stream:error/>` that came, if any. */
  streamError: string | undefined;
  /** Stanzas received since `enableManagement`, for `<a h/>`. */
  handled = 0;
  /** Whether `<r/>` is answered at once. */
  acknowledges: "always" | "never" = "always";
  /** Settles when the connection is over. */
  readonly ended: Promise<void>;
  readonly #options: XmppClientOptions;
  #socket: Socket;
  #parser: XmlStreamParser;
  #waiters: Waiter[] = [];
  #isManaged = false;
  #ids = 0;
  #finish: () => void = () => undefined;
  /** Why nothing more will come. */
  #end: string | undefined;

  private constructor(socket: Socket, options: XmppClientOptions) {
    this.domain = options.domain;
    this.#options = options;
    this.#socket = socket;
    this.ended = new Promise((resolve) => {
      this.#finish = resolve;
    });
    this.#parser = this.#newParser();
    this.#listen(socket);
  }

  /** Connects over TCP and sends nothing yet. */
  static connect(options: XmppClientOptions): Promise<XmppClient> {
    const connected = new Promise<XmppClient>((resolve, reject) => {
      const socket = connectTcp({ host: options.host ?? "127.0.0.1", port: options.port, noDelay: true });
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.off("error", reject);
        resolve(new XmppClient(socket, options));
      });
    });
    return within(connected, WAIT_MS, "no connection");
  }

  /** Connects, secures, authenticates and binds. */
  static async login(options: XmppClientOptions, login: XmppLogin): Promise<XmppClient> {
    const client = await XmppClient.connect(options);
    await client.openStream();
    await client.startTls();
    await client.authenticate(login);
    await client.bind(login.resource);
    return client;
  }

  /** Sends a stream header and settles with the features that come. */
  openStream(attributes: Readonly<Record<string, string>> = {}): Promise<Element> {
    this.#parser = this.#newParser();
    const all = { to: this.domain, version: "1.0", ...attributes };
    this.#socket.write(serializeStreamHeader(new Map(Object.entries(all)), NS.client));
    return this.waitFor((element) => element.namespace === NS.streams && element.name === "features");
  }

  /** Takes what comes next for a new stream; for those who send its header by themselves. */
  restart(): void {
    this.#parser = this.#newParser();
  }

  /** STARTTLS, the handshake and a new stream; settles with its features. */
  async startTls(): Promise<Element> {
    this.send(el("starttls", NS.tls, {}));
    await this.waitFor((element) => element.namespace === NS.tls && element.name === "proceed");
    await this.handshake();
    return this.openStream();
  }

  /** The TLS handshake alone. */
  handshake(): Promise<void> {
    this.#socket.removeAllListeners("data");
    const options = this.#options.tls ?? { rejectUnauthorized: false };
    const done = new Promise<void>((resolve, reject) => {
      const socket = connectTls({ servername: this.domain, ...options, socket: this.#socket }, () => {
        socket.off("error", reject);
        this.#socket = socket;
        this.#listen(socket);
        resolve();
      });
      socket.once("error", reject);
    });
    return within(done, WAIT_MS, "no handshake");
  }

  /** SASL and the new stream after it; rejects with the condition of the failure as message. */
  async authenticate(login: XmppLogin): Promise<Element> {
    const mechanism = login.mechanism ?? "SCRAM-SHA-256";
    if (mechanism === "PLAIN") await this.#authenticatePlain(login);
    else await this.#authenticateScram(login, mechanism === "SCRAM-SHA-1" ? "sha1" : "sha256");
    return this.openStream();
  }

  /** Binds a resource; settles with the full JID. */
  async bind(resource?: string): Promise<string> {
    const wish = resource === undefined ? [] : [el("resource", NS.bind, {}, resource)];
    const result = await this.request("set", el("bind", NS.bind, {}, ...wish));
    const bound = child(result, "bind", NS.bind);
    const jid = bound === undefined ? undefined : child(bound, "jid");
    if (jid === undefined) throw new Error(`no resource bound: ${serializeElement(result)}`);
    this.jid = text(jid);
    return this.jid;
  }

  /** XEP-0198 `<enable/>`; settles with `<enabled/>` or `<failed/>`. */
  async enableManagement(attributes: Readonly<Record<string, string>> = { resume: "true" }): Promise<Element> {
    this.send(el("enable", NS.streamManagement, attributes));
    this.handled = 0;
    this.#isManaged = true;
    return this.waitFor(
      (element) => element.namespace === NS.streamManagement && /^(enabled|failed)$/.test(element.name),
    );
  }

  /** XEP-0198 `<resume/>` in place of `bind`; settles with `<resumed/>` or `<failed/>`. */
  resume(previousId: string, handled: number): Promise<Element> {
    this.handled = handled;
    this.#isManaged = true;
    this.send(el("resume", NS.streamManagement, { previd: previousId, h: String(handled) }));
    return this.waitFor(
      (element) => element.namespace === NS.streamManagement && /^(resumed|failed)$/.test(element.name),
    );
  }

  /** Sends an IQ and settles with its result or error stanza. */
  request(type: "get" | "set", payload: Element, to?: string): Promise<Element> {
    const id = this.nextId();
    this.send(el("iq", NS.client, { type, id, to }, payload));
    return this.waitFor(
      (element) =>
        element.name === "iq" &&
        attribute(element, "id") === id &&
        /^(result|error)$/.test(attribute(element, "type") ?? ""),
    );
  }

  nextId(): string {
    this.#ids += 1;
    return `c${this.#ids}`;
  }

  send(what: Element | string | Uint8Array): void {
    if (typeof what === "string" || what instanceof Uint8Array) this.#socket.write(what);
    else this.#socket.write(serializeElement(what, NS.client));
  }

  /** Says how many stanzas were handled (XEP-0198 §4). */
  acknowledge(): void {
    this.send(el("a", NS.streamManagement, { h: String(this.handled) }));
  }

  /** The first element received, or still to come, that fits. Rejects after `timeoutMs`, or when the connection ends. */
  waitFor(predicate: ElementPredicate, timeoutMs: number = WAIT_MS): Promise<Element> {
    const at = this.received.findIndex(predicate);
    const [waiting] = at < 0 ? [] : this.received.splice(at, 1);
    if (waiting !== undefined) return Promise.resolve(waiting);
    if (this.#end !== undefined) return Promise.reject(new Error(this.#end));
    return new Promise((resolve, reject) => {
      const timer = systemClock.after(timeoutMs, () => this.#giveUp(waiter, `nothing fitting came in ${timeoutMs} ms`));
      const waiter: Waiter = {
        predicate,
        found: (element) => {
          timer.cancel();
          resolve(element);
        },
        failed: (error) => {
          timer.cancel();
          reject(error);
        },
      };
      this.#waiters.push(waiter);
    });
  }

  /** The stream error the server ends the stream with; rejects where it ends without one or not in time. */
  async waitForStreamError(timeoutMs: number = WAIT_MS): Promise<string> {
    if (this.streamError !== undefined) return this.streamError;
    const error = await this.waitFor(
      (element) => element.namespace === NS.streams && element.name === "error",
      timeoutMs,
    );
    return conditionOf(error);
  }

  /** Settles once the server closed the connection; rejects if it does not in time. */
  waitForEnd(timeoutMs: number = WAIT_MS): Promise<void> {
    return within(this.ended, timeoutMs, "the server did not close the connection");
  }

  /** Ends the stream (RFC 6120 §4.4); rejects if the server does not end it too. */
  close(): Promise<void> {
    this.#socket.end("</stream:stream>");
    return this.waitForEnd();
  }

  /** Cuts the connection, as a lost network does. */
  abort(): void {
    this.#socket.destroy();
  }

  /** Stops or goes on reading, as a slow client does. */
  pause(): void {
    this.#socket.pause();
  }

  resumeReading(): void {
    this.#socket.resume();
  }

  #listen(socket: Socket): void {
    socket.on("data", (octets: Buffer) => this.#parser.push(octets));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#closed());
  }

  #newParser(): XmlStreamParser {
    return new XmlStreamParser(
      {
        opened: () => undefined,
        element: (element) => this.#took(element),
        closed: () => this.#socket.end(),
        failed: (fault) => this.#closed(`the server's stream is ${fault}`),
      },
      LIMITS,
    );
  }

  #took(element: Element): void {
    if (element.namespace === NS.streams && element.name === "error") this.streamError = conditionOf(element);
    if (this.#isManaged && element.namespace === NS.client) this.handled += 1;
    if (element.namespace === NS.streamManagement && element.name === "r" && this.acknowledges === "always") {
      this.acknowledge();
      return;
    }
    const at = this.#waiters.findIndex(({ predicate }) => predicate(element));
    const [waiter] = at < 0 ? [] : this.#waiters.splice(at, 1);
    if (waiter === undefined) this.received.push(element);
    else waiter.found(element);
  }

  #closed(reason = `the connection ended${this.streamError === undefined ? "" : `: ${this.streamError}`}`): void {
    this.#end ??= reason;
    this.#finish();
    for (const waiter of this.#waiters.splice(0)) waiter.failed(new Error(reason));
  }

  #giveUp(waiter: Waiter, reason: string): void {
    this.#waiters = this.#waiters.filter((other) => other !== waiter);
    const seen = this.received.map((element) => serializeElement(element, NS.client)).join("\n");
    waiter.failed(new Error(`${reason}; received and not taken:\n${seen}`));
  }

  async #authenticatePlain({ user, password }: XmppLogin): Promise<void> {
    const response = Buffer.from(`\0${user}\0${password}`).toString("base64");
    this.send(el("auth", NS.sasl, { mechanism: "PLAIN" }, response));
    await this.#saslAnswer("success");
  }

  /** RFC 5802 §3, client's side; checks the server's signature. */
  async #authenticateScram({ user, password }: XmppLogin, hash: "sha1" | "sha256"): Promise<void> {
    const mechanism = hash === "sha1" ? "SCRAM-SHA-1" : "SCRAM-SHA-256";
    const firstBare = `n=${user.replaceAll("=", "=3D").replaceAll(",", "=2C")},r=${randomBytes(18).toString("base64")}`;
    this.send(el("auth", NS.sasl, { mechanism }, Buffer.from(`n,,${firstBare}`).toString("base64")));
    const challenge = await this.#saslAnswer("challenge");
    const [, nonce = "", salt = "", iterations = ""] = /^r=([^,]+),s=([^,]+),i=(\d+)$/.exec(challenge) ?? [];
    const keyOctets = hash === "sha1" ? 20 : 32;
    const salted = pbkdf2Sync(
      password.normalize("NFKC"),
      Buffer.from(salt, "base64"),
      Number(iterations),
      keyOctets,
      hash,
    );
    const sign = (key: Uint8Array, message: string): Buffer => createHmac(hash, key).update(message).digest();
    const clientKey = sign(salted, "Client Key");
    const withoutProof = `c=biws,r=${nonce}`;
    const transcript = `${firstBare},${challenge},${withoutProof}`;
    const signature = sign(createHash(hash).update(clientKey).digest(), transcript);
    const proof = Buffer.from(clientKey.map((octet, index) => octet ^ (signature[index] ?? 0))).toString("base64");
    this.send(el("response", NS.sasl, {}, Buffer.from(`${withoutProof},p=${proof}`).toString("base64")));
    const verifier = await this.#saslAnswer("success");
    const expected = `v=${sign(sign(salted, "Server Key"), transcript).toString("base64")}`;
    if (verifier !== expected) throw new Error("the server does not know the password");
  }

  async #saslAnswer(expected: "challenge" | "success"): Promise<string> {
    const answer = await this.waitFor((element) => element.namespace === NS.sasl);
    if (answer.name !== expected) throw new Error(elements(answer)[0]?.name ?? answer.name);
    return Buffer.from(text(answer), "base64").toString("utf8");
  }
}

function conditionOf(error: Element): string {
  return elements(error).find((node) => node.namespace === NS.streamErrors && node.name !== "text")?.name ?? "none";
}

/** The text of a message's body; undefined where it has none. */
export function bodyOf(message: Element): string | undefined {
  const [body] = childrenNamed(message, "body");
  return body === undefined ? undefined : text(body);
}
