/** One person or program at the other end of a session. */
export interface Terminal {
  /** A line of output. */
  say(line: string): void;
  /** Why something was not done; where there is a stream for errors, there. */
  complain(line: string): void;
  /** The next line that comes in; undefined when none will come any more. */
  ask(prompt: string, lines: "commands" | "answers"): Promise<string | undefined>;
  /** Settles when the person asks to give up what is under way. */
  interruption(): Promise<void>;
}

/** Where a session's text goes to and comes from, in pieces of any size. */
export interface TextChannel {
  write(text: string): void;
  writeError(text: string): void;
  onText(listener: (text: string) => void): void;
  onEnd(listener: () => void): void;
}

/** Nobody at the keyboard for so long ends a session. */
export const IDLE_MS = 30 * 60_000;
export const IDLE_NOTICE = "\r\nNothing was typed for half an hour.\r\n";

/** Text from elsewhere without what a terminal would obey. */
export function harmless(text: string): string {
  return text.replaceAll(/\p{C}/gu, "\u{FFFD}");
}
