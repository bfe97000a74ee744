import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { buildRequest, type Connection, type NextHop, type SipRequest, type SipTransport } from "@interpres/sip";
import { FakeClock } from "@interpres/testkit";
import { dialects } from "../peer/dialect.ts";
import { Departures } from "./departures.ts";
import { HopHealth } from "./hop-health.ts";

const LIMIT = dialects.microsoft.ratePerSecond;
const CONTOSO = hop("contoso.example", "sip.contoso.example");

const LATE_MS = 190;

/** A way to edges that writes at once, or when the test opens its connection. */
class Way {
  readonly clock = new FakeClock();
  readonly written: { readonly at: number; readonly method: string; readonly host: string }[] = [];
  readonly failures: string[] = [];
  readonly limits = new Map<string, number>([["contoso.example", LIMIT]]);
  readonly health = new HopHealth(this.clock);
  readonly departures = new Departures({
    clock: this.clock,
    limitOf: (domain) => this.limits.get(domain),
    closedMs: (hop) => this.health.closedMs(hop),
  });
  isOpen = true;
  readonly #held: { readonly write: () => void; readonly fail: () => void }[] = [];
  readonly #transport = this.departures.pace(this.#wire());

  send(method: string, to: NextHop = CONTOSO, toTag?: string): void {
    const failed: Parameters<SipTransport["sendRequest"]>[2] = ({ cause }) => this.failures.push(cause);
    this.#transport.sendRequest(request(method, toTag), to, failed, () => undefined);
  }

  get held(): number {
    return this.#held.length;
  }

