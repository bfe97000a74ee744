import type { Counter, Logger, Metrics } from "@interpres/runtime";
import type { AccountDirectory, BareJid, PasswordKeeper } from "@interpres/xmpp";
import { BoundedWork } from "./bounded-work.ts";
import { type DirectoryAccess, DirectoryError, type DirectorySource } from "./directory-source.ts";

export interface DirectoryPasswordsPorts {
  readonly accounts: Pick<AccountDirectory, "find">;
  readonly source: DirectorySource;
  readonly access: () => Promise<DirectoryAccess>;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** A directory is asked by so many sign-ins at once; a company's morning waits in line, a storm is turned away. */
const LIMITS = { running: 16, waiting: 512 } as const;

type Verdict = "right" | "wrong" | "unavailable";

/** Checks the passwords of users who come from the directory: whom it lets in with it has the right one (RFC 4513 §5.1.3). */
export class DirectoryPasswords implements PasswordKeeper {
  readonly #ports: DirectoryPasswordsPorts;
  readonly #work = new BoundedWork(LIMITS);
  readonly #results: Counter;
  #isDown = false;

  constructor(ports: DirectoryPasswordsPorts) {
    this.#ports = ports;
    this.#results = ports.metrics.counter(
      "interpres_directory_password_checks_total",
      "Passwords the directory was asked about, by what it said",
      ["result"],
    );
    ports.metrics.gauge("interpres_directory_checks_running", "Password checks under way", () => this.#work.running);
  }

  async check(user: BareJid, password: string): Promise<Verdict> {
    const verdict = this.#work.isFull ? "unavailable" : await this.#work.run(() => this.#ask(user, password));
    this.#results.add({ result: verdict });
    return verdict;
  }

  async #ask(user: BareJid, password: string): Promise<Verdict> {
    const origin = this.#ports.accounts.find(user)?.origin;
    if (origin === undefined) return "wrong";
    try {
      const access = await this.#ports.access();
      if (!access.settings.enabled) throw new DirectoryError("enabled", "the directory is switched off");
      const isRight = await this.#ports.source.isPassword(access, origin.dn, password);
      this.#answered();
      return isRight ? "right" : "wrong";
    } catch (error) {
      this.#failed(error);
      return "unavailable";
    }
  }

  #answered(): void {
    if (this.#isDown) this.#ports.log.info("directory.answered");
    this.#isDown = false;
  }

  /** Told once, not for everyone who waits. */
  #failed(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    if (!this.#isDown) this.#ports.log.warn("directory.unavailable", { reason });
    this.#isDown = true;
  }
}
