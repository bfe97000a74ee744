import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Broke, type Service, silentLogger } from "@interpres/runtime";
import { FakeClock } from "@interpres/testkit";
import { Supervisor } from "./supervisor.ts";

interface Script {
  readonly events: string[];
  readonly failsToStart: Set<string>;
  /** By service, what it was given to report with: one for each start. */
  readonly reports: Map<string, Broke[]>;
  /** What each was told that follows its stops. */
  readonly nexts: string[];
}

function service(name: string, script: Script): Service {
  return {
    name,
    start: async (broke) => {
      script.events.push(`start ${name}`);
      script.reports.set(name, [...(script.reports.get(name) ?? []), broke]);
      if (script.failsToStart.has(name)) throw new Error(`${name} is broken`);
    },
    stop: async (next) => {
      script.events.push(`stop ${name}`);
      script.nexts.push(`${name}: ${next}`);
    },
  };
}

interface Options {
  readonly needs?: Readonly<Record<string, readonly string[]>>;
  readonly uses?: Readonly<Record<string, readonly string[]>>;
  readonly isActivated?: (name: string) => boolean;
}

function supervise(names: readonly string[], { needs = {}, uses = {}, isActivated = () => true }: Options = {}) {
  const script: Script = { events: [], failsToStart: new Set(), reports: new Map(), nexts: [] };
  const clock = new FakeClock();
  const units = names.map((name) => ({
    service: service(name, script),
    needs: needs[name] ?? [],
    uses: uses[name] ?? [],
  }));
  const starting = (started: readonly string[]): void => {
    script.events.push(`starting ${started.join(" ")}`);
  };
  const supervisor = new Supervisor({ clock, log: silentLogger, units, isActivated, starting });
  const stateOf = (name: string) => supervisor.states().find((unit) => unit.name === name)?.state;
  /** The service tells of its newest run that it broke. */
  const breakDown = (name: string) => script.reports.get(name)?.at(-1)?.(new Error(`the listener of ${name} died`));
  return { script, clock, supervisor, stateOf, breakDown };
}

/** A router with two services on it, beside a proxy that one of them uses. */
async function running(options: Options = {}) {
  const made = supervise(["router", "federation", "client", "proxy"], {
    needs: { federation: ["router"], client: ["router"] },
    uses: { federation: ["proxy"] },
    ...options,
  });
  await made.supervisor.start();
  made.script.events.length = 0;
  return made;
}

