import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type DirectoryRun, DirectorySettings } from "@interpres/admin-api";
import { FakeClock, SeededRandom, settled } from "@interpres/testkit";
import Value from "typebox/value";
import { begunRun } from "./directory-run.ts";
import { SyncSchedule } from "./sync-schedule.ts";

const MINUTE_MS = 60_000;

class World {
  readonly clock = new FakeClock();
  readonly runs: number[] = [];
  settings = { enabled: true, syncIntervalMinutes: 60 };
  isPublisher = true;
  last: DirectoryRun | undefined;
  readonly schedule = new SyncSchedule({
    clock: this.clock,
    random: new SeededRandom(3),
    settings: () => Value.Default(DirectorySettings, { ...this.settings }) as DirectorySettings,
    sync: {
      isRunning: false,
      status: async () => this.last,
      run: async ({ mode, actor, mostVanished }) => {
        assert.deepEqual([mode, actor, mostVanished], ["apply", "system", "refused"]);
        this.runs.push(this.clock.now());
        this.last = begunRun(mode, actor, this.clock.now());
        return this.last;
      },
    },
    isPublisher: () => this.isPublisher,
  });

  async pass(minutes: number): Promise<number> {
    const before = this.runs.length;
    for (let minute = 0; minute < minutes; minute += 1) {
      this.clock.advance(MINUTE_MS);
      await settled();
    }
    return this.runs.length - before;
  }
}

describe("the schedule of the directory", () => {
  test("runs every interval, a tenth earlier or later", async () => {
    const world = new World();
    await world.schedule.start();
    assert.equal(await world.pass(53), 0);
    await world.pass(600);
    assert.ok(world.runs.length >= 9 && world.runs.length <= 12, String(world.runs.length));
    const gaps = world.runs.slice(1).map((at, index) => (at - (world.runs[index] ?? 0)) / MINUTE_MS);
    assert.ok(
      gaps.every((gap) => gap >= 54 && gap <= 67),
      gaps.join(),
    );
    assert.ok(new Set(gaps).size > 1, "not always the same");
  });

  test("counts from the last run, also of an earlier start; what is overdue comes soon", async () => {
    const world = new World();
    world.last = begunRun("apply", "system", world.clock.now() - 30 * MINUTE_MS);
    await world.schedule.start();
    assert.equal(await world.pass(37), 1);
    world.schedule.stop();
    await world.pass(300);
    await world.schedule.start();
    assert.equal(await world.pass(1), 1);
  });

  test("is off for an interval of 0 and a directory that is off, and takes up a change", async () => {
    const world = new World();
    world.settings = { enabled: true, syncIntervalMinutes: 0 };
    await world.schedule.start();
    assert.equal(await world.pass(200), 0);
    world.settings = { enabled: true, syncIntervalMinutes: 5 };
    await world.schedule.settingsChanged();
    assert.ok((await world.pass(12)) >= 1);
    world.settings = { enabled: false, syncIntervalMinutes: 5 };
    await world.schedule.settingsChanged();
    assert.equal(await world.pass(30), 0);
  });

  test("runs nothing after it was stopped", async () => {
    const world = new World();
    await world.schedule.start();
    world.schedule.stop();
    await world.schedule.settingsChanged();
    assert.equal(await world.pass(300), 0);
  });

  test("leaves the work to the publisher", async () => {
    const world = new World();
    world.isPublisher = false;
    world.last = begunRun("apply", "system", world.clock.now() - 120 * MINUTE_MS);
    await world.schedule.start();
    assert.equal(await world.pass(120), 0);
    world.isPublisher = true;
    assert.equal(await world.pass(2), 1);
  });
});
