import { type Client, client, type XmlElement, xml } from "@xmpp/client";
import { eventually } from "../../harness/eventually.ts";
import { PASSWORD, type XmppHost } from "./xmpp-host.ts";

/** A user of somebody's XMPP server, by xmpp.js. */
export class HostUser {
  readonly jid: string;
  readonly #client: Client;
  #seen: XmlElement[] = [];

  private constructor(jid: string, connected: Client) {
    this.jid = jid;
    this.#client = connected;
    connected.on("error", () => undefined);
    connected.on("stanza", (stanza) => this.#seen.push(stanza));
  }

  /** Signs in, asks for the roster and is available. */
  static async signIn(host: XmppHost, username: string): Promise<HostUser> {
    const { domain, clientPort } = host;
    const service = `xmpp://127.0.0.1:${clientPort}`;
    const connected = client({ service, domain, username, password: PASSWORD, resource: "desk" });
    const user = new HostUser(`${username}@${domain}`, connected);
    await connected.start();
    connected.reconnect.stop();
    await connected.iqCaller.get(xml("query", "jabber:iq:roster"));
    await connected.send(xml("presence"));
    return user;
  }

  presence(type: string, to: string): Promise<void> {
    return this.#client.send(xml("presence", { to, type }));
  }

  show(show: string): Promise<void> {
    return this.#client.send(xml("presence", {}, xml("show", {}, show)));
  }

  say(to: string, body: string): Promise<void> {
    return this.#client.send(xml("message", { to, type: "chat", id: body }, xml("body", {}, body)));
  }

  type(to: string, state: "composing" | "active"): Promise<void> {
    const content = xml(state, "http://jabber.org/protocol/chatstates");
    return this.#client.send(xml("message", { to, type: "chat" }, content));
  }

  ask(to: string, namespace: string): Promise<XmlElement | undefined> {
    return this.#client.iqCaller.get(xml("query", namespace), to);
  }

  /** Waits for a stanza from this bare JID, and takes it and all before it away. */
  async got(from: string, fits: (stanza: XmlElement) => boolean): Promise<XmlElement> {
    let found: XmlElement | undefined;
    await eventually(() => {
      const at = this.#seen.findIndex((stanza) => bareOf(stanza) === from && fits(stanza));
      found = this.#seen[at];
      if (found === undefined) throw new Error(`${this.jid} saw\n${this.#seen.join("\n")}`);
      this.#seen = this.#seen.slice(at + 1);
    });
    if (found === undefined) throw new Error("unreachable");
    return found;
  }

  async gotPresence(from: string, type?: string): Promise<void> {
    await this.got(from, ({ name, attrs }) => name === "presence" && attrs.type === type);
  }

  async gotText(from: string, body: string): Promise<void> {
    await this.got(from, (stanza) => stanza.name === "message" && stanza.getChildText("body") === body);
  }

  async end(): Promise<void> {
    this.#client.reconnect.stop();
    await this.#client.stop();
  }
}

function bareOf({ attrs }: XmlElement): string {
  return String(attrs.from ?? "").replace(/\/.*/, "");
}
