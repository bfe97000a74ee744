import { type Key, keysIn } from "./keys.ts";
import { drawn, type EditedLine, type EditorEffect, emptyLine, insert, press } from "./line-editor.ts";
import { harmless, type Terminal, type TextChannel } from "./terminal.ts";

/** What Tab and `?` know. */
export interface Assistance {
  /** What the line grows by, and, where it does not grow, what it could become. */
  complete(text: string): { readonly growth: string; readonly candidates: readonly string[] };
  hints(text: string): readonly string[];
}

interface Asking {
  readonly prompt: string;
  readonly lines: "commands" | "answers";
  readonly resolve: (line: string | undefined) => void;
}

const MOST_HISTORY = 200;
const MOST_TYPED_AHEAD = 4096;

/** A person at a terminal: lines are edited, remembered and completed here, since the terminal itself is raw. */
export class EditingTerminal implements Terminal {
  readonly #channel: TextChannel;
  readonly #assistance: Assistance;
  readonly #columns: () => number;
  readonly #history: string[] = [];
  /** Keys pressed before anybody asked. */
  #ahead: Key[] = [];
  #rest = "";
  #line: EditedLine = emptyLine;
  #asking: Asking | undefined;
  #interrupted: (() => void) | undefined;
  #isEnded = false;

  constructor(
    channel: TextChannel,
    { assistance, columns }: { readonly assistance: Assistance; readonly columns: () => number },
  ) {
    this.#channel = channel;
    this.#assistance = assistance;
    this.#columns = columns;
    channel.onText((text) => this.#hear(text));
    channel.onEnd(() => this.#end());
  }

  say(line: string): void {
    this.#channel.write(`${harmless(line)}\r\n`);
  }

  complain(line: string): void {
    this.say(line);
  }

  ask(prompt: string, lines: "commands" | "answers"): Promise<string | undefined> {
    if (this.#isEnded) return Promise.resolve(undefined);
    this.#line = emptyLine;
    return new Promise((resolve) => {
      this.#asking = { prompt, lines, resolve };
      this.#draw();
      this.#work();
    });
  }

  interruption(): Promise<void> {
    return new Promise((resolve) => {
      this.#interrupted = resolve;
    });
  }

  #hear(text: string): void {
    const { keys, rest } = keysIn(this.#rest + text);
    this.#rest = rest;
    const gaveUp = this.#asking === undefined && keys.some(({ kind }) => kind === "interrupt");
    if (gaveUp) {
      this.#ahead = [];
      this.#interrupted?.();
      return;
    }
    this.#ahead.push(...keys.slice(0, MOST_TYPED_AHEAD - this.#ahead.length));
    this.#work();
  }

  #end(): void {
    this.#isEnded = true;
    this.#interrupted?.();
    this.#asking?.resolve(undefined);
    this.#asking = undefined;
  }

  /** Keys are taken while somebody asks; the rest waits for the next question. */
  #work(): void {
    while (this.#asking !== undefined) {
      const key = this.#ahead.shift();
      if (key === undefined) return;
      const { lines } = this.#asking;
      const { state, effects } = press(this.#line, key, { history: this.#history, lines });
      this.#line = state;
      for (const effect of effects) this.#do(effect);
    }
  }

  #do(effect: EditorEffect): void {
    switch (effect.kind) {
      case "draw":
        this.#draw();
        break;
      case "entered":
        this.#entered(effect.line);
        break;
      case "interrupted":
        this.#channel.write("^C\r\n");
        // A question that is given up is answered with nothing; a line of commands begins anew.
        if (this.#asking?.lines === "answers") this.#answer("");
        else this.#draw();
        break;
      case "ended":
        this.#channel.write("\r\n");
        this.#answer(undefined);
        break;
      case "complete":
        this.#complete();
        break;
      case "hint":
        this.#list(["?", ...this.#assistance.hints(this.#line.before)]);
        break;
    }
  }

  #entered(line: string): void {
    this.#channel.write("\r\n");
    if (this.#asking?.lines === "commands" && line.trim() !== "" && this.#history.at(-1) !== line) {
      this.#history.push(line);
      if (this.#history.length > MOST_HISTORY) this.#history.shift();
    }
    this.#answer(line);
  }

  #answer(line: string | undefined): void {
    const asking = this.#asking;
    this.#asking = undefined;
    asking?.resolve(line);
  }

  #complete(): void {
    const { growth, candidates } = this.#assistance.complete(this.#line.before);
    this.#line = insert(this.#line, growth).state;
    if (growth === "" && candidates.length > 1) this.#list(["", candidates.join("  ")]);
    else this.#draw();
  }

  /** Writes below the line, then the line again. */
  #list(lines: readonly string[]): void {
    for (const line of lines) this.say(line);
    this.#draw();
  }

  #draw(): void {
    if (this.#asking !== undefined) this.#channel.write(drawn(this.#asking.prompt, this.#line, this.#columns()));
  }
}
