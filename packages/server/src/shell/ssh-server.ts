import type { SignIn } from "@interpres/admin-api";
import { type Broke, bind, type Clock, type Logger, type Timer } from "@interpres/runtime";
import type { AdministratorTable, AuditTable } from "@interpres/store";
import ssh2, { type AuthContext, type Connection } from "ssh2";
import type { PasswordSignIn } from "../admin/account/password-sign-in.ts";
import type { ShellNode } from "./shell-node.ts";
import { serveSessions } from "./ssh-session.ts";

export interface SshServerParts {
  /** OpenSSH private key. */
  readonly hostKey: string;
  readonly node: ShellNode;
  readonly signIn: PasswordSignIn;
  readonly administrators: AdministratorTable;
  readonly audit: AuditTable;
  readonly clock: Clock;
  readonly log: Logger;
}

const MOST_CONNECTIONS = 32;
const SIGN_IN_LIMIT_MS = 60_000;
const MOST_ATTEMPTS = 6;
const LONGEST_NAME = 255;
const LONGEST_PASSWORD = 1024;
const KEEPALIVE_MS = 30_000;

/** The administrator's shell over SSH (RFC 4252, RFC 4254): password sign-in, sessions with shell and exec, nothing else. */
export class SshServer {
  readonly #parts: SshServerParts;
  readonly #connections = new Set<Connection>();
  #server: ssh2.Server | undefined;

  constructor(parts: SshServerParts) {
    this.#parts = parts;
  }

  /** Rejects when the address is taken or not ours; `close` may follow a failure, and another `listen` a `close`. */
  async listen(
    address: { readonly host: string; readonly port: number },
    broke: Broke,
  ): Promise<{ readonly port: number }> {
    const { hostKey, log } = this.#parts;
    const config = { hostKeys: [hostKey], ident: "Interpres", keepaliveInterval: KEEPALIVE_MS };
    const server = new ssh2.Server(config, (connection, { ip }) => this.#accept(connection, ip));
    server.maxConnections = MOST_CONNECTIONS;
    this.#server = server;
    return { port: await bind(server, address, { log, broke }) };
  }

  /** Ends open sessions too. */
  close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      server.close(() => resolve());
      for (const connection of this.#connections) connection.end();
    });
  }

  #accept(connection: Connection, address: string): void {
    const { clock, log } = this.#parts;
    this.#connections.add(connection);
    const late = clock.after(SIGN_IN_LIMIT_MS, () => connection.end());
    connection.on("error", (error: Error) => log.debug("shell.connection-failed", { address, reason: error.message }));
    connection.on("close", () => {
      late.cancel();
      this.#connections.delete(connection);
    });
    const attempts = { left: MOST_ATTEMPTS };
    connection.on("authentication", (context) => this.#authenticate(context, { connection, address, attempts, late }));
  }

  #authenticate(context: AuthContext, { connection, address, attempts, late }: Arrival): void {
    if (context.method !== "password") {
      context.reject(["password"]);
      return;
    }
    attempts.left -= 1;
    const { username: name, password } = context;
    void this.#signIn({ name, password }, address).then((isRight) => {
      if (isRight) {
        late.cancel();
        this.#serve(connection, name);
        context.accept();
        return;
      }
      context.reject(["password"]);
      if (attempts.left === 0) connection.end();
    });
  }

  /** What goes wrong in the check lets nobody in. */
  async #signIn(given: SignIn, address: string): Promise<boolean> {
    const { signIn, audit, log } = this.#parts;
    try {
      const isPossible = given.password.length <= LONGEST_PASSWORD && given.name.length <= LONGEST_NAME;
      const outcome = isPossible ? await signIn.attempt(given, address) : { kind: "wrong" };
      if (outcome.kind !== "right") return false;
      await audit.record({ actor: given.name, action: "sign-in", resource: "shell", after: { address } });
      return true;
    } catch (error) {
      log.error("shell.sign-in-failed", { address, reason: error instanceof Error ? error.message : String(error) });
      return false;
    }
  }

  #serve(connection: Connection, name: string): void {
    const { node, administrators, clock, log } = this.#parts;
    const role = async () => (await administrators.find(name))?.role;
    serveSessions(connection, { node, actor: name, role, clock, log });
  }
}

interface Arrival {
  readonly connection: Connection;
  readonly address: string;
  readonly attempts: { left: number };
  /** Ends a connection that does not sign in. */
  readonly late: Timer;
}
