import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Service, silentLogger } from "@interpres/runtime";
import { FakeClock } from "@interpres/testkit";
import { Supervisor } from "./supervisor.ts";

interface Script {
  readonly events: string[];
  failsToStart: Set<string>;
}

function service(name: string, script: Script): Service {
  return {
    name,
    start: async () => {
      script.events.push(`start ${name}`);
      if (script.failsToStart.has(name)) throw new Error(`${name} is broken`);
    },
    stop: async () => {
      script.events.push(`stop ${name}`);
    },
  };
}

function supervise(names: readonly string[]) {
  const script: Script = { events: [], failsToStart: new Set() };
  const clock = new FakeClock();
  const services = names.map((name) => service(name, script));
  return { script, clock, supervisor: new Supervisor({ clock, log: silentLogger, services }) };
}

/** Lets the promises of one restart settle. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
}

describe("supervisor", () => {
  test("starts in order and stops in reverse", async () => {
    const { script, supervisor } = supervise(["store", "xmpp", "sip"]);
    await supervisor.start();
    await supervisor.stop();
    assert.deepEqual(script.events, ["start store", "start xmpp", "start sip", "stop sip", "stop xmpp", "stop store"]);
  });

  test("a service that cannot start undoes the start and names itself", async () => {
    const { script, supervisor } = supervise(["store", "xmpp", "sip"]);
    script.failsToStart.add("xmpp");
    await assert.rejects(supervisor.start(), /xmpp did not start: xmpp is broken/);
    assert.deepEqual(script.events, ["start store", "start xmpp", "stop store"]);
  });

  test("a running service that fails is restarted alone", async () => {
    const { script, clock, supervisor } = supervise(["store", "xmpp"]);
    await supervisor.start();
    script.events.length = 0;
    supervisor.failed("xmpp", new Error("listener died"));
    clock.advance(1);
    await settle();
    assert.deepEqual(script.events, ["stop xmpp", "start xmpp"]);
    assert.deepEqual(supervisor.states().at(-1), { name: "xmpp", state: "running" });
  });

  test("a service that fails again waits longer each time", async () => {
    const { script, clock, supervisor } = supervise(["xmpp"]);
    await supervisor.start();
    script.failsToStart.add("xmpp");
    script.events.length = 0;
    supervisor.failed("xmpp", new Error("first"));
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
});
