import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { dialectWith } from "@interpres/federation";
import { ALICE, DialectBed } from "../fakes/dialect-bed.ts";
import { bodyText, rest } from "../fakes/played-peer.ts";

const FULL_ACCEPT =
  "Accept: application/msrtc-event-categories+xml, text/xml+msrtc.pidf, application/xpidf+xml, application/pidf+xml, application/rlmi+xml, multipart/related";

/** What a Microsoft client shows of a PIDF document (dialect facts, section 2.7): by basic and activity. */
const shownThere: ReadonlyMap<string, string> = new Map([
  ["closed", "Offline"],
  ["open", "Available"],
  ["open away", "Away"],
  ["open busy", "Busy"],
  ["open on-the-phone", "In a call"],
]);

/** The last document bob got: basic and activity. */
function told(bed: DialectBed): string {
  const body = bodyText(bed.peer.last("NOTIFY"));
  const basic = /<basic>(\w+)/.exec(body)?.[1] ?? "";
  const activity = /<ep:activity>([\w-]+)/.exec(body)?.[1];
  return activity === undefined ? basic : `${basic} ${activity}`;
}

/** What our user is, and what the other side's client makes of it (dialect facts, sections 2.7 and 5.1). */
describe("our user as a Microsoft client shows her", () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ["available", "<presence/>", "Available"],
    ["free for chat", "<presence><show>chat</show></presence>", "Available"],
    ["away", "<presence><show>away</show></presence>", "Away"],
    ["extended away", "<presence><show>xa</show></presence>", "Away"],
    ["do not disturb", "<presence><show>dnd</show></presence>", "Busy"],
    ["away, who says that she is busy", "<presence><show>away</show><status>Busy</status></presence>", "Busy"],
    ["on the phone", "<presence><show>away</show><status>On the phone</status></presence>", "Busy"],
    ["in a meeting", "<presence><show>away</show><status>In a meeting</status></presence>", "Busy"],
    ["gone", "<presence type='unavailable'/>", "Offline"],
  ];
  for (const [state, presence, shown] of rows)
    test(`${state}: ${shown}`, async () => {
      const bed = await DialectBed.start();
      await bed.letIn();
      await bed.watch();
      bed.alice.send(presence);
      await rest();
      assert.equal(shownThere.get(told(bed)), shown, told(bed));
    });

  test("on the phone, where an administrator says that the peer shows it: In a call", async () => {
    const { mapping } = dialectWith("microsoft", {
      domain: "contoso.example",
      mapping: { told: { "on-the-phone": "on-the-phone" } },
    });
    const bed = await DialectBed.start("microsoft", { mapping });
    await bed.letIn();
    await bed.watch();
    bed.alice.send("<presence><show>dnd</show><status>On the phone</status></presence>");
    await rest();
    assert.equal(shownThere.get(told(bed)), "In a call");
  });

  test("a personal note has no place there: nothing of it leaves", async () => {
    const bed = await DialectBed.start();
    await bed.letIn();
    await bed.watch();
    bed.alice.send("<presence><show>away</show><status>Back at five</status></presence>");
    await rest();
    assert.doesNotMatch(bodyText(bed.peer.last("NOTIFY")), /five|note/);
  });

  test("several devices are one state", async () => {
    const bed = await DialectBed.start();
    await bed.letIn();
    await bed.watch();
    bed.alice.send("<presence><show>away</show></presence>");
    bed.site.signIn(`${ALICE}/phone`, "<presence><show>dnd</show><priority>5</priority></presence>");
    await rest();
    assert.equal(told(bed), "open busy");
    assert.equal(bodyText(bed.peer.last("NOTIFY")).match(/<tuple/g)?.length, 1);
  });
});

