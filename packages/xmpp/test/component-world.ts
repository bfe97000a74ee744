import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { silentLogger } from "@interpres/runtime";
import { FakeClock, SeededRandom, within } from "@interpres/testkit";
import {
  type Attachment,
  Attachments,
  type BareJid,
  type DeliveryOutcome,
  makeMessage,
  parseBareJid,
  type Stanza,
} from "../src/index.ts";
import { attribute, type Element, el, NS, serializeElement, XmlStreamParser } from "../src/xml/index.ts";

export const SECRET = "geheïm & <co>";
export const USERS = "corp.example";
export const FOREIGN = "contoso.example";
export const ALICE = `alice@${USERS}`;
export const BOB = `bob@${FOREIGN}`;
const LIMITS = { stanzaBytes: 1_000_000, depth: 100, attributes: 100 };
const WAIT_MS = 5000;

/** An XMPP server's side of one component stream; it does what the test says and nothing else. */
export class HostStream {
  /** The component's stream header. */
  root: Element | undefined;
  readonly ended: Promise<unknown>;
  readonly #socket: Socket;
  readonly #received: Element[] = [];
  #news = Promise.withResolvers<void>();

  constructor(socket: Socket) {
    this.#socket = socket;
    this.ended = new Promise((ended) => socket.once("close", ended));
    const parser = new XmlStreamParser(
      {
        opened: (root) => {
          this.root = root;
          this.#tell();
        },
        element: (element) => {
          this.#received.push(element);
          this.#tell();
        },
        closed: () => socket.end(),
        failed: (fault) => socket.destroy(new Error(fault)),
      },
      LIMITS,
    );
    socket.on("data", (octets: Buffer) => parser.push(octets));
    socket.on("error", () => undefined);
  }

  async header(): Promise<Element> {
    while (this.root === undefined) await this.#more("no header");
    return this.root;
  }

