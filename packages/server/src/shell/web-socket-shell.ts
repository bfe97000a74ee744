import { API_ROOT, ShellInput, type ShellOutput, shellPath } from "@interpres/admin-api";
import type { Clock, Timer } from "@interpres/runtime";
import Value from "typebox/value";
import { type WebSocket, WebSocketServer } from "ws";
import type { AdminContext } from "../admin/admin-context.ts";
import { admitUpgrade, type Caller } from "../admin/http/authenticate-upgrade.ts";
import type { UpgradeDoors } from "../admin/http/upgrade-doors.ts";
import { assistance } from "./assistance.ts";
import { EditingTerminal } from "./editing-terminal.ts";
import { PlainTerminal } from "./plain-terminal.ts";
import type { ShellNode } from "./shell-node.ts";
import { ShellSession } from "./shell-session.ts";
import { IDLE_MS, IDLE_NOTICE, type TextChannel } from "./terminal.ts";

const MOST_SESSIONS = 32;
const MOST_INPUT_OCTETS = 64 * 1024;
const USUAL_COLUMNS = 80;
/** RFC 6455 §7.4.1. */
const CLOSED_NORMALLY = 1000;

interface Parts {
  readonly context: AdminContext;
  readonly node: ShellNode;
}

/** `/shell`: the administrator's shell for the command line, whose token or cookie says who it is. */
export function serveShell(doors: UpgradeDoors, { context, node }: Parts): void {
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MOST_INPUT_OCTETS });
  doors.serve(`${API_ROOT}${shellPath}`, async (request, head) => {
    const admission = await admitUpgrade(request, "auditor", context);
    if (admission.kind === "refused") return admission.refusal;
    if (sockets.clients.size >= MOST_SESSIONS)
      return { status: 503, type: "too-many-sessions", detail: `${MOST_SESSIONS} shells are open already` };
    const { caller } = admission;
    const { name: actor, address } = caller;
    await context.audit.record({ actor, action: "sign-in", resource: "shell", after: { address } });
    const search = new URL(request.url ?? "", "https://node").searchParams;
    sockets.handleUpgrade(request, request.socket, head, (socket) => run(socket, search, { context, node, caller }));
    return undefined;
  });
}

function run(
  socket: WebSocket,
  search: URLSearchParams,
  { context, node, caller }: Parts & { readonly caller: Caller },
): void {
  const channel = new WebSocketChannel(socket, context.clock);
  const columns = search.get("columns");
  channel.columns = Number(columns) || USUAL_COLUMNS;
  const terminal =
    columns === null
      ? new PlainTerminal(channel)
      : new EditingTerminal(channel, { assistance, columns: () => channel.columns });
  const role = async () => (await caller.principal())?.role;
  const session = new ShellSession({ node, terminal, actor: caller.name, role, log: context.log });
  const command = search.get("command");
  void (command === null ? session.run() : session.execute(command)).then((status) => channel.exit(status));
}

/** A WebSocket as text in both directions; ends when nobody has typed for long. */
class WebSocketChannel implements TextChannel {
  columns = USUAL_COLUMNS;
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  #idle: Timer;
  #end: () => void = () => undefined;

  constructor(socket: WebSocket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
    this.#idle = this.#wait();
    socket.on("error", () => socket.terminate());
    socket.once("close", () => {
      this.#idle.cancel();
      this.#end();
    });
  }

  write(text: string): void {
    this.#send({ kind: "text", text });
  }

  writeError(text: string): void {
    this.#send({ kind: "error", text });
  }

  onText(listener: (text: string) => void): void {
    this.#socket.on("message", (data) => {
      this.#idle.cancel();
      this.#idle = this.#wait();
      this.#take(inputOf(String(data)), listener);
    });
  }

  onEnd(listener: () => void): void {
    this.#end = listener;
  }

  exit(status: number): void {
    this.#send({ kind: "exit", status });
    this.#socket.close(CLOSED_NORMALLY);
  }

  /** What is none of ours ends the session: there is no telling what was meant. */
  #take(input: ShellInput | undefined, listener: (text: string) => void): void {
    if (input?.kind === "text") listener(input.text);
    else if (input?.kind === "columns") this.columns = input.columns;
    else this.#end();
  }

  #send(output: ShellOutput): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(output));
  }

  #wait(): Timer {
    return this.#clock.after(IDLE_MS, () => {
      this.write(IDLE_NOTICE);
      this.#socket.close();
    });
  }
}

function inputOf(text: string): ShellInput | undefined {
  try {
    const input: unknown = JSON.parse(text);
    return Value.Check(ShellInput, input) ? input : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
