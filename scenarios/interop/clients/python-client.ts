import { type ChildProcess, spawn } from "node:child_process";
import { eventually } from "../../harness/eventually.ts";
import type { PersonsClient } from "./persons-client.ts";

type Seen = Readonly<Record<string, string | number>>;

/** A client in a Python process of its own: commands in and events out are lines of JSON. */
export class PythonClient implements PersonsClient {
  readonly #child: ChildProcess;
  readonly #seen: Seen[] = [];
  #rest = "";
  #errors = "";

  /** The script and its arguments. */
  constructor(words: readonly string[]) {
    this.#child = spawn("/usr/bin/python3", words, { stdio: ["pipe", "pipe", "pipe"] });
    this.#child.stdout?.setEncoding("utf8").on("data", (chunk: string) => this.#hear(chunk));
    this.#child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      this.#errors += chunk;
    });
  }

  /** Rejects with what it saw when it does not sign in in time. */
  async ready(): Promise<void> {
    await this.wait((event) => event.kind === "ready");
  }

  async say(to: string, body: string): Promise<void> {
    this.tell({ to, body });
  }

  async watch(contact: string): Promise<void> {
    this.tell({ to: contact, presence: "subscribe" });
  }

  async hears(sender: string, body: string): Promise<void> {
    await this.wait((event) => event.kind === "message" && event.sender === sender && event.body === body);
  }

  async sees(contact: string, type: "available" | "unavailable" = "available"): Promise<void> {
    await this.wait((event) => event.sender === contact && event.type === type);
  }

  async end(): Promise<void> {
    if (this.#child.exitCode === null) this.#child.kill("SIGTERM");
  }

  protected tell(command: Readonly<Record<string, string>>): void {
    this.#child.stdin?.write(`${JSON.stringify(command)}\n`);
  }

  protected async wait(fits: (event: Seen) => boolean): Promise<void> {
    await eventually(() => {
      if (!this.#seen.some(fits)) throw new Error(`it saw ${JSON.stringify(this.#seen)}\n${this.#errors}`);
    });
  }

  /** Lines that are no JSON are its log. */
  #hear(chunk: string): void {
    const lines = (this.#rest + chunk).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line.startsWith("{")) this.#seen.push(JSON.parse(line) as Seen);
      else this.#errors += `${line}\n`;
    }
  }
}