  /** The next first-level element. */
  async next(): Promise<Element> {
    while (this.#received.length === 0) await this.#more("nothing more came");
    return this.#received.shift() as Element;
  }

  /** The next one but for pings, which wait for `answerPing`. */
  async text(): Promise<string> {
    return serializeElement(await this.next(), NS.component);
  }

  send(text: string): void {
    this.#socket.write(text);
  }

  open(id = "3BF96D32", namespace: string = NS.component): void {
    this.send(`<stream:stream xmlns:stream='${NS.streams}' xmlns='${namespace}' from='${FOREIGN}' id='${id}'>`);
  }

  /** Takes the component without looking at its credentials. */
  async accept(): Promise<void> {
    await this.header();
    this.open();
    await this.next();
    this.send("<handshake/>");
  }

  /** Answers the ping that comes next. */
  async answerPing(type = "result"): Promise<void> {
    const ping = await this.next();
    if (ping.name !== "iq") throw new Error(`no ping: ${serializeElement(ping)}`);
    this.send(`<iq type='${type}' id='${attribute(ping, "id")}' from='${USERS}' to='${FOREIGN}'/>`);
  }

  stopReading(): void {
    this.#socket.pause();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #tell(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }

  #more(what: string): Promise<void> {
    return within(this.#news.promise, WAIT_MS, what);
  }
}

/** Attachments to a server of ours, a gateway that writes down what it is told, and time that moves when told. */
export class ComponentWorld {
  readonly clock = new FakeClock();
  readonly told: string[] = [];
  readonly refused: Stanza[] = [];
  /** After how many milliseconds each lost link was to be tried again. */
  readonly retries: number[] = [];
  /** Stanzas for the journal that have not been taken yet, when `takes` is "later". */
  readonly untaken: (() => void)[] = [];
  takes: "at-once" | "later" | "fails" = "at-once";
  readonly attachments: Attachments;
  readonly #server: Server;
  readonly #streams: HostStream[] = [];
  #news = Promise.withResolvers<void>();

  private constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket) => {
      this.#streams.push(new HostStream(socket));
      this.#tell();
    });
    const say = (words: string): void => {
      this.told.push(words);
      this.#tell();
    };
    const gateway = {
      takes: (domain: string) => domain === FOREIGN,
      message: (stanza: Stanza, taken: () => void) => {
        if (this.takes === "fails") throw new Error("a mistake of ours");
        say(flow(stanza));
        if (this.takes === "at-once") taken();
        else this.untaken.push(taken);
      },
      presence: (stanza: Stanza) => say(flow(stanza)),
      iq: (stanza: Stanza) => say(flow(stanza)),
      permissionsChanged: () => undefined,
      refuse: () => undefined,
      usersReturned: (isMeant: (user: BareJid, contact: BareJid) => boolean) =>
        say(`returned ${isMeant(bare(ALICE), bare(BOB))}`),
      usersWithdrawn: (isMeant: (user: BareJid, contact: BareJid) => boolean) =>
        say(`withdrawn ${isMeant(bare(ALICE), bare(BOB))}`),
      presenceLost: (user: BareJid, contact: BareJid) => say(`lost ${user} ${contact}`),
    };
    this.attachments = new Attachments({
      clock: this.clock,
      random: new SeededRandom(),
      log: {
        ...silentLogger,
        warn: (event, fields) => {
          if (event === "attachment.link-lost") this.retries.push(Number(fields?.retryInMs));
          this.#tell();
        },
      },
      tap: { flow: () => undefined },
      gateway: () => gateway,
      foreignSender: (stanza) => {
        this.refused.push(stanza);
        this.#tell();
      },
    });
  }

  static async start(changes: Partial<Attachment> = {}): Promise<ComponentWorld> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const world = new ComponentWorld(server);
    world.attachments.apply([{ ...world.attachment, ...changes }]);
    world.attachments.start();
    return world;
  }

  get attachment(): Attachment {
    const address = this.#server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const domains = { localDomains: [USERS], components: [FOREIGN] };
    return { name: "corp", host: "127.0.0.1", port, secret: SECRET, ...domains };
  }

  /** The next connection that came. */
  async connection(): Promise<HostStream> {
    while (this.#streams.length === 0) await within(this.#news.promise, WAIT_MS, "no connection");
    return this.#streams.shift() as HostStream;
  }

  /** A connection whose handshake is done on both sides. */
  async linked(): Promise<HostStream> {
    const stream = await this.connection();
    await stream.accept();
    await this.heard("returned true");
    return stream;
  }

  /** Waits until the gateway was told this, and forgets all before it. */
  async heard(words: string): Promise<void> {
    await this.until(() => this.told.includes(words), `the gateway did not hear "${words}" but ${this.told}`);
    this.told.splice(0, this.told.indexOf(words) + 1);
  }

  async until(holds: () => boolean, what: string): Promise<void> {
    const end = performance.now() + WAIT_MS;
    while (!holds()) {
      if (performance.now() > end) throw new Error(what);
      await Promise.race([this.#news.promise, new Promise((turn) => setImmediate(turn))]);
    }
  }

  get standing() {
    const [link] = this.attachments.links;
    if (link === undefined) throw new Error("no link");
    return link.standing;
  }

  deliver(body: string, to = ALICE): Promise<DeliveryOutcome> {
    const message = makeMessage(
      { type: "chat", id: body, from: bare(BOB), to: bare(to) },
      el("body", NS.client, {}, body),
    );
    return new Promise((settled) => this.attachments.deliver(message, settled));
  }

  async end(): Promise<void> {
    this.attachments.stop();
    for (const stream of this.#streams) stream.destroy();
    this.#server.close();
    this.clock.advance(10_000);
  }

  #tell(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }
}

export function bare(text: string): BareJid {
  const jid = parseBareJid(text);
  if (jid === undefined) throw new Error(`no JID: ${text}`);
  return jid;
}

function flow({ kind, type, from, to }: Stanza): string {
  return `${kind} ${type} ${from} > ${to}`;
}
