import { readFileSync } from "node:fs";
import { setDefaultCACertificates } from "node:tls";
import { type Client, client, type XmlElement, xml } from "@xmpp/client";
import { eventually } from "../../harness/eventually.ts";
import type { PersonsClient, SignIn } from "./persons-client.ts";

/** xmpp.js in this process. Its TLS takes no options, so it trusts the authority by the defaults of the process. */
export class XmppJsClient implements PersonsClient {
  readonly #client: Client;
  readonly #seen: XmlElement[] = [];

  private constructor(login: SignIn, service: string) {
    const [username = "", domain = ""] = login.jid.split("@");
    this.#client = client({ service, domain, username, password: login.password, resource: "js" });
    this.#client.on("error", () => undefined);
    this.#client.on("stanza", (stanza) => this.#seen.push(stanza));
  }

  /** Signs in over STARTTLS with the certificate checked, gets the roster and is available. */
  static signIn(login: SignIn): Promise<XmppJsClient> {
    return XmppJsClient.#signIn(login, `xmpp://127.0.0.1:${login.port}`);
  }

  /** The same by Node's own WebSocket, at `port`. */
  static signInByWebSocket(login: SignIn, port: number): Promise<XmppJsClient> {
    return XmppJsClient.#signIn(login, `wss://localhost:${port}/xmpp`);
  }

  static async #signIn(login: SignIn, service: string): Promise<XmppJsClient> {
    setDefaultCACertificates([readFileSync(login.authorityFile, "utf8")]);
    const signedIn = new XmppJsClient(login, service);
    try {
      await signedIn.#client.start();
    } catch (error) {
      // It would go on trying.
      await signedIn.end();
      throw error;
    }
    await signedIn.#client.send(xml("iq", { type: "get", id: "r1" }, xml("query", { xmlns: "jabber:iq:roster" })));
    await signedIn.#wait(({ name, attrs }) => name === "iq" && attrs.id === "r1" && attrs.type === "result");
    await signedIn.#client.send(xml("presence"));
    return signedIn;
  }

  async say(to: string, body: string): Promise<void> {
    await this.#client.send(xml("message", { to, type: "chat" }, xml("body", {}, body)));
  }

  async watch(contact: string): Promise<void> {
    await this.#client.send(xml("presence", { to: contact, type: "subscribe" }));
  }

  async hears(sender: string, body: string): Promise<void> {
    await this.#wait((stanza) => isFrom(stanza, sender) && stanza.getChildText("body") === body);
  }

  async sees(contact: string): Promise<void> {
    await this.#wait(
      (stanza) => stanza.name === "presence" && isFrom(stanza, contact) && stanza.attrs.type === undefined,
    );
  }

  async end(): Promise<void> {
    await this.#client.stop();
  }

  async #wait(fits: (stanza: XmlElement) => boolean): Promise<void> {
    await eventually(() => {
      if (!this.#seen.some(fits)) throw new Error(`xmpp.js saw\n${this.#seen.join("\n")}`);
    });
  }
}

function isFrom(stanza: XmlElement, bare: string): boolean {
  return String(stanza.attrs.from ?? "").replace(/\/.*/, "") === bare;
}
