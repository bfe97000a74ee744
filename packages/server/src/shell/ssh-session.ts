import { StringDecoder } from "node:string_decoder";
import type { Clock, Timer } from "@interpres/runtime";
import type { Connection, ServerChannel, Session } from "ssh2";
import { assistance } from "./assistance.ts";
import { EditingTerminal } from "./editing-terminal.ts";
import { PlainTerminal } from "./plain-terminal.ts";
import { ShellSession, type ShellSessionParts } from "./shell-session.ts";
import { IDLE_MS, IDLE_NOTICE, type Terminal, type TextChannel } from "./terminal.ts";

export type SessionParts = Omit<ShellSessionParts, "terminal"> & { readonly clock: Clock };

const USUAL_COLUMNS = 80;

/** Serves every session that a signed-in connection opens: `shell` until it is quit, `exec` for one command. */
export function serveSessions(connection: Connection, parts: SessionParts): void {
  connection.on("session", (accept) => serveSession(accept(), parts));
}

function serveSession(session: Session, parts: SessionParts): void {
  let columns: number | undefined;
  session.on("pty", (accept, _reject, info) => {
    columns = info.cols;
    accept();
  });
  session.on("window-change", (_accept, _reject, info) => {
    columns = info.cols;
  });
  const open = (accept: () => ServerChannel): { readonly channel: ServerChannel; readonly terminal: Terminal } => {
    const channel = accept();
    const text = new SshTextChannel(channel, parts.clock);
    const terminal =
      columns === undefined
        ? new PlainTerminal(text)
        : new EditingTerminal(text, { assistance, columns: () => columns || USUAL_COLUMNS });
    return { channel, terminal };
  };
  session.once("shell", (accept) => {
    const { channel, terminal } = open(accept);
    finish(channel, new ShellSession({ ...parts, terminal }).run());
  });
  session.once("exec", (accept, _reject, { command }) => {
    const { channel, terminal } = open(accept);
    finish(channel, new ShellSession({ ...parts, terminal }).execute(command));
  });
}

function finish(channel: ServerChannel, status: Promise<number>): void {
  void status.then((code) => {
    channel.exit(code);
    channel.end();
  });
}

/** An SSH channel as text in both directions; ends when nobody has typed for long. */
class SshTextChannel implements TextChannel {
  readonly #channel: ServerChannel;
  readonly #clock: Clock;
  #idle: Timer;

  constructor(channel: ServerChannel, clock: Clock) {
    this.#channel = channel;
    this.#clock = clock;
    this.#idle = this.#wait();
    channel.once("close", () => this.#idle.cancel());
    // The connection may be gone before the last line is written.
    channel.on("error", () => this.#idle.cancel());
  }

  write(text: string): void {
    if (this.#channel.writable) this.#channel.write(text);
  }

  writeError(text: string): void {
    if (this.#channel.stderr.writable) this.#channel.stderr.write(text);
  }

  onText(listener: (text: string) => void): void {
    const decoder = new StringDecoder("utf8");
    this.#channel.on("data", (chunk: Buffer) => {
      this.#idle.cancel();
      this.#idle = this.#wait();
      listener(decoder.write(chunk));
    });
  }

  onEnd(listener: () => void): void {
    this.#channel.once("end", listener);
    this.#channel.once("close", listener);
  }

  #wait(): Timer {
    return this.#clock.after(IDLE_MS, () => {
      this.write(IDLE_NOTICE);
      this.#channel.close();
    });
  }
}
