import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { HeaderLine, WatchSnapshot } from "@interpres/sip";
import { Presentity, presence, Scene } from "./notifier-scene.ts";
import type { PeerRequest } from "./stage.ts";

interface Row {
  readonly rule: string;
  readonly headers: readonly HeaderLine[];
  readonly status: number | undefined;
  readonly header?: readonly [string, string];
}

const rows: readonly Row[] = [
  {
    rule: "§4.2.1.1 another event package",
    headers: [["Event", "presence.wpending"]],
    status: 489,
    header: ["Allow-Events", "presence"],
  },
  { rule: "§4.2.3 no Event", headers: [], status: 489, header: ["Allow-Events", "presence"] },
  {
    rule: "§4.1.2.1 an Accept we cannot meet",
    headers: [presence, ["Accept", "application/xpidf+xml, text/xml+msrtc.pidf"]],
    status: 406,
    header: ["Accept", "application/pidf+xml"],
  },
  { rule: "RFC 3261 §20.1 an empty Accept takes nothing", headers: [presence, ["Accept", ""]], status: 406 },
  { rule: "RFC 3261 §20.1 q=0 is a no", headers: [presence, ["Accept", "application/pidf+xml;q=0.0"]], status: 406 },
  { rule: "§4.2.1.1 too brief", headers: [presence, ["Expires", "59"]], status: 423, header: ["Min-Expires", "60"] },
  { rule: "RFC 3856 §6.7 no Accept means PIDF", headers: [presence], status: undefined },
  { rule: "RFC 3261 §20.1 a wildcard", headers: [presence, ["Accept", "*/*"]], status: undefined },
  {
    rule: "RFC 3261 §20.1 a wildcard subtype",
    headers: [presence, ["Accept", "text/plain, application/*;q=0.5"]],
    status: undefined,
  },
  {
    rule: "one of many over several lines",
    headers: [
      presence,
      ["Accept", "application/msrtc-event-categories+xml, text/xml+msrtc.pidf"],
      ["Accept", "Application/PIDF+xml"],
    ],
    status: undefined,
  },
  {
    rule: "RFC 3261 §8.2.2.3 an extension we lack",
    headers: [presence, ["Require", "adhoclist, categoryList"]],
    status: 420,
    header: ["Unsupported", "adhoclist, categoryList"],
  },
];