/** The SUBSCRIBE of a Microsoft client and what comes of it (dialect facts, sections 2.2 to 2.4). */
describe("a Microsoft watcher", () => {
  test("of Lync, with its list and all it accepts: 200 with Expires, To tag, Contact, then PIDF", async () => {
    const bed = await DialectBed.start();
    await bed.letIn();
    const { answer } = await bed.watch({
      headers: [
        "Event: presence",
        FULL_ACCEPT,
        "Supported: ms-piggyback-first-notify",
        "Supported: ms-benotify",
        "Proxy-Require: ms-benotify",
        "Content-Type: application/msrtc-adrl-categorylist+xml",
      ],
      body: "<batchSub xmlns='http://schemas.microsoft.com/2006/01/sip/batch-subscribe'/>",
    });
    assert.equal(answer.status, 200);
    assert.equal(answer.expires, 3600);
    assert.notEqual(answer.to.tag, undefined);
    assert.match(answer.contacts[0]?.uri ?? "", /^sip:alice@sip\.example\.com:5061;transport=tls$/);
    const notify = bed.peer.last("NOTIFY");
    assert.equal(notify.contentType?.type, "application/pidf+xml");
    assert.equal(notify.event?.type, "presence");
    assert.equal(notify.subscriptionState?.state, "active");
    assert.equal(notify.subscriptionState?.expiresSeconds, 3600);
  });

  test("of LCS 2005: no body, its own preferences first, PIDF all the same", async () => {
    const bed = await DialectBed.start();
    const { answer } = await bed.watch({
      headers: [
        "Event: presence",
        "Accept: application/xpidf+xml, text/xml+msrtc.pidf, application/pidf+xml",
        "Supported: com.microsoft.autoextend",
        "Supported: ms-benotify",
        "Proxy-Require: ms-benotify",
        "User-Agent: RTC/1.3",
      ],
    });
    assert.equal(answer.status, 200);
    assert.equal(bed.peer.last("NOTIFY").contentType?.type, "application/pidf+xml");
  });

  test("without PIDF in Accept: 406; without Accept: PIDF", async () => {
    const bed = await DialectBed.start();
    const refused = await bed.watch({ headers: ["Event: presence", "Accept: text/xml+msrtc.pidf"] });
    assert.equal(refused.answer.status, 406);
    assert.equal((await bed.watch({ headers: ["Event: presence"] })).answer.status, 200);
  });

  for (const event of [
    "vnd-microsoft-roaming-contacts",
    "vnd-microsoft-provisioning-v2",
    "presence.wpending",
    "registration-notify",
    "conference",
  ])
    test(`of ${event}: 489 with what there is`, async () => {
      const bed = await DialectBed.start();
      const { answer } = await bed.watch({ headers: [`Event: ${event}`] });
      assert.equal(answer.status, 489);
      assert.deepEqual(answer.values("Allow-Events"), ["presence"]);
    });

  test("is told in its dialog: its Contact, its route in order, From and To turned round", async () => {
    const bed = await DialectBed.start();
    const routes = [
      "<sip:edge.contoso.example:5061;transport=tls;lr;ms-route-sig=aA9_-x>;tag=0AF9",
      "<sip:pool.contoso.example;lr>",
    ];
    const { answer } = await bed.watch({
      headers: ["Event: presence", ...routes.map((route) => `Record-Route: ${route}`)],
    });
    assert.deepEqual(answer.all("Record-Route"), routes);
    const notify = bed.peer.last("NOTIFY");
    assert.equal(notify.requestUri, `sip:${bed.bob};opaque=user:epid:a1De4AWnzFmb-tN1kxQSMQAA;gruu`);
    assert.deepEqual(notify.all("Route"), routes);
    assert.equal(notify.to.text, answer.from.text);
    assert.equal(notify.from.text, answer.to.text);
  });

  test("the document: its namespaces, one tuple, the name, no person of RFC 4479", async () => {
    const bed = await DialectBed.start();
    await bed.letIn();
    await bed.watch();
    const body = bodyText(bed.peer.last("NOTIFY"));
    assert.ok(body.startsWith('<?xml version="1.0" encoding="UTF-8"?>\n<presence xmlns="urn:ietf:params:xml:ns:pidf"'));
    assert.match(body, /entity="sip:alice@example\.com"/);
    assert.match(body, /<tuple id="0"><status><basic>open<\/basic><\/status><\/tuple>/);
    assert.doesNotMatch(body, /person|data-model/);
  });

  test("is granted what it asks for up to two hours; its refresh is 200 and told in full", async () => {
    const bed = await DialectBed.start();
    await bed.letIn();
    const { dialog, answer } = await bed.watch({ headers: ["Event: presence", "Expires: 28800"] });
    assert.equal(answer.expires, 7200);
    await bed.clock.elapse(6_300_000);
    const refresh = await bed.peer.ask(dialog, "SUBSCRIBE", { headers: ["Event: presence", "Expires: 7200"] });
    assert.deepEqual([refresh?.status, refresh?.expires], [200, 7200]);
    assert.equal(bed.peer.requests("NOTIFY").length, 2);
    await bed.clock.elapse(7_000_000);
    bed.alice.send("<presence><show>away</show></presence>");
    await rest();
    assert.equal(told(bed), "open away");
  });

  test("who lets it run out is told no more", async () => {
    const bed = await DialectBed.start();
    await bed.letIn();
    await bed.watch();
    await bed.clock.elapse(7_201_000);
    const before = bed.peer.requests("NOTIFY").length;
    bed.alice.send("<presence><show>away</show></presence>");
    await rest();
    assert.equal(bed.peer.requests("NOTIFY").length, before);
  });

  test("who logs out (Expires 0) gets the last NOTIFY: terminated, timeout", async () => {
    const bed = await DialectBed.start();
    const { dialog } = await bed.watch();
    const last = await bed.peer.ask(dialog, "SUBSCRIBE", { headers: ["Event: presence", "Expires: 0"] });
    assert.equal(last?.status, 200);
    assert.equal(bed.peer.last("NOTIFY").subscriptionState?.text, "terminated;reason=timeout");
  });

  test("a refresh of a dialog nobody knows: 481 at once", async () => {
    const bed = await DialectBed.start();
    const dialog = bed.peer.dialog(ALICE);
    dialog.to += ";tag=gone";
    const answer = await bed.peer.ask(dialog, "SUBSCRIBE", { headers: ["Event: presence"] });
    assert.equal(answer?.status, 481);
  });
});

