import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { EditingTerminal } from "./editing-terminal.ts";
import { PlainTerminal } from "./plain-terminal.ts";
import type { TextChannel } from "./terminal.ts";

class FakeChannel implements TextChannel {
  out = "";
  errors = "";
  #text: (text: string) => void = () => undefined;
  #end: () => void = () => undefined;

  write(text: string): void {
    this.out += text;
  }

  writeError(text: string): void {
    this.errors += text;
  }

  onText(listener: (text: string) => void): void {
    this.#text = listener;
  }

  onEnd(listener: () => void): void {
    this.#end = listener;
  }

  type(text: string): void {
    this.#text(text);
  }

  end(): void {
    this.#end();
  }
}

describe("a terminal without editing", () => {
  test("takes whole lines, however they come in pieces", async () => {
    const channel = new FakeChannel();
    const terminal = new PlainTerminal(channel);
    const first = terminal.ask("admin: ", "commands");
    channel.type("show sta");
    channel.type("tus\r\nquit\nlast");
    assert.equal(await first, "show status");
    assert.equal(await terminal.ask("admin: ", "commands"), "quit");
    channel.end();
    assert.equal(await terminal.ask("admin: ", "commands"), "last");
    assert.equal(await terminal.ask("admin: ", "commands"), undefined);
    assert.equal(channel.out, "", "a program is not prompted");
  });

  test("writes a question, and tells errors apart", async () => {
    const channel = new FakeChannel();
    const terminal = new PlainTerminal(channel);
    const answer = terminal.ask("Continue (y/n)? ", "answers");
    channel.end();
    assert.equal(await answer, undefined);
    terminal.complain("no");
    assert.deepEqual([channel.out, channel.errors], ["Continue (y/n)?\n", "no\n"]);
  });

  test("does not pass on what a terminal would obey", () => {
    const channel = new FakeChannel();
    new PlainTerminal(channel).say("a\u001b[2Jb");
    assert.equal(channel.out, "a\u{FFFD}[2Jb\n");
  });

  test("a line without an end is not kept for ever", async () => {
    const channel = new FakeChannel();
    const terminal = new PlainTerminal(channel);
    const asked = terminal.ask("", "commands");
    for (let pieces = 0; pieces < 40; pieces += 1) channel.type("x".repeat(32_768));
    assert.ok(((await asked) ?? "").length <= 1_100_000);
    assert.equal(await terminal.ask("", "commands"), undefined);
  });
});

describe("a terminal with editing", () => {
  const assistance = {
    complete: (text: string) =>
      text === "sh" ? { growth: "ow ", candidates: ["show"] } : { growth: "", candidates: ["show", "set"] },
    hints: () => ["  set   something"],
  };
  const scene = () => {
    const channel = new FakeChannel();
    return { channel, terminal: new EditingTerminal(channel, { assistance, columns: () => 80 }) };
  };

  test("prompts, echoes, and completes with Tab", async () => {
    const { channel, terminal } = scene();
    const line = terminal.ask("admin: ", "commands");
    channel.type("sh\tstatus\r");
    assert.equal(await line, "show status");
    assert.match(channel.out, /^\radmin: /);
    assert.ok(channel.out.endsWith("admin: show status\u001b[K\r\n"), JSON.stringify(channel.out));
  });

  test("lists what a line could become, and what ? says, and goes on with the line", async () => {
    const { channel, terminal } = scene();
    const line = terminal.ask("admin: ", "commands");
    channel.type("s\t?et\r");
    assert.equal(await line, "set");
    assert.match(channel.out, /show {2}set\r\n/);
    assert.match(channel.out, /\?\r\n {2}set {3}something\r\n/);
  });

  test("remembers commands, once each, and no answers", async () => {
    const { channel, terminal } = scene();
    for (const typed of ["one\r", "one\r", "two\r"]) {
      const line = terminal.ask("admin: ", "commands");
      channel.type(typed);
      await line;
    }
    const answer = terminal.ask("Continue (y/n)? ", "answers");
    channel.type("y\r");
    assert.equal(await answer, "y");
    const line = terminal.ask("admin: ", "commands");
    channel.type("\u001b[A\u001b[A\r");
    assert.equal(await line, "one");
  });

  test("keys pressed before the question are the beginning of the answer", async () => {
    const { channel, terminal } = scene();
    channel.type("first\rsec");
    channel.type("ond\r");
    assert.equal(await terminal.ask("admin: ", "commands"), "first");
    assert.equal(await terminal.ask("admin: ", "commands"), "second");
  });

  test("Ctrl-C gives up the line, the question, or what is under way with all that was typed ahead", async () => {
    const { channel, terminal } = scene();
    const line = terminal.ask("admin: ", "commands");
    channel.type("show\u0003quit\r");
    assert.equal(await line, "quit");
    const answer = terminal.ask("Continue (y/n)? ", "answers");
    channel.type("y\u0003");
    assert.equal(await answer, "");
    const interruption = terminal.interruption();
    channel.type("quit\r");
    channel.type("\u0003");
    await interruption;
    const next = terminal.ask("admin: ", "commands");
    channel.type("show\r");
    assert.equal(await next, "show");
  });

  test("ends with Ctrl-D and with the connection", async () => {
    const { channel, terminal } = scene();
    const line = terminal.ask("admin: ", "commands");
    channel.type("\u0004");
    assert.equal(await line, undefined);
    const next = terminal.ask("admin: ", "commands");
    channel.end();
    assert.equal(await next, undefined);
    assert.equal(await terminal.ask("admin: ", "commands"), undefined);
  });
});