describe("notifier (RFC 6665 §4.2)", () => {
  for (const { rule, headers, status, header } of rows) {
    test(`${rule}: ${status ?? "offered to the user"}`, () => {
      const scene = new Scene();
      assert.equal(scene.ask({ headers }), status);
      assert.equal(scene.incoming.length, status === undefined ? 1 : 0);
      if (header !== undefined) assert.equal(scene.transport.lastResponse().first(header[0]), header[1]);
    });
  }

  const grants: readonly (readonly [string, readonly HeaderLine[], number])[] = [
    ["no Expires: the package's default", [], 3600],
    ["a moderate wish", [["Expires", "1800"]], 1800],
    ["a long wish is cut", [["Expires", "28800"]], 7200],
    ["an absurd wish is cut", [["Expires", "4294967295"]], 7200],
    ["a fetch", [["Expires", "0"]], 0],
  ];
  for (const [rule, headers, granted] of grants) {
    test(`§4.2.1.1 ${rule}: ${granted} s`, () => {
      const scene = new Scene();
      scene.ask({ headers: [presence, ...headers] });
      assert.equal(scene.incoming[0]?.expiresSeconds, granted);
      scene.accept();
      assert.equal(scene.transport.lastResponse().expires, granted);
    });
  }

  test("§4.2.1.1 the 2xx: Expires, Contact, To tag, Record-Route as it came, none of the peer's option tags", () => {
    const scene = new Scene();
    const routes = [
      "<sip:pool.contoso.example:5061;transport=tls;lr;ms-route-sig=eXg>;ms-rrsig=eXk;tag=3F79",
      "<sip:edge.contoso.example;lr>;tag=252F",
    ];
    scene.ask({
      headers: [
        presence,
        ["Record-Route", routes[0] ?? ""],
        ["Supported", "ms-benotify, ms-piggyback-first-notify"],
        ["RECORD-ROUTE", routes[1] ?? ""],
      ],
    });
    scene.accept({ expiresSeconds: 600 });
    const ok = scene.transport.lastResponse();
    assert.equal(ok.status, 200);
    assert.equal(ok.expires, 600);
    assert.equal(ok.first("Contact"), "<sip:bob@sip.example.com:5061;transport=tls>");
    assert.deepEqual(ok.all("Record-Route"), routes);
    assert.notEqual(ok.to.tag, undefined);
    assert.equal(ok.first("Supported"), undefined);
    assert.equal(ok.first("Require"), undefined);
    assert.equal(ok.body.length, 0);
  });

  test("§4.2.1.2 the NOTIFY: dialog, route set, Contact, Event, what is left of the grant", () => {
    const scene = new Scene();
    const route = "<sip:pool.contoso.example:5061;transport=tls;lr;ms-route-sig=eXg>;ms-rrsig=eXk";
    scene.ask({
      headers: [
        ["Event", "presence;id=a1"],
        ["Record-Route", route],
        ["Expires", "600"],
      ],
    });
    const watch = scene.accept();
    scene.stage.clock.advance(10_000);
    const body = { contentType: "application/pidf+xml", contentLanguage: "de", body: "<presence/>" };
    watch.notify({ state: "active", ...body });
    const notify = scene.transport.lastRequest("NOTIFY");
    assert.equal(notify.requestUri, "sip:alice@contoso.example;opaque=user:epid:a1De;gruu");
    assert.deepEqual(notify.all("Route"), [route]);
    assert.equal(notify.first("To"), "<sip:alice@contoso.example>;tag=peer;epid=451e9252b6");
    assert.equal(notify.first("From"), `<sip:bob@example.com>;tag=${scene.transport.lastResponse().to.tag}`);
    assert.equal(notify.first("Event"), "presence;id=a1");
    assert.equal(notify.first("Subscription-State"), "active;expires=590");
    assert.equal(notify.first("Contact"), "<sip:bob@sip.example.com:5061;transport=tls>");
    assert.equal(notify.first("Content-Type"), "application/pidf+xml");
    assert.equal(notify.first("Content-Language"), "de");
    assert.equal(Buffer.from(notify.body).toString(), "<presence/>");
  });

  test("202 where the user says so, refusals with what it adds", () => {
    const scene = new Scene();
    scene.ask();
    scene.accept({ status: 202 });
    scene.ask();
    scene.incoming.at(-1)?.refuse(603, { reason: "Decline", headers: [["Warning", "399 x y"]] });
    assert.deepEqual(scene.transport.statuses(), [202, 603]);
    assert.equal(scene.transport.lastResponse().first("Warning"), "399 x y");
  });

  test("the 2xx waits until the watch is durable, and NOTIFY behind it", () => {
    const scene = new Scene();
    scene.ask();
    let send: (() => void) | undefined;
    const watch = scene.accept({
      beforeAnswer: (_snapshot, proceed) => {
        send = proceed;
      },
    });
    watch.notify({ state: "active" });
    assert.deepEqual([scene.transport.statuses(), scene.states()], [[], []]);
    send?.();
    assert.deepEqual(scene.transport.statuses(), [200]);
    assert.deepEqual(scene.states(), ["active;expires=3600"]);
  });

  test("one NOTIFY under way; of the states behind it only the newest is sent", () => {
    const scene = new Scene();
    const watch = scene.standing();
    for (const body of ["1", "2", "3"]) watch.notify({ state: "active", contentType: "a/b", body });
    assert.equal(scene.transport.requestsOf("NOTIFY").length, 2);
    scene.stage.answer(200);
    const last = scene.transport.lastRequest("NOTIFY");
    assert.equal(scene.transport.requestsOf("NOTIFY").length, 3);
    assert.equal(Buffer.from(last.body).toString(), "3");
    assert.equal(last.cseq.number, 3);
  });

  test("§4.2.1.4 a refresh: 200, the user gives the full state, the expiry moves", () => {
    const scene = new Scene();
    const watch = scene.standing();
    scene.user.onRefreshed = () => watch.notify({ state: "active", contentType: "a/b", body: "full" });
    scene.stage.clock.advance(3_000_000);
    assert.equal(scene.refresh(3600), 200);
    assert.equal(scene.transport.lastResponse().expires, 3600);
    assert.deepEqual(scene.user.heard, ["refreshed 3600"]);
    assert.equal(scene.states().at(-1), "active;expires=3600");
    scene.stage.answer(200, {}, "NOTIFY");
    scene.stage.clock.advance(3_000_000);
    assert.deepEqual(scene.user.heard, ["refreshed 3600"]);
  });

  const refreshes: readonly (readonly [string, number, Partial<PeerRequest>])[] = [
    ["§4.2.1.1 too brief", 423, { headers: [presence, ["Expires", "5"]] }],
    ["another event package", 489, { headers: [["Event", "dialog"]] }],
    ["§8.2.1 another event id", 481, { headers: [["Event", "presence;id=9"]] }],
    ["RFC 3261 §12.2.2 an old CSeq", 500, { cseq: 1 }],
    ["another tag of the peer", 481, { from: "<sip:alice@contoso.example>;tag=other" }],
    ["another Call-ID", 481, { callId: "other" }],
    ["another domain", 481, { from: "<sip:alice@evil.example>;tag=peer" }],
    ["another method of this dialog", 481, { method: "MESSAGE" }],
  ];
  for (const [rule, status, changes] of refreshes) {
    test(`a SUBSCRIBE in the dialog: ${rule}: ${status}`, () => {
      const scene = new Scene();
      scene.standing();
      assert.equal(scene.refresh(3600, changes), status);
      assert.deepEqual(scene.user.heard, []);
    });
  }

  test("RFC 3261 §12.2.1.2 an answer to NOTIFY moves the remote target, unless it hands our own Contact back", () => {
    const scene = new Scene();
    const watch = scene.standing();
    const answerFrom = (contact: string): string => {
      watch.notify({ state: "active" });
      scene.stage.answer(200, { headers: [["Contact", contact]] });
      watch.notify({ state: "active" });
      const { requestUri } = scene.transport.lastRequest("NOTIFY");
      scene.stage.answer(200);
      return requestUri;
    };
    assert.equal(answerFrom("<sip:alice@new.contoso.example>"), "sip:alice@new.contoso.example");
    const ours = scene.transport.lastRequest("NOTIFY").first("Contact") ?? "";
    assert.equal(answerFrom(ours), "sip:alice@new.contoso.example");
  });

  test("RFC 3261 §12.2.2 a refresh may move the remote target", () => {
    const scene = new Scene();
    const watch = scene.standing();
    scene.refresh(3600, { headers: [presence, ["Contact", "<sip:alice@new.contoso.example>"]] });
    watch.notify({ state: "active" });
    assert.equal(scene.transport.lastRequest("NOTIFY").requestUri, "sip:alice@new.contoso.example");
    assert.equal(scene.user.snapshot?.dialog.remoteTarget, "sip:alice@new.contoso.example");
  });

  test("§4.2.1.4 Expires 0: the user's last state as terminated;reason=timeout", () => {
    const scene = new Scene();
    const watch = scene.standing();
    scene.user.onRefreshed = () => watch.notify({ state: "active", contentType: "a/b", body: "last" });
    assert.equal(scene.refresh(0), 200);
    const last = scene.transport.lastRequest("NOTIFY");
    assert.equal(last.first("Subscription-State"), "terminated;reason=timeout");
    assert.equal(Buffer.from(last.body).toString(), "last");
    assert.deepEqual(scene.user.heard, ["refreshed 0"]);
    scene.stage.answer(200, {}, "NOTIFY");
    assert.deepEqual(scene.user.heard, ["refreshed 0", "ended unsubscribed"]);
    assert.equal(scene.stage.core.dialogs, 0);
    assert.equal(scene.stage.clock.pendingTimers, 0);
  });

  test("§4.2.1.4 Expires 0: a user without a word still ends it properly", () => {
    const scene = new Scene();
    scene.standing();
    scene.refresh(0);
    assert.equal(scene.states().at(-1), "terminated;reason=timeout");
  });

  test("§4.4.3 a fetch: one NOTIFY, and it is the last", () => {
    const scene = new Scene();
    scene.ask({ headers: [presence, ["Expires", "0"]] });
    const watch = scene.accept();
    watch.notify({ state: "active", contentType: "a/b", body: "now" });
    assert.deepEqual(scene.states(), ["terminated;reason=timeout"]);
    scene.stage.answer(200);
    assert.deepEqual(scene.user.heard, ["ended unsubscribed"]);
  });

  test("§4.4.3 a fetch that the user never answers is over after 64*T1", () => {
    const scene = new Scene();
    scene.ask({ headers: [presence, ["Expires", "0"]] });
    scene.accept();
    scene.stage.clock.advance(32_000);
    assert.deepEqual(scene.states(), ["terminated;reason=timeout"]);
  });

  test("§4.2.1.4 not refreshed: terminated;reason=timeout at the end of the grant", () => {
    const scene = new Scene();
    scene.standing();
    scene.stage.clock.advance(3_599_999);
    assert.deepEqual(scene.states(), ["active;expires=3600"]);
    scene.stage.clock.advance(1);
    assert.equal(scene.states().at(-1), "terminated;reason=timeout");
    scene.stage.answer(481);
    assert.deepEqual(scene.user.heard, ["ended expired"]);
  });

  test("§4.2.2 the end we decide carries its reason and overtakes what waits", () => {
    const scene = new Scene();
    const watch = scene.standing();
    watch.notify({ state: "active" });
    watch.notify({ state: "active" });
    watch.terminate("rejected");
    watch.notify({ state: "active" });
    scene.stage.answer(200);
    assert.equal(scene.states().at(-1), "terminated;reason=rejected");
    assert.equal(scene.refresh(3600), 481);
    scene.stage.answer(200, {}, "NOTIFY");
    assert.deepEqual(scene.user.heard, ["ended terminated"]);
    assert.equal(scene.transport.requestsOf("NOTIFY").length, 3);
  });

  for (const status of [404, 405, 408, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604]) {
    test(`§4.2.2 ${status} to NOTIFY ends the watch`, () => {
      const scene = new Scene();
      const watch = scene.standing();
      watch.notify({ state: "active" });
      scene.stage.answer(status);
      assert.deepEqual(scene.user.heard, ["ended notify-failed"]);
      assert.equal(scene.stage.core.dialogs, 0);
      assert.equal(scene.stage.clock.pendingTimers, 0);
    });
  }

  test("§4.2.2 no answer to NOTIFY ends the watch", () => {
    const scene = new Scene();
    scene.standing().notify({ state: "active" });
    scene.stage.clock.advance(32_000);
    assert.deepEqual(scene.user.heard, ["ended notify-failed"]);
  });

  test("§4.2.2 500 to NOTIFY leaves the watch; the state is sent again later, or a newer one", () => {
    const scene = new Scene();
    const watch = scene.standing();
    watch.notify({ state: "active", contentType: "a/b", body: "old" });
    scene.stage.answer(500);
    watch.notify({ state: "active", contentType: "a/b", body: "new" });
    assert.equal(scene.transport.requestsOf("NOTIFY").length, 2);
    scene.stage.clock.advance(30_000);
    assert.equal(Buffer.from(scene.transport.lastRequest("NOTIFY").body).toString(), "new");
    scene.stage.answer(200);
    assert.deepEqual(scene.user.heard, []);
  });

  test("a peer that stays unreachable loses the watch in the end", () => {
    const scene = new Scene();
    const watch = scene.standing();
    scene.transport.deadHosts.add("edge.contoso.example");
    watch.notify({ state: "active" });
    scene.stage.clock.advance(2_000_000);
    assert.deepEqual(scene.user.heard, ["ended notify-failed"]);
    assert.equal(scene.transport.requestsOf("NOTIFY").length, 7);
  });

  test("a snapshot survives JSON and a restart: the watch goes on with a higher CSeq", () => {
    const before = new Scene();
    before.standing();
    const snapshot = JSON.parse(JSON.stringify(before.user.snapshot)) as WatchSnapshot;
    assert.equal(snapshot.state, "active");
    const after = new Scene();
    const watch = after.stage.core.notifier.restore(snapshot, after.user);
    assert.equal(after.transport.requests.length, 0);
    watch?.notify({ state: "active" });
    const notify = after.transport.lastRequest();
    assert.equal(notify.first("To"), snapshot.dialog.remoteToText);
    assert.ok(notify.cseq.number > snapshot.dialog.localSequence);
    // Else the next restart would use its number again (RFC 3261 §12.2.1.1).
    assert.equal(after.user.snapshot?.dialog.localSequence, notify.cseq.number);
    after.stage.clock.advance(10);
    after.stage.answer(200);
    after.stage.clock.advance(3_600_000);
    assert.equal(after.states().at(-1), "terminated;reason=timeout");
  });

  test("a snapshot that ran out is not restored", () => {
    const before = new Scene();
    before.standing();
    const { snapshot } = before.user;
    assert.ok(snapshot);
    before.stage.clock.advance(4_000_000);
    assert.equal(before.stage.core.notifier.restore(snapshot, new Presentity()), undefined);
  });

  test("the table of dialogs is bounded: 503 with Retry-After", () => {
    const scene = new Scene({ settings: { maxDialogs: 0 } });
    assert.equal(scene.ask(), 503);
    assert.notEqual(scene.transport.lastResponse().first("Retry-After"), undefined);
  });

  test("abandoned: no word to anybody", () => {
    const scene = new Scene();
    const watch = scene.standing();
    watch.abandon();
    watch.notify({ state: "active" });
    scene.stage.clock.advance(4_000_000);
    assert.equal(scene.transport.requestsOf("NOTIFY").length, 1);
    assert.equal(scene.refresh(3600), 481);
    assert.deepEqual(scene.user.heard, []);
  });
});