/** Rights and blocks (dialect facts, section 2.8). */
describe("what a Microsoft watcher may see", () => {
  test("not decided yet: active and closed, and our user is asked", async () => {
    const bed = await DialectBed.start();
    const { answer } = await bed.watch();
    assert.equal(answer.status, 200);
    assert.equal(bed.peer.last("NOTIFY").subscriptionState?.state, "active");
    assert.equal(told(bed), "closed");
    assert.match(bed.alice.take().join(), /<presence type='subscribe' from='bob@contoso\.example'/);
  });

  test("allowed: her state at once", async () => {
    const bed = await DialectBed.start();
    await bed.watch();
    await bed.letIn();
    assert.equal(told(bed), "open");
  });

  test("denied: it goes on as if she were offline", async () => {
    const bed = await DialectBed.start();
    await bed.watch();
    bed.alice.send(`<presence type='unsubscribed' to='${bed.bob}'/>`);
    await rest();
    bed.alice.send("<presence><show>dnd</show></presence>");
    await rest();
    assert.equal(told(bed), "closed");
    assert.equal(bed.peer.last("NOTIFY").subscriptionState?.state, "active");
  });

  test("blocked after she was seen: closed, active, and nothing more", async () => {
    const bed = await DialectBed.start();
    await bed.letIn();
    await bed.watch();
    bed.alice.send(`<iq type='set' id='b'><block xmlns='urn:xmpp:blocking'><item jid='${bed.bob}'/></block></iq>`);
    await rest();
    assert.equal(told(bed), "closed");
    assert.equal(bed.peer.last("NOTIFY").subscriptionState?.state, "active");
    const before = bed.peer.requests("NOTIFY").length;
    bed.alice.send("<presence><show>dnd</show></presence>");
    await rest();
    assert.equal(bed.peer.requests("NOTIFY").length, before);
  });

  test("nobody of that name: 404", async () => {
    const bed = await DialectBed.start();
    const dialog = bed.peer.dialog("nobody@example.com");
    const answer = await bed.peer.ask(dialog, "SUBSCRIBE", { headers: ["Event: presence"] });
    assert.equal(answer?.status, 404);
  });
});

/** What belongs to a client and its home server (dialect facts, section 2.9). */
describe("polling", () => {
  test("SUBSCRIBE with Expires 0: 200 and one NOTIFY, terminated, with the state", async () => {
    const bed = await DialectBed.start();
    await bed.letIn();
    const { answer } = await bed.watch({ headers: ["Event: presence", "Expires: 0"] });
    assert.equal(answer.status, 200);
    const [only, ...others] = bed.peer.requests("NOTIFY");
    assert.deepEqual(others, []);
    assert.equal(only?.subscriptionState?.text, "terminated;reason=timeout");
    assert.equal(told(bed), "open");
  });

  test("SERVICE with SOAP: 405 with Allow", async () => {
    const bed = await DialectBed.start();
    const headers = ["Content-Type: application/SOAP+xml"];
    const answer = await bed.peer.ask(bed.peer.dialog(ALICE), "SERVICE", { headers, body: "<soap/>" });
    assert.equal(answer?.status, 405);
    assert.ok(answer?.values("Allow").includes("SUBSCRIBE"));
  });
});
