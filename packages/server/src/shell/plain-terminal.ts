import { harmless, type Terminal, type TextChannel } from "./terminal.ts";

const MOST_WAITING = 1024 * 1024;

/** For programs and pipes: whole lines in, whole lines out; only a question is written before it is answered. */
export class PlainTerminal implements Terminal {
  readonly #channel: TextChannel;
  readonly #lines: string[] = [];
  #rest = "";
  #asking: ((line: string | undefined) => void) | undefined;
  #isEnded = false;

  constructor(channel: TextChannel) {
    this.#channel = channel;
    channel.onText((text) => this.#hear(text));
    channel.onEnd(() => this.#end());
  }

  say(line: string): void {
    this.#channel.write(`${harmless(line)}\n`);
  }

  complain(line: string): void {
    this.#channel.writeError(`${harmless(line)}\n`);
  }

  ask(prompt: string, lines: "commands" | "answers"): Promise<string | undefined> {
    if (lines === "answers") this.say(prompt.trimEnd());
    const line = this.#lines.shift();
    if (line !== undefined || this.#isEnded) return Promise.resolve(line);
    return new Promise((resolve) => {
      this.#asking = resolve;
    });
  }

  /** Whoever pipes ends the connection instead. */
  interruption(): Promise<void> {
    return new Promise(() => undefined);
  }

  #hear(text: string): void {
    const lines = (this.#rest + text).split(/\r?\n/);
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#deliver(line);
    if (this.#rest.length > MOST_WAITING || this.#lines.length > MOST_WAITING) this.#end();
  }

  #end(): void {
    if (this.#isEnded) return;
    if (this.#rest !== "") this.#deliver(this.#rest);
    this.#rest = "";
    this.#isEnded = true;
    this.#asking?.(undefined);
    this.#asking = undefined;
  }

  #deliver(line: string): void {
    if (this.#isEnded) return;
    if (this.#asking === undefined) this.#lines.push(line);
    else this.#asking(line);
    this.#asking = undefined;
  }
}
