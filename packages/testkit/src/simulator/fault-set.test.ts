import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FaultError, FaultSet, faultsOf } from "./fault-set.ts";

describe("faults of a simulator", () => {
  test("one of a method is kept for each method, and switched off for all of them", () => {
    const faults = new FaultSet("edge");
    faults.set("delay=INVITE:10");
    faults.set("delay=MESSAGE:2");
    assert.deepEqual([faults.of("delay", "INVITE"), faults.of("delay", "MESSAGE")], ["10", "2"]);
    assert.equal(faults.of("delay", "INFO"), undefined);
    faults.clear("delay");
    assert.equal(faults.has("delay"), false);
  });

  test("one with a value says it, one without says that it is on", () => {
    const faults = new FaultSet("edge");
    faults.set("grant=600");
    faults.set("glare");
    assert.deepEqual([faults.number("grant"), faults.value("glare"), faults.has("block")], [600, "", false]);
  });

  const wrong = [
    ["nonsense", /there is no fault nonsense: certificate, connections/],
    ["constructor", /there is no fault constructor/],
    ["glare=1", /fault glare is written glare$/],
    ["grant", /fault grant is written grant=SECONDS/],
    ["grant=soon", /grant=SECONDS/],
    ["grant=0", /grant=SECONDS/],
    ["text=word", /text=html\|rtf/],
    ["silent=invite", /silent=METHOD/],
    ["silent=INVITE:1", /silent=METHOD/],
    ["delay=INVITE", /delay=METHOD:SECONDS/],
    ["answer=INVITE:99", /answer=METHOD:STATUS/],
  ] as const;
  for (const [text, says] of wrong)
    test(`${text} is refused, and changes nothing`, () => {
      const faults = new FaultSet("edge");
      assert.throws(
        () => faults.set(text),
        (error) => error instanceof FaultError && says.test(error.message),
      );
      assert.deepEqual(
        faultsOf("edge").filter((name) => faults.has(name)),
        [],
      );
    });

  test("what only an edge does, a clearing house does not have", () => {
    assert.throws(() => new FaultSet("clearing-house").set("fork=late"), FaultError);
    assert.ok(!faultsOf("clearing-house").includes("fork"));
  });

  test("a change is told of, a refused one is not", () => {
    const faults = new FaultSet("edge");
    const told: string[] = [];
    faults.onChange((name) => told.push(name));
    faults.set("certificate=expired");
    assert.throws(() => faults.set("certificate=old"));
    faults.clear("certificate");
    assert.deepEqual(told, ["certificate", "certificate"]);
  });
});
