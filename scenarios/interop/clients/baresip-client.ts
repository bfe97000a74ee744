import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { eventually } from "../../harness/eventually.ts";
import { freePorts, PeerProcess, peerFolder } from "../../harness/peers.ts";

const MODULES = "/usr/lib/baresip/modules";

export interface BaresipOptions {
  /** `carl@kam.example` */
  readonly address: string;
  /** Where its server takes SIP over TCP. */
  readonly serverPort: number;
  /** Whom it watches, from the beginning, and writes to. */
  readonly contact: string;
}

/** baresip without any device: commands by its control port, what it sees by its output, which traces SIP. */
export class BaresipClient {
  readonly #contact: string;
  readonly #process: PeerProcess;
  readonly #controlPort: number;
  readonly #folder: ReturnType<typeof peerFolder>;

  private constructor(
    contact: string,
    process: PeerProcess,
    at: { readonly controlPort: number; readonly folder: ReturnType<typeof peerFolder> },
  ) {
    this.#contact = contact;
    this.#process = process;
    this.#controlPort = at.controlPort;
    this.#folder = at.folder;
  }

  /** Registers, publishes that the user is online, and asks to see the contact. */
  static async signIn({ address, serverPort, contact }: BaresipOptions): Promise<BaresipClient> {
    const folder = peerFolder();
    const [controlPort = 0] = await freePorts(1);
    const modules = ["account", "contact", "menu", "presence", "ctrl_tcp"].map((name) => `module_app ${name}.so`);
    const config = ["poll_method epoll", "sip_listen 127.0.0.1:0", `module_path ${MODULES}`, ...modules];
    const server = `outbound="sip:127.0.0.1:${serverPort};transport=tcp"`;
    const files = {
      config: [...config, `ctrl_tcp_listen 127.0.0.1:${controlPort}`],
      accounts: [`<sip:${address};transport=tcp>;auth_pass=none;${server};regint=600;pubint=600`],
      contacts: [`<sip:${contact}>;presence=p2p`],
    };
    for (const [name, lines] of Object.entries(files)) writeFileSync(join(folder.path, name), `${lines.join("\n")}\n`);
    const process = new PeerProcess(["/usr/bin/baresip", "-f", folder.path, "-s"], { log: join(folder.path, "log") });
    const client = new BaresipClient(contact, process, { controlPort, folder });
    await process.printed(/\d+ PUBLISH\r?\n(?:.*\r?\n)*SIP-ETag|SIP-ETag(?:.*\r?\n)*.*PUBLISH/);
    return client;
  }

  /** Writes to the contact. */
  async say(body: string): Promise<void> {
    await this.#command("message", body);
  }

  async show(state: "online" | "offline"): Promise<void> {
    await this.#command(`presence_${state}`, "");
  }

  async hears(body: string): Promise<void> {
    await this.#process.printed(new RegExp(`^${RegExp.escape(body)}`, "m"));
  }

  /** Waits until the contact is seen so. */
  async sees(state: "Online" | "Busy" | "Offline"): Promise<void> {
    const shown = new RegExp(`${state}.*<sip:${RegExp.escape(this.#contact)}>`);
    await eventually(async () => assert.match(await this.#command("contacts", ""), shown));
  }

  async end(): Promise<void> {
    await this.#process.stop();
    this.#folder.remove();
  }

  /** A netstring of JSON (its module ctrl_tcp); answered with another. */
  async #command(command: string, params: string): Promise<string> {
    const text = JSON.stringify({ command, params });
    const socket = connect({ host: "127.0.0.1", port: this.#controlPort });
    await once(socket, "connect");
    socket.write(`${Buffer.byteLength(text)}:${text},`);
    const [answer] = (await once(socket, "data")) as [Buffer];
    socket.destroy();
    if (!answer.includes('"ok":true')) throw new Error(`baresip answers ${answer}`);
    return answer.toString("utf8");
  }
}
