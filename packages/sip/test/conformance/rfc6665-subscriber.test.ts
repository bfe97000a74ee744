import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { HeaderLine, SubscriptionSnapshot } from "@interpres/sip";
import { hopTo, Stage } from "./stage.ts";
import { RR, Scene, Watcher } from "./subscriber-scene.ts";

describe("subscriber (RFC 6665 §4.1)", () => {
  test("§4.1.2.1 the SUBSCRIBE", () => {
    const { transport } = new Scene({}, { localDisplayName: 'Bob "B" Example', headers: [["Subject", "x"]] });
    const subscribe = transport.lastRequest();
    assert.equal(subscribe.requestUri, "sip:alice@contoso.example");
    assert.equal(subscribe.event?.text, "presence");
    assert.equal(subscribe.expires, 3600);
    assert.equal(subscribe.first("Accept"), "application/pidf+xml");
    assert.equal(subscribe.first("Contact"), "<sip:bob@sip.example.com:5061;transport=tls>");
    assert.match(subscribe.first("From") ?? "", /^"Bob \\"B\\" Example" <sip:bob@example\.com>;tag=\w{22}$/);
    assert.equal(subscribe.to.tag, undefined);
    assert.equal(subscribe.maxForwards, 70);
    assert.equal(subscribe.first("Subject"), "x");
  });

  test("§4.1.2.1 the grant of the 2xx, without an Event header", () => {
    const scene = new Scene();
    scene.accept(1800);
    assert.deepEqual(scene.user.heard, ["accepted 1800"]);
  });

  test("§4.1.2.1 a grant longer than asked is none", () => {
    const scene = new Scene();
    scene.accept(99_999);
    assert.deepEqual(scene.user.heard, ["accepted 3600"]);
  });

  test("§4.1.2.1 a 2xx without Expires grants what was asked", () => {
    const scene = new Scene();
    scene.accept();
    assert.deepEqual(scene.user.heard, ["accepted 3600"]);
  });

  test("§4.1.2.4 NOTIFY before the 2xx makes the dialog", () => {
    const scene = new Scene();
    assert.equal(scene.notify("pending"), 200);
    scene.accept(3600);
    assert.deepEqual(scene.user.heard, ["notified pending", "accepted 3600"]);
    assert.equal(scene.user.snapshot?.dialog.remoteTag, "peer");
    scene.stage.clock.advance(60_000);
    assert.deepEqual(scene.user.heard, ["notified pending", "accepted 3600"]);
  });

  test("§4.1.2.4 no NOTIFY within Timer N: the subscription failed", () => {
    const scene = new Scene();
    scene.accept(3600);
    scene.stage.clock.advance(32_000);
    assert.deepEqual(scene.user.heard, ["accepted 3600", "ended no-notify"]);
    assert.equal(scene.notify("active"), 481);
    assert.equal(scene.stage.clock.pendingTimers, 0);
  });

  test("§4.1.2.4 a NOTIFY of another fork is answered 481", () => {
    const scene = new Scene().established();
    assert.equal(scene.notify("active", { from: "<sip:alice@contoso.example>;tag=fork" }), 481);
    assert.deepEqual(scene.user.heard, []);
  });

  test("§4.1.3 what a NOTIFY says", () => {
    const scene = new Scene();
    scene.accept(3600);
    const headers: HeaderLine[] = [["Content-Type", "application/PIDF+xml;charset=utf-8"]];
    scene.notify("terminated;retry-after=60;Reason=Probation", { body: "<p/>" }, headers);
    const said = scene.user.notifications[0];
    assert.equal(said?.state, "terminated");
    assert.equal(said.reason, "probation");
    assert.equal(said.retryAfterSeconds, 60);
    assert.equal(said.contentType, "application/pidf+xml");
    assert.equal(Buffer.from(said.body).toString(), "<p/>");
    assert.deepEqual(scene.user.heard, ["accepted 3600", "notified terminated", "ended terminated"]);
    assert.equal(scene.transport.lastResponse().status, 200);
  });

  const refusedNotifies: readonly (readonly [string, number, readonly HeaderLine[]])[] = [
    [
      "§4.1.3 another event package",
      489,
      [
        ["Event", "dialog"],
        ["Subscription-State", "active"],
      ],
    ],
    [
      "§8.2.1 an event id we never gave",
      481,
      [
        ["Event", "presence;id=7"],
        ["Subscription-State", "active"],
      ],
    ],
    ["§4.1.3 no Subscription-State", 400, [["Event", "presence"]]],
  ];
  for (const [rule, status, headers] of refusedNotifies) {
    test(`${rule}: ${status}`, () => {
      const scene = new Scene().established();
      assert.equal(scene.notify("", { headers }), status);
      assert.deepEqual(scene.user.heard, []);
    });
  }

  test("§4.1.3 a header name in any case, a bare active", () => {
    const scene = new Scene();
    scene.accept(3600);
    assert.equal(
      scene.notify("", {
        headers: [
          ["event", "presence"],
          ["subscription-state", "active"],
        ],
      }),
      200,
    );
    assert.deepEqual(scene.user.heard, ["accepted 3600", "notified active"]);
  });

  test("RFC 3261 §12.2.2 an old CSeq is answered 500, a gap is fine", () => {
    const scene = new Scene().established();
    assert.equal(scene.notify("active", { cseq: 90 }), 200);
    assert.equal(scene.notify("active", { cseq: 89 }), 500);
    assert.equal(scene.notify("active", { cseq: 90 }), 500);
    assert.equal(scene.notify("active", { cseq: 2_000_000_000 }), 200);
  });

  test("a NOTIFY from another domain is none of the dialog, whatever tags it knows", () => {
    const scene = new Scene().established();
    assert.equal(scene.notify("active", { from: "<sip:alice@evil.example>;tag=peer" }), 481);
  });

  test("§4.4.1 the route set is the NOTIFY's, octet by octet, in its order", () => {
    const scene = new Scene();
    scene.accept(3600, [["Record-Route", "<sip:ignored.example;lr>"]]);
    scene.notify("active;expires=3600", {}, [["Record-Route", "<sip:second.contoso.example;lr>"]]);
    scene.subscription.refresh();
    const refresh = scene.transport.lastRequest();
    assert.deepEqual(refresh.all("Route"), [RR, "<sip:second.contoso.example;lr>"]);
    assert.equal(refresh.requestUri, "sip:alice@contoso.example;opaque=user:epid:a1De;gruu");
  });

  test("a route set that only the 2xx has is used, reversed (RFC 3261 §12.1.2)", () => {
    const scene = new Scene();
    scene.accept(3600, [["Record-Route", "<sip:a.example;lr>, <sip:b.example;lr>"]]);
    scene.notify("", {
      headers: [
        ["Event", "presence"],
        ["Subscription-State", "active"],
      ],
    });
    scene.subscription.refresh();
    assert.deepEqual(scene.transport.lastRequest().all("Route"), ["<sip:b.example;lr>", "<sip:a.example;lr>"]);
  });

  test("the route set of a 2xx from another fork is not borrowed", () => {
    const scene = new Scene();
    const headers: HeaderLine[] = [["Record-Route", "<sip:a.example;lr>"]];
    scene.stage.answer(200, { toTag: "other-fork", headers }, "SUBSCRIBE");
    scene.notify("", {
      headers: [
        ["Event", "presence"],
        ["Subscription-State", "active"],
      ],
    });
    scene.subscription.refresh();
    assert.deepEqual(scene.transport.lastRequest().all("Route"), []);
  });

  test("§4.1.2.2 a refresh stays in the dialog, To exactly as the peer wrote itself", () => {
    const scene = new Scene().established();
    const first = scene.transport.lastRequest();
    scene.subscription.refresh();
    const refresh = scene.transport.lastRequest();
    assert.equal(refresh.first("To"), "<sip:alice@contoso.example>;epid=451e9252b6;tag=peer");
    assert.equal(refresh.first("From"), first.first("From"));
    assert.equal(refresh.callId, first.callId);
    assert.equal(refresh.cseq.number, first.cseq.number + 1);
    assert.equal(refresh.expires, 3600);
  });

  for (const expires of [3600, 600, 100]) {
    test(`§4.1.2.2 a grant of ${expires} s is refreshed in time and not all at once`, () => {
      const scene = new Scene().established(expires);
      const latest = expires - Math.max(expires / 10, Math.min(120, expires / 2));
      scene.stage.clock.advance(latest * 0.9 * 1000 - 1);
      assert.equal(scene.transport.requestsOf("SUBSCRIBE").length, 1);
      scene.stage.clock.advance(latest * 100 + 2);
      assert.equal(scene.transport.requestsOf("SUBSCRIBE").length, 2);
    });
  }

  test("§4.1.2.2 one refresh at a time", () => {
    const scene = new Scene().established();
    scene.subscription.refresh();
    scene.subscription.refresh();
    assert.equal(scene.transport.requestsOf("SUBSCRIBE").length, 2);
  });

  test("a user that wants no refresh lets it expire", () => {
    const scene = new Scene().established();
    scene.user.due = "let-expire";
    scene.stage.clock.advance(3_600_000);
    assert.equal(scene.transport.requestsOf("SUBSCRIBE").length, 1);
    assert.deepEqual(scene.user.heard, ["ended expired"]);
    assert.equal(scene.stage.core.dialogs, 0);
    assert.equal(scene.stage.clock.pendingTimers, 0);
  });

  test("§4.1.2.2 a refresh whose NOTIFY does not come ends it", () => {
    const scene = new Scene().established();
    scene.subscription.refresh();
    scene.accept(3600);
    scene.stage.clock.advance(32_000);
    assert.deepEqual(scene.user.heard, ["accepted 3600", "ended no-notify"]);
  });

  test("§4.1.2.2 a refresh that is answered and notified starts anew", () => {
    const scene = new Scene().established();
    scene.stage.clock.advance(3_000_000);
    scene.subscription.refresh();
    scene.accept(1200);
    scene.notify("active;expires=1200");
    assert.equal(scene.user.snapshot?.expiresAt, scene.stage.clock.now() + 1_200_000);
    scene.stage.clock.advance(1_080_000);
    assert.equal(scene.transport.requestsOf("SUBSCRIBE").length, 3);
  });

  for (const status of [404, 405, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604]) {
    test(`§4.1.2.2 ${status} to a refresh ends it`, () => {
      const scene = new Scene().established();
      scene.subscription.refresh();
      scene.stage.answer(status);
      assert.deepEqual(scene.user.heard, [`refused ${status} ended`, "ended refused"]);
      assert.equal(scene.stage.core.dialogs, 0);
    });
  }

  for (const status of [403, 500, 503, 600]) {
    test(`§4.1.2.2 ${status} to a refresh leaves it until it expires`, () => {
      const scene = new Scene().established();
      scene.subscription.refresh();
      scene.stage.answer(status);
      assert.deepEqual(scene.user.heard, [`refused ${status} kept`]);
      assert.equal(scene.notify("active"), 200);
    });
  }

  test("a refresh that found nobody is tried again before the end", () => {
    const scene = new Scene().established();
    scene.subscription.refresh();
    scene.stage.clock.advance(32_000);
    assert.deepEqual(scene.user.heard, ["refused 408 kept"]);
    scene.stage.clock.advance(1_784_000);
    assert.equal(scene.transport.requestsOf("SUBSCRIBE").length, 3);
  });

  test("§4.1.3 expires of a NOTIFY shortens the grant, never lengthens it", () => {
    const scene = new Scene().established();
    scene.notify("active;expires=99999");
    assert.equal(scene.user.snapshot?.expiresAt, scene.stage.clock.now() + 3_600_000);
    scene.notify("active;expires=600");
    assert.equal(scene.user.snapshot?.expiresAt, scene.stage.clock.now() + 600_000);
  });

  test("§4.2.1.1 423: once more with Min-Expires", () => {
    const scene = new Scene({}, { expiresSeconds: 60 });
    scene.stage.answer(423, { headers: [["Min-Expires", "300"]] });
    const again = scene.transport.lastRequest();
    assert.equal(again.expires, 300);
    assert.equal(again.cseq.number, 2);
    scene.stage.answer(423, { headers: [["Min-Expires", "900"]] });
    assert.deepEqual(scene.user.heard, ["refused 423 ended", "ended refused"]);
    assert.equal(scene.user.refusals[0]?.minExpiresSeconds, 900);
  });

  test("a refusal carries Retry-After", () => {
    const scene = new Scene();
    scene.stage.answer(480, { headers: [["Retry-After", "120 (busy);duration=5"]] });
    assert.equal(scene.user.refusals[0]?.retryAfterSeconds, 120);
    assert.deepEqual(scene.user.heard, ["refused 480 ended", "ended refused"]);
  });

  test("no route: told later, as by the rule that found none", () => {
    const scene = new Scene({
      route: () => ({ kind: "refused", status: 404, rule: "no-route", reason: "none", decisions: [] }),
    });
    assert.deepEqual(scene.user.heard, []);
    scene.stage.clock.advance(1);
    assert.deepEqual(scene.user.heard, ["refused 404 ended", "ended refused"]);
    assert.equal(scene.user.refusals[0]?.rule, "no-route");
  });

  test("§4.1.2.3 unsubscribing: Expires 0, then the last NOTIFY", () => {
    const scene = new Scene().established();
    scene.subscription.unsubscribe();
    assert.equal(scene.transport.lastRequest().expires, 0);
    scene.stage.answer(200, { headers: [["Expires", "0"]] });
    assert.deepEqual(scene.user.heard, []);
    assert.equal(scene.notify("terminated;reason=timeout"), 200);
    assert.deepEqual(scene.user.heard, ["notified terminated", "ended unsubscribed"]);
    assert.equal(scene.stage.clock.pendingTimers, 0);
    assert.equal(scene.stage.core.dialogs, 0);
  });

  test("§4.1.2.3 unsubscribing: without the last NOTIFY Timer N is the end", () => {
    const scene = new Scene().established();
    scene.subscription.unsubscribe();
    scene.stage.answer(200);
    scene.stage.clock.advance(32_000);
    assert.deepEqual(scene.user.heard, ["ended unsubscribed"]);
  });

  test("§4.1.2.3 unsubscribing from a dialog the peer forgot", () => {
    const scene = new Scene().established();
    scene.subscription.unsubscribe();
    scene.stage.answer(481);
    assert.deepEqual(scene.user.heard, ["ended unsubscribed"]);
  });

  test("unsubscribing before the dialog stands waits for it", () => {
    const scene = new Scene();
    scene.subscription.unsubscribe();
    assert.equal(scene.transport.requestsOf("SUBSCRIBE").length, 1);
    scene.accept(3600);
    scene.notify("active");
    assert.equal(scene.transport.lastRequest().expires, 0);
  });

  test("a snapshot survives JSON and a restart: the dialog goes on with a higher CSeq", () => {
    const before = new Scene().established();
    const snapshot = JSON.parse(JSON.stringify(before.user.snapshot)) as SubscriptionSnapshot;
    const stage = new Stage();
    const user = new Watcher();
    const subscription = stage.core.subscriber.restore(snapshot, user);
    assert.equal(stage.transport.requests.length, 0);
    subscription?.refresh();
    const refresh = stage.transport.lastRequest();
    assert.equal(refresh.callId, snapshot.dialog.callId);
    assert.deepEqual(refresh.all("Route"), [RR]);
    assert.ok(refresh.cseq.number > snapshot.dialog.localSequence);
    // Else the next restart would use its number again (RFC 3261 §12.2.1.1).
    assert.equal(user.snapshot?.dialog.localSequence, refresh.cseq.number);
    const { localFromText, remoteToText, callId } = snapshot.dialog;
    const headers: HeaderLine[] = [
      ["Event", "presence"],
      ["Subscription-State", "active"],
    ];
    stage.request({ method: "NOTIFY", from: remoteToText, to: localFromText, callId, cseq: 50, headers });
    assert.deepEqual(stage.transport.statuses(), [200]);
    assert.deepEqual(user.heard, ["notified active"]);
  });

  test("a snapshot whose grant ran out is not restored", () => {
    const before = new Scene().established();
    const snapshot = before.user.snapshot;
    assert.ok(snapshot);
    before.stage.clock.advance(3_600_000);
    assert.equal(before.stage.core.subscriber.restore(snapshot, new Watcher()), undefined);
  });

  test("abandoned: no word to anybody", () => {
    const scene = new Scene().established();
    scene.subscription.abandon();
    scene.stage.clock.advance(4_000_000);
    assert.equal(scene.transport.requestsOf("SUBSCRIBE").length, 1);
    assert.equal(scene.notify("active"), 481);
    assert.deepEqual(scene.user.heard, []);
  });

  test("the table of dialogs is bounded", () => {
    const scene = new Scene({ settings: { maxDialogs: 0 } });
    scene.stage.clock.advance(1);
    assert.deepEqual(scene.user.heard, ["refused 503 ended", "ended refused"]);
    assert.equal(scene.transport.requests.length, 0);
  });

  test("the hop that answered is asked first, as long as the selector offers it", () => {
    const scene = new Scene({ hops: [hopTo("one"), hopTo("two")] });
    scene.stage.answer(503);
    scene.established();
    scene.subscription.refresh();
    assert.equal(scene.transport.requests.at(-1)?.hop.host, "two");
  });
});
