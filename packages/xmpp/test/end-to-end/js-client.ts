import { type Client, client, type XmlElement } from "@xmpp/client";

const PATIENCE_MS = 20_000;

/** A client of xmpp.js that remembers what it got, so that a test can ask for it in any order. */
export class JsClient {
  readonly client: Client;
  readonly #got: XmlElement[] = [];
  #arrived: () => void = () => undefined;

  constructor(
    service: string,
    login: { readonly username: string; readonly resource: string; readonly password: string },
  ) {
    this.client = client({ service, domain: "local.example", ...login });
    this.client.reconnect.delay = 20;
    this.client.on("error", () => undefined);
    this.client.on("stanza", (stanza) => {
      this.#got.push(stanza);
      this.#arrived();
    });
  }

  /** Takes the first stanza that fits, now or when it comes; fails after twenty seconds. */
  async next(fits: (stanza: XmlElement) => boolean): Promise<XmlElement> {
    const deadline = AbortSignal.timeout(PATIENCE_MS);
    for (;;) {
      const at = this.#got.findIndex(fits);
      const [found] = at < 0 ? [] : this.#got.splice(at, 1);
      if (found !== undefined) return found;
      await new Promise<void>((resolve, reject) => {
        this.#arrived = resolve;
        const late = () => reject(new Error(`waited in vain; there is:\n${this.#got.join("\n")}`));
        deadline.addEventListener("abort", late, { once: true });
      });
    }
  }

  message(body: string): Promise<XmlElement> {
    return this.next((stanza) => stanza.name === "message" && stanza.getChildText("body") === body);
  }

  presence(from: string, type?: string): Promise<XmlElement> {
    return this.next(({ name, attrs }) => name === "presence" && attrs.from === from && attrs.type === type);
  }

  /** Breaks the connection under the client, and waits until it has resumed its session. */
  async breakAndResume(): Promise<void> {
    const resumed = new Promise<unknown>((resolve) => this.client.streamManagement.once("resumed", resolve));
    this.breakOff();
    await resumed;
  }

  /** Breaks the connection; over WebSocket that is a closing handshake without a word of XMPP (RFC 7395 §3.6). */
  breakOff(): void {
    const socket = this.client.socket?.socket;
    if (socket == null) return;
    if ("destroy" in socket) socket.destroy();
    else socket.close();
  }
}
