import { FOREIGN_DOMAIN, GatewayBed } from "./load/gateway-bed.ts";
import { canPin } from "./load/pinned.ts";
import { answer } from "./load/sip-stream.ts";
import type { XmppUser } from "./load/xmpp-user.ts";
import { type BenchResult, median, quantile, type Row } from "./result.ts";

const USERS = 10;
/** One message under way for each destination (RFC 3428 §8), so the window is the number of foreign users. */
const FOREIGN_USERS = 128;
const WARM_UP_SECONDS = 3;
const ROUND_SECONDS = 4;
const ROUNDS = 5;
const STEADY_PER_SECOND = 1000;
const STEADY_SECONDS = 8;
const STAMP = /t=([\d.]+);/;

interface Flow {
  /** Sends one message of pair `index`, stamped with the time. */
  send(index: number): void;
  /** Told each arrival: which pair, and how long it took in milliseconds. */
  arrived(index: number, latencyMs: number): void;
}

/** IM through a real node in page mode: TLS on both legs, mutual on the SIP leg, each way alone. */
export async function benchGateway(): Promise<BenchResult> {
  const bed = await GatewayBed.start();
  try {
    const users = await Promise.all((await bed.addUsers(USERS)).map((jid) => bed.signIn(jid)));
    const inbound = await measureFlow(sipToXmpp(bed, users));
    const outbound = await measureFlow(xmppToSip(bed, users));
    for (const user of users) user.end();
    const pinned = canPin ? "node on one core, generator on the other" : "both sides share the cores";
    return {
      section: `Gateway, page mode, TLS on both legs, ${USERS} XMPP clients, ${FOREIGN_USERS} foreign users, ${pinned}`,
      rows: [...rowsOf("SIP to XMPP", inbound), ...rowsOf("XMPP to SIP", outbound)],
    };
  } finally {
    await bed.end();
  }
}

function sipToXmpp(bed: GatewayBed, users: readonly XmppUser[]): Flow {
  const counts = new Array<number>(FOREIGN_USERS).fill(0);
  const flow: Flow = {
    send: (index) => {
      const count = (counts[index] ?? 0) + 1;
      counts[index] = count;
      bed.send(messageRequest(index, count));
    },
    arrived: () => undefined,
  };
  const finals = new Uint32Array(FOREIGN_USERS);
  const stanzas = Array.from({ length: FOREIGN_USERS }, (): number[] => []);
  // A message is done when the client has it and the sender has its final answer; a pair may have several under way.
  const settle = (index: number): void => {
    const waiting = stanzas[index];
    if (waiting === undefined || waiting.length === 0 || finals[index] === 0) return;
    finals[index] = (finals[index] ?? 1) - 1;
    flow.arrived(index, waiting.shift() ?? 0);
  };
  for (const user of users) {
    user.onMessage((xml) => {
      const index = Number(/from=["']f(\d+)@/.exec(xml)?.[1] ?? -1);
      stanzas[index]?.push(performance.now() - Number(STAMP.exec(xml)?.[1] ?? 0));
      settle(index);
    });
  }
  bed.onResponse((text) => {
    if (!text.startsWith("SIP/2.0 20")) throw new Error(text.slice(0, 200));
    const index = Number(/\r\nCall-ID: b(\d+)-/i.exec(text)?.[1] ?? -1);
    finals[index] = (finals[index] ?? 0) + 1;
    settle(index);
  });
  return flow;
}

function messageRequest(index: number, count: number): string {
  const body = `t=${performance.now()}; Shall we meet at the usual place after the release?`;
  return [
    `MESSAGE sip:user${index % USERS}@example.com SIP/2.0`,
    `Via: SIP/2.0/TLS sip.${FOREIGN_DOMAIN}:5061;branch=z9hG4bKb${index}x${count}`,
    "Max-Forwards: 70",
    `From: "Foreign ${index}" <sip:f${index}@${FOREIGN_DOMAIN}>;tag=f${count}`,
    `To: <sip:user${index % USERS}@example.com>`,
    `Call-ID: b${index}-${count}@sip.${FOREIGN_DOMAIN}`,
    "CSeq: 1 MESSAGE",
    "Content-Type: text/plain; charset=UTF-8",
    `Content-Length: ${body.length}`,
    "",
    body,
  ].join("\r\n");
}

function xmppToSip(bed: GatewayBed, users: readonly XmppUser[]): Flow {
  let count = 0;
  const flow: Flow = {
    send: (index) => {
      count += 1;
      const body = `t=${performance.now()}; Shall we meet at the usual place after the release?`;
      const to = `f${index}@${FOREIGN_DOMAIN}`;
      users[index % USERS]?.write(`<message to='${to}' type='chat' id='m${count}'><body>${body}</body></message>`);
    },
    arrived: () => undefined,
  };
  bed.onRequest((text, reply) => {
    reply(answer(text, "200 OK"));
    const index = Number(/^MESSAGE sip:f(\d+)@/.exec(text)?.[1] ?? -1);
    if (index >= 0) flow.arrived(index, performance.now() - Number(STAMP.exec(text)?.[1] ?? 0));
  });
  for (const user of users) {
    user.onMessage((xml) => {
      if (xml.includes("type='error'") || xml.includes('type="error"')) throw new Error(xml);
    });
  }
  return flow;
}

interface FlowFigures {
  readonly perSecond: number;
  readonly steady: readonly number[];
}

async function measureFlow(flow: Flow): Promise<FlowFigures> {
  await closedLoop(flow, WARM_UP_SECONDS);
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) rates.push(await closedLoop(flow, ROUND_SECONDS));
  return { perSecond: median(rates), steady: await openLoop(flow) };
}

/** Every pair keeps one message under way; answers with messages a second. */
async function closedLoop(flow: Flow, seconds: number): Promise<number> {
  let done = 0;
  let running = true;
  let underWay = FOREIGN_USERS;
  const started = performance.now();
  const drained = new Promise<void>((resolve) => {
    flow.arrived = (index) => {
      done += 1;
      if (running) flow.send(index);
      else if (--underWay === 0) resolve();
    };
  });
  for (let index = 0; index < FOREIGN_USERS; index += 1) flow.send(index);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const rate = (done * 1000) / (performance.now() - started);
  running = false;
  await drained;
  return rate;
}

/** A steady rate, whatever comes back; answers with the latency of each message in milliseconds. */
async function openLoop(flow: Flow): Promise<readonly number[]> {
  const latencies: number[] = [];
  flow.arrived = (_index, latencyMs) => latencies.push(latencyMs);
  const total = STEADY_PER_SECOND * STEADY_SECONDS;
  const started = performance.now();
  await new Promise<void>((resolve) => {
    let sent = 0;
    const tick = setInterval(() => {
      const due = Math.min(total, Math.floor(((performance.now() - started) * STEADY_PER_SECOND) / 1000));
      for (; sent < due; sent += 1) flow.send(sent % FOREIGN_USERS);
      if (sent < total) return;
      clearInterval(tick);
      setTimeout(resolve, 500);
    }, 1);
  });
  if (latencies.length !== total) throw new Error(`${total - latencies.length} of ${total} messages did not arrive`);
  return latencies;
}

function rowsOf(name: string, figures: FlowFigures): readonly Row[] {
  return [
    { name, value: figures.perSecond, unit: "IM/s" },
    { name: `${name}, p50 at ${STEADY_PER_SECOND}/s`, value: quantile(figures.steady, 0.5), unit: "ms" },
    { name: `${name}, p99 at ${STEADY_PER_SECOND}/s`, value: quantile(figures.steady, 0.99), unit: "ms" },
  ];
}
