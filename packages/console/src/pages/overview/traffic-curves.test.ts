import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { noTraffic } from "@interpres/admin-api";
import { trafficCurves } from "./traffic-curves.ts";

const from = "2026-11-27T10:00:00.000Z";

describe("curves of traffic", () => {
  test("show the last hour where nothing is older, zero where nothing passed", () => {
    const curves = trafficCurves({ from, until: "2026-11-27T12:00:30.000Z", minutes: [] });
    assert.equal(curves.times.length, 61);
    assert.equal(curves.times.at(-1), Date.parse("2026-11-27T12:00:00.000Z") / 1000);
    assert.ok(curves.values.imIn.every((value) => value === 0));
  });

  test("put each minute in its place, and failures of all kinds into one curve", () => {
    const minute = {
      at: "2026-11-27T11:58:00.000Z",
      passed: { ...noTraffic, imIn: 3 },
      failed: { ...noTraffic, imOut: 1, presenceIn: 2 },
    };
    const { values } = trafficCurves({ from, until: "2026-11-27T12:00:30.000Z", minutes: [minute] });
    assert.deepEqual(values.imIn.slice(-4), [0, 3, 0, 0]);
    assert.deepEqual(values.failed.slice(-4), [0, 3, 0, 0]);
    assert.ok(values.imOut.every((value) => value === 0));
  });

  test("reach as far back as there is traffic", () => {
    const minute = { at: "2026-11-27T10:00:00.000Z", passed: { ...noTraffic, imIn: 1 }, failed: noTraffic };
    const curves = trafficCurves({ from, until: "2026-11-27T12:00:00.000Z", minutes: [minute] });
    assert.deepEqual([curves.times.length, curves.values.imIn[0]], [121, 1]);
  });
});
