import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";

const END_OF_MESSAGE = Buffer.from("</message>");

/** A client that signs in like any other (STARTTLS, PLAIN, bind) and then moves octets without looking at most of them. */
export class XmppUser {
  readonly #socket: TLSSocket;
  #onMessage: (xml: string) => void = () => undefined;
  #onOctets: (chunk: Buffer) => void = () => undefined;
  #rest: Buffer = Buffer.alloc(0);

  private constructor(socket: TLSSocket) {
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    socket.on("error", () => socket.destroy());
  }

  static async signIn(at: {
    readonly port: number;
    readonly jid: string;
    readonly password: string;
  }): Promise<XmppUser> {
    const [user = "", domain = ""] = at.jid.split("@");
    const plain = connect(at.port, "127.0.0.1");
    await once(plain, "connect");
    const open = `<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='${domain}' version='1.0'>`;
    await say(plain, open, "</stream:features>");
    await say(plain, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", "<proceed");
    const socket = connectTls({ socket: plain, rejectUnauthorized: false, servername: domain });
    await once(socket, "secureConnect");
    socket.setNoDelay(true);
    await say(socket, open, "</stream:features>");
    const secret = Buffer.from(`\0${user}\0${at.password}`).toString("base64");
    await say(socket, `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${secret}</auth>`, "<success");
    await say(socket, open, "</stream:features>");
    const bind =
      "<iq id='b' type='set'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>load</resource></bind></iq>";
    await say(socket, bind, "</jid>");
    await say(socket, "<presence/>", "<presence");
    return new XmppUser(socket);
  }

  onMessage(handler: (xml: string) => void): void {
    this.#onMessage = handler;
  }

  /** Everything that comes, as it comes. */
  onOctets(handler: (chunk: Buffer) => void): void {
    this.#onOctets = handler;
  }

  write(xml: string): void {
    this.#socket.write(xml);
  }

  end(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#onOctets(chunk);
    const data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let start = 0;
    for (let end = data.indexOf(END_OF_MESSAGE); end >= 0; end = data.indexOf(END_OF_MESSAGE, start)) {
      const stop = end + END_OF_MESSAGE.length;
      this.#onMessage(data.toString("latin1", start, stop));
      start = stop;
    }
    this.#rest = data.subarray(start);
  }
}

/** Writes and waits until `until` was read; nothing else may be under way. */
async function say(socket: Socket, text: string, until: string): Promise<string> {
  let heard = "";
  const done = new Promise<string>((resolve, reject) => {
    const onData = (chunk: Buffer): void => {
      heard += chunk.toString("utf8");
      if (/<stream:error|<failure/.test(heard)) reject(new Error(heard));
      if (!heard.includes(until)) return;
      socket.off("data", onData);
      resolve(heard);
    };
    socket.on("data", onData);
    socket.once("close", () => reject(new Error(`closed after ${heard}`)));
  });
  socket.write(text);
  return await done;
}
