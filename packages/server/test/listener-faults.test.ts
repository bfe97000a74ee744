import assert from "node:assert/strict";
import diagnosticsChannel from "node:diagnostics_channel";
import type { EventEmitter } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { type Fields, type Logger, systemClock, systemRandom } from "@interpres/runtime";
import { type InterpresNode, readNodeSettings, startNode } from "@interpres/server";

const LIMIT_MS = 5000;

/** What a node bound in this process, as the runtime itself tells of it: newest last. */
class Bound {
  readonly servers: EventEmitter[] = [];
  readonly datagrams: EventEmitter[] = [];
  readonly #stops: (() => void)[] = [];

  constructor() {
    this.#hear("tracing:net.server.listen:asyncStart", (message) => {
      this.servers.push((message as { readonly server: EventEmitter }).server);
    });
    this.#hear("udp.socket", (message) => {
      this.datagrams.push((message as { readonly socket: EventEmitter }).socket);
    });
  }

  on(port: number): EventEmitter {
    const found = this.servers.findLast((server) => (server as unknown as Addressed).address()?.port === port);
    assert.ok(found, `nothing listens on ${port}`);
    return found;
  }

  stop(): void {
    for (const stop of this.#stops) stop();
  }

  #hear(channel: string, heard: (message: unknown) => void): void {
    diagnosticsChannel.subscribe(channel, heard);
    this.#stops.push(() => diagnosticsChannel.unsubscribe(channel, heard));
  }
}

interface Addressed {
  address(): { readonly port: number } | null;
}

/** Service events as `event service`. */
class EventLog implements Logger {
  readonly events: string[] = [];
  debug = (): void => undefined;
  info = (event: string, fields?: Fields): void => this.#keep(event, fields);
  warn = (event: string, fields?: Fields): void => this.#keep(event, fields);
  error = (event: string, fields?: Fields): void => this.#keep(event, fields);

  #keep(event: string, fields: Fields = {}): void {
    if (/^service|accept-failed$/.test(event)) this.events.push([event, fields.service].filter(Boolean).join(" "));
  }
}

async function until(isSo: () => boolean, what: () => string): Promise<void> {
  for (let waited = 0; !isSo(); waited += 10) {
    assert.ok(waited < LIMIT_MS, what());
    await pause(10);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

function fault(code: string): Error {
  return Object.assign(new Error(`accept ${code}`), { code, syscall: "accept" });
}

describe("a listener that breaks after it was bound", { timeout: 60_000 }, () => {
  const directory = mkdtempSync(join(tmpdir(), "interpres-listeners-"));
  const bound = new Bound();
  const log = new EventLog();
  let node: InterpresNode;

  before(async () => {
    const at = { host: "127.0.0.1", port: 0 };
    const also = { ...at, enabled: true };
    const listeners = { sipTls: at, sipTcp: also, sipUdp: also, xmppClient: at, admin: at, shell: at };
    const yaml = JSON.stringify({ node: { fqdn: "imp1.example.com" }, listeners });
    const settings = readNodeSettings({ yaml, environment: {}, workingDirectory: directory });
    const onDeath = (error: Error): never => {
      throw error;
    };
    node = await startNode(settings, { clock: systemClock, random: systemRandom, log, onDeath });
  });
  after(async () => {
    await node?.stop();
    bound.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  beforeEach(() => {
    log.events.length = 0;
  });

  const restartOf = (service: string) => [
    `service.failed ${service}`,
    `service.stopped ${service}`,
    `service.started ${service}`,
  ];
  const restarted = async (service: string) => {
    await until(
      () => log.events.at(-1) === `service.started ${service}`,
      () => log.events.join(),
    );
    assert.deepEqual(log.events, restartOf(service));
  };
  const portOf = (name: string): number => node.ports[name] ?? 0;

  for (const [name, service] of [
    ["sipTls", "sip-proxy"],
    ["sipTcp", "sip-proxy"],
    ["xmppClient", "xmpp-client"],
    ["shell", "shell"],
    ["admin", "admin"],
  ] as const)
    test(`${name}: restarts ${service} where it was, and nothing else`, async () => {
      const port = portOf(name);
      bound.on(port).emit("error", fault("EINVAL"));
      await restarted(service);
      assert.equal(portOf(name), port);
      assert.equal(await accepts(port), true);
    });

  test("sipUdp: restarts sip-proxy too", async () => {
    bound.datagrams.at(-1)?.emit("error", fault("EBADF"));
    await restarted("sip-proxy");
  });

  test("what befell one who came restarts nothing", async () => {
    for (const name of ["sipTls", "sipTcp", "xmppClient", "shell", "admin"])
      bound.on(portOf(name)).emit("error", fault("ECONNABORTED"));
    bound.datagrams.at(-1)?.emit("error", fault("ECONNREFUSED"));
    assert.deepEqual(log.events, Array(6).fill("listener.accept-failed"));
    assert.equal(await accepts(portOf("sipTls")), true);
  });
});
