import { type ShellOutput, shellPath, withQuery } from "@interpres/admin-api";
import type { Command } from "commander";
import { CommandError, type Io } from "../io.ts";
import type { NodeSocket } from "../node-socket.ts";
import { CommandSession } from "../session.ts";

/** `shell [COMMAND…]`: the administrator's shell of the node, or one command of it. */
export function addShellCommand(program: Command, io: Io): void {
  program
    .command("shell")
    .description("the administrator's shell of a node, or one command of it")
    .argument("[command...]", "like `show network eth0`; none opens a session")
    .addHelpText("after", "\nIn the shell, `help` lists its commands. The exit status is that of the command.")
    .action((words: readonly string[], _options: unknown, command: Command) =>
      shell(words.join(" "), new CommandSession(command, io)),
    );
}

async function shell(line: string, session: CommandSession): Promise<void> {
  if (session.isJson && line === "") throw new CommandError("a session cannot be answered in JSON; name a command", 2);
  const { console } = session.io;
  const atTerminal = console.isInteractive && !session.isJson;
  const columns = atTerminal ? console.columns() : undefined;
  const socket = await session.open(withQuery(shellPath, { columns, command: line === "" ? undefined : line }));
  const stop = console.listen({
    text: (text) => socket.send({ kind: "text", text }),
    resized: () => socket.send({ kind: "columns", columns: console.columns() ?? columns ?? 80 }),
    ended: () => socket.send({ kind: "end" }),
  });
  const status = await (session.isJson ? collect(socket, session) : show(socket, session.io)).finally(stop);
  if (status !== 0) throw new CommandError("", status === 2 ? 2 : 1);
}

/** The exit status of the last command. */
async function show(socket: NodeSocket, { console }: Io): Promise<number> {
  let status = 1;
  await socket.read((value) => {
    const output = value as ShellOutput;
    if (output.kind === "text") console.write(output.text);
    else if (output.kind === "error") console.writeError(output.text);
    else status = output.status;
  });
  return status;
}

async function collect(socket: NodeSocket, session: CommandSession): Promise<number> {
  const outputs: ShellOutput[] = [];
  await socket.read((value) => outputs.push(value as ShellOutput));
  const textOf = (kind: "text" | "error"): readonly string[] =>
    outputs
      .flatMap((output) => (output.kind === kind ? [output.text] : []))
      .join("")
      .split("\n")
      .slice(0, -1);
  const status = outputs.find((output) => output.kind === "exit")?.status ?? 1;
  session.say({ status, output: textOf("text"), complaints: textOf("error") }, "");
  return status;
}
