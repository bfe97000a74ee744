import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { eventually } from "../../harness/peers.ts";
import type { PersonsClient, SignIn } from "./persons-client.ts";

type Seen = Readonly<Record<string, string | number>>;

/** slixmpp in a Python process of its own. */
export class SlixmppClient implements PersonsClient {
  readonly #child: ChildProcess;
  readonly #seen: Seen[] = [];
  #rest = "";
  #errors = "";

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => this.#hear(chunk));
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      this.#errors += chunk;
    });
  }

  /** Signs in over STARTTLS with the certificate checked, gets the roster and is available. */
  static async signIn(login: SignIn): Promise<SlixmppClient> {
    const script = join(import.meta.dirname, "slixmpp_client.py");
    const args = [script, login.jid, login.password, String(login.port), login.authorityFile];
    const client = new SlixmppClient(spawn("/usr/bin/python3", args, { stdio: ["pipe", "pipe", "pipe"] }));
    await client.#wait((event) => event.kind === "ready");
    return client;
  }

  async say(to: string, body: string): Promise<void> {
    this.#child.stdin?.write(`${JSON.stringify({ to, body })}\n`);
  }

  async watch(contact: string): Promise<void> {
    this.#child.stdin?.write(`${JSON.stringify({ to: contact, presence: "subscribe" })}\n`);
  }

  async hears(sender: string, body: string): Promise<void> {
    await this.#wait((event) => event.kind === "message" && event.sender === sender && event.body === body);
  }

  async sees(contact: string): Promise<void> {
    await this.#wait((event) => event.sender === contact && event.type === "available");
  }

  async end(): Promise<void> {
    if (this.#child.exitCode === null) this.#child.kill("SIGTERM");
  }

  async #wait(fits: (event: Seen) => boolean): Promise<void> {
    await eventually(() => {
      if (!this.#seen.some(fits)) throw new Error(`slixmpp saw ${JSON.stringify(this.#seen)}\n${this.#errors}`);
    }, 10_000);
  }

  #hear(chunk: string): void {
    const lines = (this.#rest + chunk).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#seen.push(JSON.parse(line) as Seen);
  }
}
