import { setTimeout as pause } from "node:timers/promises";
import { FOREIGN_DOMAIN, GatewayBed } from "./load/gateway-bed.ts";
import { NodeMemory } from "./load/node-memory.ts";
import { canPin } from "./load/pinned.ts";
import { WatchLoad } from "./load/watch-load.ts";
import { WatchedPeer } from "./load/watched-peer.ts";
import type { XmppUser } from "./load/xmpp-user.ts";
import type { BenchResult, Row } from "./result.ts";

const USERS = 100;
const WATCHERS = 10_000;
const CONTACTS = 2000;
/** SUBSCRIBEs without their answer and NOTIFY. */
const WINDOW = 128;
/** Long enough for a NOTIFY too many to come. */
const SETTLE_MS = 2000;

/** Presence through a real node, state stored: foreign watchers set up, told and refreshed, then local watchers. */
export async function benchSubscriptions(): Promise<BenchResult> {
  const memory = new NodeMemory();
  const bed = await GatewayBed.start(memory.runner);
  try {
    const users = await Promise.all((await bed.addUsers(USERS)).map((jid) => bed.signIn(jid)));
    const rows = [...(await inbound(bed, users, memory)), ...(await outbound(bed, users, memory))];
    for (const user of users) user.end();
    const pinned = canPin ? "node on one core, generator on the other" : "both sides share the cores";
    return { section: `Subscriptions, state stored, mutual TLS, ${USERS} users, ${pinned}`, rows };
  } finally {
    await bed.end();
    memory.remove();
  }
}

async function inbound(bed: GatewayBed, users: readonly XmppUser[], memory: NodeMemory): Promise<readonly Row[]> {
  const load = new WatchLoad(bed, { watchers: WATCHERS, users: USERS });
  await approve(users, load);
  await pause(SETTLE_MS);
  const before = await memory.read(bed.node.pid);
  const half = WATCHERS / 2;
  const firstHalfMs = await load.subscribe(0, half, WINDOW);
  await pause(SETTLE_MS);
  const middle = await memory.read(bed.node.pid);
  const setUpMs = firstHalfMs + (await load.subscribe(half, WATCHERS, WINDOW));
  await pause(SETTLE_MS);
  const after = await memory.read(bed.node.pid);
  const toldMs = await load.notifyAll(() => {
    for (const user of users) user.write("<presence><show>dnd</show></presence>");
  });
  await pause(SETTLE_MS);
  const miscounted = load.miscounted;
  const refreshMs = await load.subscribe(0, WATCHERS, WINDOW);
  const name = `${WATCHERS} inbound`;
  return [
    { name: `${name}, set up and told once`, value: rate(WATCHERS, setUpMs), unit: "subscriptions/s" },
    { name: `${name}, one change of each user`, value: rate(WATCHERS, toldMs), unit: "NOTIFY/s" },
    { name: `${name}, watchers with more or fewer than one NOTIFY`, value: miscounted, unit: "" },
    { name: `${name}, refreshed and told`, value: rate(WATCHERS, refreshMs), unit: "refreshes/s" },
    { name: `${name}, heap of each`, value: (after.heapUsed - before.heapUsed) / WATCHERS, unit: "bytes" },
    { name: `${name}, resident of each`, value: (after.rss - before.rss) / WATCHERS, unit: "bytes" },
    { name: `${name}, resident of each of the second half`, value: (after.rss - middle.rss) / half, unit: "bytes" },
    { name: `${name}, outside the heap of each`, value: (after.external - before.external) / WATCHERS, unit: "bytes" },
  ];
}

async function outbound(bed: GatewayBed, users: readonly XmppUser[], memory: NodeMemory): Promise<readonly Row[]> {
  const peer = new WatchedPeer(bed, CONTACTS);
  const before = await memory.read(bed.node.pid);
  const setUpMs = await peer.watched(() => {
    for (let index = 0; index < CONTACTS; index += 1)
      users[index % users.length]?.write(`<presence type='subscribe' to='c${index}@${FOREIGN_DOMAIN}'/>`);
  });
  await pause(SETTLE_MS);
  const after = await memory.read(bed.node.pid);
  const toldMs = await peer.tellAll();
  const name = `${CONTACTS} outbound`;
  return [
    { name: `${name}, set up and told once`, value: rate(CONTACTS, setUpMs), unit: "subscriptions/s" },
    { name: `${name}, one change of each contact`, value: rate(CONTACTS, toldMs), unit: "NOTIFY/s" },
    {
      name: `${name}, heap of each with its contact`,
      value: (after.heapUsed - before.heapUsed) / CONTACTS,
      unit: "bytes",
    },
  ];
}

/** Each user lets his watchers in before they ask (RFC 6121 §3.4), so that the set-up measures no person. */
async function approve(users: readonly XmppUser[], load: WatchLoad): Promise<void> {
  for (let index = 0; index < WATCHERS; index += 1)
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
