import assert from "node:assert/strict";
import { Socket } from "node:net";
import { createSecureContext } from "node:tls";
import { type Logger, silentLogger, silentMetrics } from "@interpres/runtime";
import { SeededRandom, settled } from "@interpres/testkit";
import type { C2sServices } from "../../src/c2s/c2s-services.ts";
import { defaultC2sSettings } from "../../src/c2s/c2s-settings.ts";
import { ClientConnections } from "../../src/c2s/client-connections.ts";
import { TcpTransport } from "../../src/c2s/tcp-transport.ts";
import { mechanisms } from "../../src/stream/sasl.ts";
import { type FakeClient, World } from "../world.ts";

const context = createSecureContext();
const decoySecret = Buffer.from("secret");

/** A socket with nobody at the other end: what is written is kept. */
class MemorySocket extends Socket {
  written = "";

  override write(text: unknown): boolean {
    this.written += String(text);
    return true;
  }

  override end(): this {
    this.destroy();
    return this;
  }
}

/** TLS by word of mouth: after `proceed` the stream begins anew, in the clear. */
class PretendedTls extends TcpTransport {
  override secure(_context: unknown, secured: () => void): void {
    secured();
  }
}

/** One client's connection to a whole core, in memory; dave is there to talk with. */
export class MemoryDoor {
  readonly world: World;
  readonly #socket = new MemorySocket();
  readonly #connections: ClientConnections;
  readonly #dave: FakeClient;
  #fault: string | undefined;

  private constructor(world: World, dave: FakeClient) {
    this.world = world;
    this.#dave = dave;
    const log: Logger = {
      ...silentLogger,
      error: (event, fields) => {
        this.#fault ??= `${event} ${fields?.cause ?? ""}`;
      },
    };
    const services = servicesOf(world, log);
    this.#connections = new ClientConnections(services, silentMetrics);
    this.#connections.accept((owner) => new PretendedTls(this.#socket, owner, services));
  }

  static async open(): Promise<MemoryDoor> {
    const world = await World.create();
    // Without verifiers: its password is checked by the keeper, who takes any.
    await world.core.accounts.put({ jid: "alice@local.example", enabled: true });
    return new MemoryDoor(world, await world.login("dave", "desk"));
  }

  get written(): string {
    return this.#socket.written;
  }

  /** What there still is. */
  get left(): { readonly connections: number; readonly sessions: number; readonly timers: number } {
    const { core, clock } = this.world;
    return { connections: this.#connections.size, sessions: core.sessions.size, timers: clock.pendingTimers };
  }

  async say(octets: Buffer): Promise<void> {
    this.#socket.emit("data", octets);
    await settled();
    await settled();
  }

  leave(): void {
    this.#socket.destroy();
    this.#dave.die();
  }

  /** What is logged as an error is a fault of ours. */
  check(): void {
    if (this.#fault !== undefined) assert.fail(this.#fault);
  }
}

function servicesOf({ clock, core }: World, log: Logger): C2sServices {
  return {
    clock,
    log,
    random: new SeededRandom(),
    credentials: { credentials: (user) => core.accounts.find(user) },
    keeper: { check: async () => "right" },
    mechanisms: () => mechanisms,
    decoySecret,
    secureContext: () => context,
    isLocalDomain: (domain) => core.router.isLocal(domain),
    sessionFeatures: () => [],
    host: core.host,
    settings: defaultC2sSettings,
  };
}
