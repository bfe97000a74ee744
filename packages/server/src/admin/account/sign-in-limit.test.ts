import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FakeClock } from "@interpres/testkit";
import { SignInLimit } from "./sign-in-limit.ts";

const right = async () => true;
const wrong = async () => false;

describe("the limit on sign-ins", () => {
  test("gives an address ten wrong passwords, then one every ten seconds", async () => {
    const clock = new FakeClock();
    const limit = new SignInLimit(clock);
    const guess = () => limit.attempt({ name: "admin", address: "192.0.2.1" }, wrong);
    for (let count = 0; count < 10; count += 1) assert.equal(await guess(), false);
    assert.deepEqual(await guess(), { waitMs: 10_000 });
    clock.advance(10_000);
    assert.equal(await guess(), false);
    assert.notEqual(await guess(), false);
  });

  test("counts the addresses of one IPv6 network together, and those of IPv4 apart", async () => {
    const limit = new SignInLimit(new FakeClock());
    const guess = (address: string, name: string) => limit.attempt({ name, address }, wrong);
    for (let host = 1; host <= 10; host += 1) assert.equal(await guess(`2001:db8:0:7::${host}`, `n${host}`), false);
    assert.notEqual(await guess("2001:db8:0:7:1:2:3:4", "x"), false);
    assert.equal(await guess("2001:db8:0:8::1", "x"), false);
    for (let host = 1; host <= 30; host += 1) assert.equal(await guess(`::ffff:192.0.2.${host}`, `m${host}`), false);
  });

  test("slows a name that is guessed at from everywhere, in whatever case", async () => {
    const limit = new SignInLimit(new FakeClock());
    let host = 0;
    const guess = (name: string) => {
      host += 1;
      return limit.attempt({ name, address: `198.51.${host >> 8}.${host & 255}` }, wrong);
    };
    for (let count = 0; count < 50; count += 1) assert.equal(await guess(count % 2 === 0 ? "admin" : "Admin"), false);
    assert.notEqual(await guess("admin"), false);
    assert.equal(await guess("another"), false);
  });

  test("does not lock her out of where she has signed in before", async () => {
    const limit = new SignInLimit(new FakeClock());
    const home = { name: "admin", address: "192.0.2.1" };
    assert.equal(await limit.attempt(home, right), true);
    for (let host = 0; host < 60; host += 1)
      await limit.attempt({ name: "admin", address: `198.51.100.${host}` }, wrong);
    assert.equal(await limit.attempt(home, right), true);
    const elsewhere = await limit.attempt({ name: "admin", address: "203.0.113.9" }, right);
    assert.notEqual(elsewhere, true);
  });

  test("checks eight passwords at once, no more", async () => {
    const limit = new SignInLimit(new FakeClock());
    const open: (() => void)[] = [];
    const slow = () => new Promise<boolean>((resolve) => open.push(() => resolve(false)));
    const attempts = Array.from({ length: 9 }, (_, host) =>
      limit.attempt({ name: `n${host}`, address: `192.0.2.${host}` }, slow),
    );
    assert.deepEqual(await attempts[8], { waitMs: 1000 });
    for (const release of open) release();
    assert.equal(await attempts[0], false);
  });

  test("remembers no more than ten thousand addresses", async () => {
    const clock = new FakeClock();
    const limit = new SignInLimit(clock);
    const guess = (host: number) =>
      limit.attempt({ name: `n${host}`, address: `2001:db8:${host.toString(16)}::` }, wrong);
    for (let count = 0; count < 10; count += 1) await guess(1);
    for (let host = 2; host <= 10_001; host += 1) {
      clock.advance(1);
      await guess(host);
    }
    assert.equal(await guess(1), false, "the oldest was forgotten");
  });
});
