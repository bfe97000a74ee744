import assert from "node:assert/strict";
import { connect } from "node:net";
import type { MicrosoftEdge, XmppClient } from "@interpres/testkit";
import { attribute, child, type Element } from "@interpres/xmpp/xml";
import { eventually } from "../harness/eventually.ts";
import type { RoadBed } from "../harness/road-bed.ts";
import { reasonOf } from "../harness/stanzas.ts";

export const SERVICES = "/nodes/imp1/services";
export const SECOND = "fabrikam.example";
const SECOND_EDGE = `sip.${SECOND}`;

/** A service of the API, as far as tests ask. */
export interface ShownService {
  readonly name: string;
  readonly state: string;
  readonly activated: boolean;
  readonly startedAt: string | null;
  readonly pendingRestart: boolean;
}

export async function shown(bed: RoadBed, name: string): Promise<ShownService> {
  return (await bed.node.admin.ask("GET", `${SERVICES}/${name}`)) as ShownService;
}

export async function servicesOf(bed: RoadBed): Promise<readonly ShownService[]> {
  return ((await bed.node.admin.ask("GET", SERVICES)) as { readonly items: readonly ShownService[] }).items;
}

export async function statesOf(bed: RoadBed): Promise<Readonly<Record<string, string>>> {
  return Object.fromEntries((await servicesOf(bed)).map(({ name, state }) => [name, state]));
}

export async function order(bed: RoadBed, name: string, what: "start" | "stop" | "restart"): Promise<ShownService> {
  return (await bed.node.admin.ask("POST", `${SERVICES}/${name}/${what}`)) as ShownService;
}

/** What waits, as `service text`. */
export async function pendingRestarts(bed: RoadBed): Promise<readonly string[]> {
  const page = (await bed.node.admin.ask("GET", "/notifications?find=text:begins-with:Restart")) as {
    readonly items: readonly { readonly service: string; readonly text: string }[];
  };
  return page.items.map(({ service, text: words }) => `${service} ${words}`);
}

/** An edge of a second domain, trusted and selected, that ends with the bed; that it is federated with is the test's to say. */
export async function secondEdge(bed: RoadBed): Promise<MicrosoftEdge> {
  const edge = await bed.addEdge(SECOND_EDGE, SECOND);
  bed.zone.host(SECOND_EDGE, "127.0.0.1").service(`_sipfederationtls._tcp.${SECOND}`, SECOND_EDGE, edge.port);
  return edge;
}

let sequence = 0;

/** Sends a message and says what came of it: that it reached the edge, or the text of the error. */
export async function fateOf(client: XmppClient, edge: MicrosoftEdge, to: string): Promise<string> {
  sequence += 1;
  const words = `message ${sequence}`;
  const id = `fate-${sequence}`;
  client.send(`<message to='${to}' type='chat' id='${id}'><body>${words}</body></message>`);
  let fate = "";
  await eventually(() => {
    const error = client.received.find((stanza) => attribute(stanza, "id") === id && isError(stanza));
    if (error !== undefined) fate = errorText(error);
    else if (edge.texts.some((each) => each.text === words)) fate = "arrived";
    assert.notEqual(fate, "", "neither arrived nor refused");
  });
  return fate;
}

/** Condition and text of an error stanza. */
export function errorText(stanza: Element): string {
  const error = child(stanza, "error");
  const condition = error?.children.find((node) => typeof node !== "string");
  return `${typeof condition === "object" ? condition.name : ""} ${reasonOf(stanza)}`;
}

function isError(stanza: Element): boolean {
  return stanza.name === "message" && attribute(stanza, "type") === "error";
}

/** Whether somebody listens there. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const done = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => done(true));
    socket.once("error", () => done(false));
  });
}

/** How many of those the list under `path` holds. */
export async function countOf(bed: RoadBed, path: string): Promise<number> {
  const page = (await bed.node.admin.ask("GET", `${path}${path.includes("?") ? "&" : "?"}limit=1000`)) as {
    readonly items: readonly unknown[];
  };
  return page.items.length;
}
