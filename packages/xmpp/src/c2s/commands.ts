import type { Random } from "@interpres/runtime";
import { type Element, el } from "../xml/index.ts";
import type { AccountRequest } from "./account-request.ts";
import type { IqAnswer, IqHandler, IqRequest } from "./iq-table.ts";

/** XEP-0050. */
export const COMMANDS_NS = "http://jabber.org/protocol/commands";

/** A request to the server's domain; `client` where it comes from a session here, not from abroad. */
export interface DomainRequest extends IqRequest {
  readonly client?: Pick<AccountRequest, "resource" | "book">;
}

/** What a command does with one step of a user. */
export type CommandAnswer =
  /** The form to fill in. */
  | { readonly kind: "form"; readonly form: Element }
  /** Done; a table, or nothing but the word. */
  | { readonly kind: "done"; readonly table?: Element; readonly note?: string }
  | { readonly kind: "bad-form"; readonly text: string }
  | { readonly kind: "failed" };

/** A command for the server's own users, at its domain. */
export interface Command {
  readonly node: string;
  readonly name: string;
  /** `element` is the `<command/>`. A step is whole in itself: nothing is kept between two of them. */
  run(client: Pick<AccountRequest, "resource" | "book">, element: Element): Promise<CommandAnswer>;
}

/** There is one step only: whatever goes on completes it. */
const ACCEPTED: ReadonlySet<string> = new Set(["execute", "complete", "next"]);

/** The one handler of all commands (XEP-0050 §4). */
export function commandHandler(commands: readonly Command[], random: Random): IqHandler<DomainRequest> {
  return {
    type: "set",
    name: "command",
    namespace: COMMANDS_NS,
    handle: ({ payload, client }, answer) => {
      if (client === undefined) {
        answer({ kind: "error", type: "cancel", condition: "forbidden" });
        return;
      }
      const node = payload.attributes.get("node") ?? "";
      const action = payload.attributes.get("action") ?? "execute";
      const command = commands.find((each) => each.node === node);
      const session = payload.attributes.get("sessionid") || random.token();
      if (command === undefined) answer({ kind: "error", type: "cancel", condition: "item-not-found" });
      else if (action === "cancel") answer(result({ node, session, status: "canceled" }));
      else if (!ACCEPTED.has(action)) answer(badRequest(action === "prev" ? "bad-action" : "malformed-action"));
      else void command.run(client, payload).then((step) => answer(answerOf(step, { node, session })));
    },
  };
}

function answerOf(step: CommandAnswer, at: { readonly node: string; readonly session: string }): IqAnswer {
  switch (step.kind) {
    case "form": {
      const actions = el("actions", COMMANDS_NS, { execute: "complete" }, el("complete", COMMANDS_NS, {}));
      return result({ ...at, status: "executing" }, actions, step.form);
    }
    case "done": {
      const note = step.note === undefined ? [] : [el("note", COMMANDS_NS, { type: "info" }, step.note)];
      return result({ ...at, status: "completed" }, ...note, ...(step.table === undefined ? [] : [step.table]));
    }
    case "bad-form":
      return badRequest("bad-payload", step.text);
    case "failed":
      return { kind: "error", type: "wait", condition: "internal-server-error" };
  }
}

function result(
  at: { readonly node: string; readonly session: string; readonly status: string },
  ...children: readonly Element[]
): IqAnswer {
  const attributes = { node: at.node, sessionid: at.session, status: at.status };
  return { kind: "result", payload: el("command", COMMANDS_NS, attributes, ...children) };
}

/** XEP-0050 §4.4 */
function badRequest(problem: "bad-action" | "malformed-action" | "bad-payload", text?: string): IqAnswer {
  const application = el(problem, COMMANDS_NS, {});
  return {
    kind: "error",
    type: "modify",
    condition: "bad-request",
    application,
    ...(text === undefined ? {} : { text }),
  };
}
