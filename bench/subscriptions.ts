import { setTimeout as pause } from "node:timers/promises";
import { FOREIGN_DOMAIN, GatewayBed } from "./load/gateway-bed.ts";
import { type MemoryFigures, NodeMemory } from "./load/node-memory.ts";
import { canPin } from "./load/pinned.ts";
import { WatchLoad } from "./load/watch-load.ts";
import { WatchedPeer } from "./load/watched-peer.ts";
import type { XmppUser } from "./load/xmpp-user.ts";
import type { BenchResult, Row } from "./result.ts";

const USERS = 100;
/** Memory is the slope between these two: what a node holds anyway, and what its first thousands make it grow, is in both. */
const FEW = 10_000;
const MANY = 20_000;
/** Watches begun that have not had their NOTIFY. */
const WINDOW = 128;
/** Long enough for a NOTIFY too many to come. */
const SETTLE_MS = 2000;

/** Presence through a real node, state stored: foreign watchers of local users, then local watchers through a node of their own. */
export async function benchSubscriptions(): Promise<BenchResult> {
  const rows = [...(await withUsers(inbound)), ...(await withUsers(outbound))];
  const pinned = canPin ? "node on one core, generator on the other" : "both sides share the cores";
  return { section: `Subscriptions, state stored, mutual TLS, ${USERS} users, ${pinned}`, rows };
}

interface Measured {
  readonly bed: GatewayBed;
  readonly users: readonly XmppUser[];
  /** What the node holds now. */
  readonly memory: () => Promise<MemoryFigures>;
}

async function withUsers(measure: (measured: Measured) => Promise<readonly Row[]>): Promise<readonly Row[]> {
  const memory = new NodeMemory();
  const bed = await GatewayBed.start(memory.runner);
  try {
    const users = await Promise.all((await bed.addUsers(USERS)).map((jid) => bed.signIn(jid)));
    const rows = await measure({ bed, users, memory: () => memory.read(bed.node.pid) });
    for (const user of users) user.end();
    return rows;
  } finally {
    await bed.end();
    memory.remove();
  }
}

async function inbound({ bed, users, memory }: Measured): Promise<readonly Row[]> {
  const load = new WatchLoad(bed, { watchers: MANY, users: USERS });
  await approve(users, load);
  const firstMs = await load.subscribe(0, FEW, WINDOW);
  await pause(SETTLE_MS);
  const few = await memory();
  const setUpMs = firstMs + (await load.subscribe(FEW, MANY, WINDOW));
  await pause(SETTLE_MS);
  const many = await memory();
  const toldMs = await load.notifyAll(() => {
    for (const user of users) user.write("<presence><show>dnd</show></presence>");
  });
  const refreshMs = await load.subscribe(0, MANY, WINDOW);
  await pause(SETTLE_MS);
  const name = `${MANY} inbound`;
  return [
    { name: `${name}, set up and told once`, value: rate(MANY, setUpMs), unit: "subscriptions/s" },
    { name: `${name}, one change of each user`, value: rate(MANY, toldMs), unit: "NOTIFY/s" },
    { name: `${name}, refreshed and told`, value: rate(MANY, refreshMs), unit: "refreshes/s" },
    {
      name: `${name}, watchers with more or fewer than one NOTIFY for each of these`,
      value: load.miscounted,
      unit: "",
    },
    ...slopes("inbound", few, many),
  ];
}

async function outbound({ bed, users, memory }: Measured): Promise<readonly Row[]> {
  const peer = new WatchedPeer(bed);
  const watch = (index: number): void =>
    users[index % users.length]?.write(`<presence type='subscribe' to='c${index}@${FOREIGN_DOMAIN}'/>`);
  const firstMs = await peer.watched({ from: 0, to: FEW }, WINDOW, watch);
  await pause(SETTLE_MS);
  const few = await memory();
  const setUpMs = firstMs + (await peer.watched({ from: FEW, to: MANY }, WINDOW, watch));
  await pause(SETTLE_MS);
  const many = await memory();
  const toldMs = await peer.tellAll();
  const name = `${MANY} outbound`;
  return [
    { name: `${name}, set up and told once`, value: rate(MANY, setUpMs), unit: "subscriptions/s" },
    { name: `${name}, one change of each contact`, value: rate(MANY, toldMs), unit: "NOTIFY/s" },
    ...slopes("outbound, with its contact,", few, many),
  ];
}

/** What each of the subscriptions between the two readings holds. */
function slopes(name: string, few: MemoryFigures, many: MemoryFigures): readonly Row[] {
  const each = (figure: keyof MemoryFigures): number => (many[figure] - few[figure]) / (MANY - FEW);
  return [
    { name: `each ${name} resident`, value: each("rss"), unit: "bytes" },
    { name: `each ${name} on the heap`, value: each("heapUsed"), unit: "bytes" },
    { name: `each ${name} outside the heap`, value: each("external"), unit: "bytes" },
  ];
}

/** Each user lets his watchers in before they ask (RFC 6121 §3.4), so that the set-up measures no person. */
async function approve(users: readonly XmppUser[], load: WatchLoad): Promise<void> {
  for (let index = 0; index < MANY; index += 1)
    users[load.userOf(index)]?.write(`<presence type='subscribed' to='f${index}@${FOREIGN_DOMAIN}'/>`);
  await Promise.all(users.map((user) => settled(user)));
}

/** Until the server has done all that this user asked before. */
function settled(user: XmppUser): Promise<void> {
  return new Promise((resolve) => {
    let heard = "";
    user.onOctets((chunk) => {
      heard = (heard + chunk.toString("latin1")).slice(-2000);
      if (!/id=["']settled["']/.test(heard)) return;
      user.onOctets(() => undefined);
      resolve();
    });
    user.write("<iq type='get' id='settled'><ping xmlns='urn:xmpp:ping'/></iq>");
  });
}

function rate(count: number, elapsedMs: number): number {
  return (count * 1000) / elapsedMs;
}