/** Lets the promises of one restart settle. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 40; turn += 1) await Promise.resolve();
}

describe("supervisor", () => {
  test("starts in order and stops in reverse", async () => {
    const { script, supervisor } = supervise(["store", "xmpp", "sip"]);
    await supervisor.start();
    await supervisor.stop();
    const down = ["stop sip", "stop xmpp", "stop store"];
    assert.deepEqual(script.events, ["starting store xmpp sip", "start store", "start xmpp", "start sip", ...down]);
  });

  test("a service that cannot start undoes the start and names itself", async () => {
    const { script, supervisor } = supervise(["store", "xmpp", "sip"]);
    script.failsToStart.add("xmpp");
    await assert.rejects(supervisor.start(), /xmpp did not start: xmpp is broken/);
    assert.deepEqual(script.events.slice(1), ["start store", "start xmpp", "stop xmpp", "stop store"]);
  });

  test("a running service that breaks is restarted alone", async () => {
    const { script, clock, supervisor, breakDown } = supervise(["store", "xmpp"]);
    await supervisor.start();
    script.events.length = 0;
    breakDown("xmpp");
    clock.advance(1);
    await settle();
    assert.deepEqual(script.events, ["starting xmpp", "stop xmpp", "start xmpp"]);
    assert.deepEqual(supervisor.states().at(-1), { name: "xmpp", state: "running", startedAt: clock.now() });
  });

  test("a service that fails again waits longer each time", async () => {
    const { script, clock, supervisor, breakDown } = supervise(["xmpp"]);
    await supervisor.start();
    script.failsToStart.add("xmpp");
    script.events.length = 0;
    breakDown("xmpp");
    clock.advance(1);
    await settle();
    assert.equal(script.events.filter((event) => event === "start xmpp").length, 1);
    clock.advance(400);
    await settle();
    assert.equal(script.events.filter((event) => event === "start xmpp").length, 1);
    clock.advance(200);
    await settle();
    assert.equal(script.events.filter((event) => event === "start xmpp").length, 2);
    await supervisor.stop();
    clock.advance(60_000);
    await settle();
    assert.equal(script.events.filter((event) => event === "start xmpp").length, 2);
  });

  test("a service that breaks each time it runs waits longer, and after a long run no more", async () => {
    const { script, clock, supervisor, stateOf, breakDown } = supervise(["xmpp"]);
    const breakAndWait = async (waitMs: number) => {
      breakDown("xmpp");
      clock.advance(waitMs);
      await settle();
      return stateOf("xmpp");
    };
    await supervisor.start();
    assert.equal(await breakAndWait(1), "running");
    assert.equal(await breakAndWait(400), "failed");
    clock.advance(200);
    await settle();
    clock.advance(60_000);
    assert.equal(await breakAndWait(1), "running");
    assert.equal(script.reports.get("xmpp")?.length, 4);
  });

  test("what is told of an earlier run, or while it stops for good, restarts nothing", async () => {
    const { script, clock, supervisor } = supervise(["xmpp"]);
    await supervisor.start();
    await supervisor.restartUnit("xmpp");
    const [first, second] = script.reports.get("xmpp") ?? [];
    script.events.length = 0;
    first?.(new Error("of the first run"));
    const ended = supervisor.stop();
    second?.(new Error("closed under it"));
    await ended;
    clock.advance(60_000);
    await settle();
    assert.deepEqual(script.events, ["stop xmpp"]);
  });
});

describe("orders to the supervisor", () => {
  test("a restart takes what needs the service with it, in order, after it was told", async () => {
    const { script, supervisor } = await running();
    assert.deepEqual(await supervisor.restartUnit("router"), { kind: "done" });
    const down = ["stop client", "stop federation", "stop router"];
    const up = ["start router", "start federation", "start client"];
    assert.deepEqual(script.events, ["starting router federation client", ...down, ...up]);
  });

  test("who stops is told whether a start follows at once", async () => {
    const { script, supervisor } = await running();
    await supervisor.restartUnit("router");
    await supervisor.stopUnit("router");
    await supervisor.stop();
    assert.deepEqual(script.nexts, [
      ...["client: restart", "federation: restart", "router: restart"],
      ...["client: rest", "federation: rest", "router: rest"],
      "proxy: rest",
    ]);
  });

  test("a restart leaves alone what had been stopped", async () => {
    const { script, supervisor, stateOf } = await running();
    await supervisor.stopUnit("client");
    script.events.length = 0;
    await supervisor.restartUnit("router");
    assert.ok(!script.events.includes("start client"));
    assert.equal(stateOf("client"), "stopped");
  });

  test("a stop takes them down, and a start brings back the one alone", async () => {
    const { script, supervisor, stateOf } = await running();
    assert.deepEqual(await supervisor.stopUnit("router"), ["router", "federation", "client"]);
    assert.deepEqual(script.events, ["stop client", "stop federation", "stop router"]);
    script.events.length = 0;
    await supervisor.startUnit("router");
    assert.deepEqual(script.events, ["starting router", "start router"]);
    assert.deepEqual(["router", "federation", "client", "proxy"].map(stateOf), [
      "running",
      "stopped",
      "stopped",
      "running",
    ]);
  });

  test("a service does not start before what it needs", async () => {
    const { script, supervisor } = await running();
    await supervisor.stopUnit("router");
    script.events.length = 0;
    for (const order of [supervisor.startUnit("client"), supervisor.restartUnit("client")])
      assert.deepEqual(await order, { kind: "refused", missing: ["router"] });
    assert.deepEqual(script.events, []);
  });

  test("a service that runs is not started twice", async () => {
    const { script, supervisor } = await running();
    await supervisor.startUnit("client");
    assert.deepEqual(script.events, []);
  });

  test("a service is degraded while something it uses does not run", async () => {
    const { supervisor, stateOf } = await running();
    await supervisor.stopUnit("proxy");
    assert.equal(stateOf("federation"), "degraded");
    await supervisor.startUnit("proxy");
    assert.equal(stateOf("federation"), "running");
  });

  test("what is not activated does not start with the node, nor when all restart", async () => {
    const { script, supervisor, stateOf } = await running({ isActivated: (name) => name !== "client" });
    assert.equal(stateOf("client"), "stopped");
    await supervisor.startUnit("client");
    script.events.length = 0;
    await supervisor.restartAll(["router", "federation", "client"]);
    assert.equal(stateOf("client"), "stopped");
    assert.ok(script.events.includes("stop client") && !script.events.includes("start client"));
    assert.ok(!script.events.includes("stop proxy"));
  });

  test("one that does not come up in a restart is told, tried again, and holds up no other", async () => {
    const { script, clock, supervisor, stateOf } = await running();
    script.failsToStart.add("federation");
    assert.deepEqual(await supervisor.restartUnit("router"), {
      kind: "failed",
      reason: "federation did not start: federation is broken",
    });
    assert.deepEqual(["router", "federation", "client"].map(stateOf), ["running", "failed", "running"]);
    script.failsToStart.clear();
    clock.advance(1);
    await settle();
    assert.equal(stateOf("federation"), "running");
  });

  test("what needs a service that does not come up, comes back with it", async () => {
    const { script, clock, supervisor, stateOf } = await running();
    script.failsToStart.add("router");
    assert.equal((await supervisor.restartUnit("router")).kind, "failed");
    assert.deepEqual(["router", "federation", "client"].map(stateOf), ["failed", "failed", "failed"]);
    script.failsToStart.clear();
    clock.advance(1);
    await settle();
    assert.deepEqual(["router", "federation", "client"].map(stateOf), ["running", "running", "running"]);
  });

  test("a stop ends the attempts to start a failed service", async () => {
    const { script, clock, supervisor, stateOf } = await running();
    script.failsToStart.add("client");
    assert.equal((await supervisor.restartUnit("client")).kind, "failed");
    await supervisor.stopUnit("client");
    script.events.length = 0;
    clock.advance(60_000);
    await settle();
    assert.deepEqual(script.events, []);
    assert.equal(stateOf("client"), "stopped");
  });

  test("who listens hears of each unit that stops, starts or fails, until it has heard enough", async () => {
    const { supervisor, script } = await running();
    const heard: string[] = [];
    const end = supervisor.onChange(({ name, state }) => heard.push(`${name} ${state}`));
    script.failsToStart.add("client");
    assert.equal((await supervisor.restartUnit("router")).kind, "failed");
    end();
    await supervisor.restartUnit("proxy");
    assert.deepEqual(heard, [
      "client stopped",
      "federation stopped",
      "router stopped",
      "router running",
      "federation running",
      "client failed",
    ]);
  });

  test("orders given at once are obeyed one after the other", async () => {
    const { script, supervisor } = await running();
    await Promise.all([
      supervisor.restartUnit("client"),
      supervisor.stopUnit("client"),
      supervisor.startUnit("client"),
    ]);
    const mine = script.events.filter((event) => !event.startsWith("starting"));
    assert.deepEqual(mine, ["stop client", "start client", "stop client", "start client"]);
  });
});