  open(): void {
    this.isOpen = true;
    for (const { write } of this.#held.splice(0)) write();
  }

  refuse(): void {
    for (const { fail } of this.#held.splice(0)) fail();
  }

  /** The most that any second, wherever it begins, can see: the first of it may come late, as when TCP repeats a segment. */
  get busiestSecond(): number {
    const times = this.written.map(({ at }) => at);
    return Math.max(...times.map((start) => times.filter((at) => at >= start && at < start + 1000 + LATE_MS).length));
  }

  #wire(): SipTransport {
    const ignore = (): void => undefined;
    return {
      onMessage: ignore,
      onProblem: ignore,
      onConnectionClosed: ignore,
      sendResponse: ignore,
      sendRequest: ({ method }, { host, ...rest }, failed, sent) => {
        const write = (): void => {
          this.written.push({ at: this.clock.now(), method, host });
          sent?.({} as Connection);
        };
        const fail = (): void => failed({ cause: "connect-failed", hop: { host, ...rest }, detail: "" });
        if (this.isOpen) write();
        else this.#held.push({ write, fail });
      },
    };
  }
}

describe("an edge that asked to be left alone (RFC 3261 §21.5.4)", () => {
  const FABRIKAM = hop("fabrikam.example", "sip.fabrikam.example");

  test("gets no new request until its time is over; others get theirs", () => {
    const way = new Way();
    way.limits.set("fabrikam.example", LIMIT);
    way.health.askedToWait(CONTOSO, 20);
    for (const to of [CONTOSO, FABRIKAM, CONTOSO]) way.send("MESSAGE", to);
    way.clock.advance(19_999);
    way.send("SUBSCRIBE", CONTOSO, "refresh");
    assert.deepEqual(way.failures, ["asked-to-wait", "asked-to-wait", "asked-to-wait"]);
    way.clock.advance(1);
    way.send("MESSAGE");
    assert.deepEqual(
      way.written.map(({ host }) => host),
      ["sip.fabrikam.example", "sip.contoso.example"],
    );
  });

  test("still gets ACK, CANCEL and BYE: the end of what it has taken", () => {
    const way = new Way();
    way.health.askedToWait(CONTOSO, 20);
    for (const method of ["ACK", "CANCEL", "BYE"]) way.send(method);
    assert.equal(way.written.length, 3);
  });

  test("what waits for room there fails when its turn comes", () => {
    const way = new Way();
    for (let n = 0; n < 25; n += 1) way.send("MESSAGE");
    way.health.askedToWait(CONTOSO, 10);
    way.clock.advance(2000);
    assert.deepEqual([way.written.length, way.failures.length], [20, 5]);
  });

  test("who asks how long to wait is told, up to half a minute; longer waits end in failure at once", () => {
    const way = new Way();
    way.send("MESSAGE");
    way.health.askedToWait(CONTOSO, 30);
    assert.equal(way.departures.waitMs("contoso.example"), 30_000);
    way.health.askedToWait(CONTOSO, 31);
    assert.equal(way.departures.waitMs("contoso.example"), 0);
  });

  test("no more than fifty thousand wait for one edge", () => {
    const way = new Way();
    for (let n = 0; n < 50_020 + 3; n += 1) way.send("NOTIFY");
    assert.deepEqual(way.failures, ["queue-full", "queue-full", "queue-full"]);
    way.departures.stop();
  });
});

describe("departures for an edge", () => {
  test("a crowd: 20 in any second, and close to it", () => {
    const way = new Way();
    for (let n = 0; n < 200; n += 1) way.send(n % 3 === 0 ? "BYE" : "NOTIFY");
    way.clock.advance(20_000);
    assert.equal(way.written.length, 200);
    assert.equal(way.busiestSecond, 20);
    const spanMs = (way.written.at(-1)?.at ?? 0) - (way.written[0]?.at ?? 0);
    assert.ok(200 - 20 >= (16 * spanMs) / 1000, `180 in ${spanMs} ms`);
  });

  test("a trickle with a crowd on top: no second holds more, wherever it begins", () => {
    const way = new Way();
    for (let step = 0; step < 100; step += 1) {
      way.send("MESSAGE");
      if (step === 37) for (let n = 0; n < 40; n += 1) way.send("SUBSCRIBE");
      way.clock.advance(61);
    }
    way.clock.advance(20_000);
    assert.equal(way.written.length, 140);
    assert.ok(way.busiestSecond <= 20);
  });

  test("what waits for a connection leaves in no larger bunch than an edge takes, and nothing follows within the second", () => {
    const way = new Way();
    way.isOpen = false;
    for (let n = 0; n < 50; n += 1) way.send("SUBSCRIBE");
    way.clock.advance(5000);
    assert.equal(way.held, 20);
    way.open();
    way.clock.advance(1000);
    assert.equal(way.written.length, 20);
    way.clock.advance(10_000);
    assert.equal(way.written.length, 50);
    assert.equal(way.busiestSecond, 20);
  });

  test("a connection that fails makes room: what waits is tried, and fails in its turn", () => {
    const way = new Way();
    way.isOpen = false;
    for (let n = 0; n < 30; n += 1) way.send("MESSAGE");
    way.refuse();
    way.clock.advance(1);
    assert.deepEqual([way.failures.length, way.held], [20, 10]);
    way.open();
    assert.equal(way.written.length, 10);
  });

  test("ACK and CANCEL go first, then what people wait for, what they see, what keeps things alive", () => {
    const way = new Way();
    for (let n = 0; n < 20; n += 1) way.send("MESSAGE");
    way.send("SUBSCRIBE", CONTOSO, "refresh");
    way.send("OPTIONS");
    way.send("NOTIFY");
    way.send("SUBSCRIBE");
    way.send("MESSAGE");
    way.send("BYE");
    way.send("ACK");
    way.clock.advance(2000);
    assert.deepEqual(
      way.written.slice(20).map(({ method }) => method),
      ["ACK", "MESSAGE", "BYE", "NOTIFY", "SUBSCRIBE", "SUBSCRIBE", "OPTIONS"],
    );
  });

  test("domains behind one edge share its second; another edge has its own", () => {
    const way = new Way();
    for (const domain of ["fabrikam.example", "hosted.example"]) way.limits.set(domain, LIMIT);
    for (let n = 0; n < 30; n += 1) {
      way.send("NOTIFY");
      way.send("NOTIFY", hop("hosted.example", "sip.contoso.example"));
      way.send("NOTIFY", hop("fabrikam.example", "sip.fabrikam.example"));
    }
    const left = (host: string) => way.written.filter((one) => one.host === host).length;
    assert.deepEqual([left("sip.contoso.example"), left("sip.fabrikam.example")], [20, 20]);
  });

  test("says when there is room, so that nobody need stand in line here", () => {
    const way = new Way();
    assert.equal(way.departures.waitMs("contoso.example"), 0);
    for (let n = 0; n < 19; n += 1) way.send("NOTIFY");
    assert.equal(way.departures.waitMs("contoso.example"), 0);
    way.send("NOTIFY");
    const waitMs = way.departures.waitMs("contoso.example");
    assert.ok(waitMs > 0);
    way.clock.advance(2000);
    assert.equal(way.departures.waitMs("contoso.example"), 0);
  });

  test("a domain that is no peer any more is taken leave of at the rate it had", () => {
    const way = new Way();
    way.send("NOTIFY");
    way.limits.clear();
    for (let n = 0; n < 60; n += 1) way.send("NOTIFY");
    way.clock.advance(10_000);
    assert.deepEqual([way.written.length, way.busiestSecond], [61, 20]);
  });

  test("drained when nothing waits, or when that takes too long", async () => {
    const way = new Way();
    for (let n = 0; n < 60; n += 1) way.send("BYE");
    let isDone = false;
    void way.departures.drained(5000).then(() => {
      isDone = true;
    });
    await way.clock.elapse(1500);
    assert.equal(isDone, false);
    await way.clock.elapse(1500);
    assert.deepEqual([isDone, way.written.length], [true, 60]);
    for (let n = 0; n < 200; n += 1) way.send("BYE");
    isDone = false;
    void way.departures.drained(2000).then(() => {
      isDone = true;
    });
    await way.clock.elapse(2100);
    assert.equal(isDone, true);
  });

  test("stopped: what waits has failed, no timer is left, and what has left counts on", () => {
    const way = new Way();
    for (let n = 0; n < 25; n += 1) way.send("NOTIFY");
    way.departures.stop();
    assert.deepEqual(way.failures, Array(5).fill("shut-down"));
    assert.equal(way.clock.pendingTimers, 0);
    way.send("NOTIFY");
    assert.equal(way.written.length, 20);
    way.clock.advance(1200);
    assert.equal(way.written.length, 21);
  });
});

function hop(domain: string, host: string): NextHop {
  return { host, port: 5061, protocol: "tls", domain, from: "test" };
}

function request(method: string, toTag: string | undefined): SipRequest {
  return buildRequest({
    method,
    requestUri: "sip:bob@contoso.example",
    headers: [
      ["Max-Forwards", "70"],
      ["From", "<sip:alice@example.com>;tag=1"],
      ["To", `<sip:bob@contoso.example>${toTag === undefined ? "" : `;tag=${toTag}`}`],
      ["Call-ID", "1"],
      ["CSeq", `1 ${method}`],
    ],
  });
}
