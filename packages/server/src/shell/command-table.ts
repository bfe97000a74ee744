import { type CommandForm, form } from "./command-form.ts";

/** Every command of the administrator's shell (contract §5). */
export const commandTable: readonly CommandForm[] = [
  form("show network eth0 [detail]", {
    role: "auditor",
    summary: "addresses, DNS and domain of this node",
    make: ([, , , detail]) => ({ kind: "show-network", amount: detail === undefined ? "brief" : "detail" }),
  }),
  form("show status", {
    role: "auditor",
    summary: "what runs, since when, and how much there is of it",
    make: () => ({ kind: "show-status" }),
  }),
  form("show version active", {
    role: "auditor",
    summary: "the release that runs",
    make: () => ({ kind: "show-version" }),
  }),
  form("show cert list own|trust", {
    role: "auditor",
    summary: "certificates of this node, or those it trusts",
    make: ([, , , store]) => ({ kind: "list-certificates", store: store === "trust" ? "trust" : "own" }),
  }),
  form("set network domain NAME", {
    role: "administrator",
    summary: "change the domain of this node; warns and asks first",
    make: ([, , , domain = ""]) => ({ kind: "set-domain", domain }),
  }),
  form("utils network host NAME [srv]", {
    role: "auditor",
    summary: "look a name up as this node does; srv asks for service records",
    make: ([, , , name = "", srv]) => ({ kind: "look-up", name, record: srv === undefined ? "address" : "srv" }),
  }),
  form("utils service list", {
    role: "auditor",
    summary: "services and their state",
    make: () => ({ kind: "list-services" }),
  }),
  form("utils service start|stop|restart NAME...", {
    role: "operator",
    summary: "control one service, and what depends on it",
    make: ([, , action, service = ""]) => ({
      kind: "control-service",
      action: action === "start" || action === "stop" ? action : "restart",
      service,
    }),
  }),
  form("utils system restart", {
    role: "administrator",
    summary: "stop this node and start it again; asks first",
    make: () => ({ kind: "restart-system" }),
  }),
  form("help [COMMAND...]", {
    role: "auditor",
    summary: "this list, or the commands that begin so",
    make: ([, about = ""]) => ({ kind: "help", about }),
  }),
  form("quit", { role: "auditor", summary: "end the session", make: () => ({ kind: "quit" }) }),
];
