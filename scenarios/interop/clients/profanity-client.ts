import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "../../harness/eventually.ts";
import { peerFolder } from "../../harness/peers.ts";
import type { PersonsClient, SignIn } from "./persons-client.ts";

const SESSION = "profanity";

/** profanity in a terminal of its own: a tmux server on a socket in its own folder, keys in, screen out. */
export class ProfanityClient implements PersonsClient {
  readonly #folder = peerFolder();

  private constructor() {
    mkdirSync(join(this.#folder.path, "home"));
  }

  /** Signs in over STARTTLS; it is told to trust the certificate, for it takes no authority of ours. */
  static async signIn(login: SignIn): Promise<ProfanityClient> {
    const client = new ProfanityClient();
    const home = join(client.#folder.path, "home");
    const environment = `HOME=${home} XDG_CONFIG_HOME=${home}/config XDG_DATA_HOME=${home}/data LC_ALL=C.UTF-8`;
    const run = `env ${environment} TERM=screen profanity`;
    client.#tmux("new-session", "-d", "-s", SESSION, "-x", "160", "-y", "50", run);
    await client.#shows(/Profanity|\/help/);
    await client.#type(`/connect ${login.jid} server 127.0.0.1 port ${login.port} tls trust`);
    await client.#shows(/password/i);
    await client.#type(login.password);
    await client.#shows(/logged in successfully/);
    return client;
  }

  async say(to: string, body: string): Promise<void> {
    await this.#type(`/msg ${to} ${body}`);
  }

  async watch(contact: string): Promise<void> {
    await this.#type(`/sub request ${contact}`);
  }

  async hears(sender: string, body: string): Promise<void> {
    await this.#type(`/msg ${sender}`);
    await this.#shows(new RegExp(body));
  }

  async sees(contact: string): Promise<void> {
    await this.#type("/win 1");
    await this.#shows(new RegExp(`${contact}[^\\n]*is (online|chat)`));
  }

  async end(): Promise<void> {
    try {
      this.#tmux("kill-server");
    } finally {
      this.#folder.remove();
    }
  }

  get screen(): string {
    return this.#tmux("capture-pane", "-p", "-t", SESSION);
  }

  async #type(line: string): Promise<void> {
    this.#tmux("send-keys", "-t", SESSION, "-l", line);
    this.#tmux("send-keys", "-t", SESSION, "Enter");
    await pause(100);
  }

  async #shows(expected: RegExp): Promise<void> {
    await eventually(() => {
      if (!expected.test(this.screen)) throw new Error(`the screen does not show ${expected}\n${this.screen}`);
    });
  }

  #tmux(...args: readonly string[]): string {
    const socket = join(this.#folder.path, "tmux");
    return execFileSync("/usr/bin/tmux", ["-S", socket, "-f", "/dev/null", ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  }
}
