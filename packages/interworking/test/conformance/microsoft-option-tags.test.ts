import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { SipMessage } from "@interpres/sip";
import { ALICE, DialectBed } from "../fakes/dialect-bed.ts";
import { rest } from "../fakes/played-peer.ts";

const PRESENCE = ["Event: presence", "Accept: application/pidf+xml"];
const BATCH =
  '<batchSub xmlns="http://schemas.microsoft.com/2006/01/sip/batch-subscribe" uri="sip:bob@contoso.example" name="">' +
  '<action name="subscribe" id="1"><adhocList><resource uri="sip:alice@example.com"/></adhocList></action></batchSub>';

/** Every option tag a message names, wherever. */
function tags(message: SipMessage): readonly string[] {
  return ["Supported", "Require", "Proxy-Require", "Unsupported"].flatMap((name) => message.values(name));
}

/** What a client supports in SUBSCRIBE is answered as if it were not there (dialect facts, section 1.7). */
describe("option tags of Microsoft's watchers", () => {
  for (const tag of ["ms-benotify", "ms-piggyback-first-notify", "com.microsoft.autoextend", "eventlist"]) {
    test(`${tag} in Supported: not copied into the 200, and the first NOTIFY comes by itself`, async () => {
      const bed = await DialectBed.start();
      const { answer } = await bed.watch({ headers: [...PRESENCE, `Supported: ${tag}`] });
      assert.equal(answer.status, 200);
      assert.deepEqual(tags(answer), []);
      assert.equal(answer.body.length, 0, "a piggybacked document");
      assert.equal(bed.peer.requests("NOTIFY").length, 1);
      assert.deepEqual(bed.peer.requests("BENOTIFY"), []);
    });
  }

  test("com.microsoft.autoextend, not agreed on: a NOTIFY does not lengthen the grant", async () => {
    const bed = await DialectBed.start();
    await bed.letIn();
    await bed.watch({ headers: [...PRESENCE, "Expires: 7200", "Supported: com.microsoft.autoextend"] });
    await bed.clock.elapse(7_000_000);
    bed.alice.send("<presence><show>away</show></presence>");
    await rest();
    assert.equal(bed.peer.last("NOTIFY").subscriptionState?.expiresSeconds, 200);
  });

  test("ms-benotify in Proxy-Require: that is for proxies, and never 420", async () => {
    const bed = await DialectBed.start();
    const headers = [...PRESENCE, "Supported: ms-benotify", "Proxy-Require: ms-benotify"];
    const { answer } = await bed.watch({ headers });
    assert.equal(answer.status, 200);
    assert.deepEqual(tags(answer), []);
  });

  test("adhoclist, categoryList in Require: 420 that names both, and then one by one", async () => {
    const bed = await DialectBed.start();
    const headers = [
      ...PRESENCE,
      "Require: adhoclist, categoryList",
      "Supported: eventlist",
      "Content-Type: application/msrtc-adrl-categorylist+xml",
    ];
    const { answer } = await bed.watch({ headers, body: BATCH });
    assert.equal(answer.status, 420);
    assert.deepEqual(answer.values("Unsupported"), ["adhoclist", "categoryList"]);
    assert.deepEqual(bed.peer.requests("NOTIFY"), []);
    const single = await bed.watch({ headers: [...PRESENCE, headers.at(-1) ?? ""], body: BATCH });
    assert.equal(single.answer.status, 200, "the list in the body counts");
    assert.equal(bed.peer.last("NOTIFY").to.uri, `sip:${bed.bob}`);
  });

  test("eventlist in Require of a NOTIFY: a single document is taken, a list of them is 420", async () => {
    const bed = await DialectBed.start();
    const dialog = await bed.see(document("open"));
    bed.alice.take();
    const headers = ["Event: presence", "Subscription-State: active", "Require: eventlist"];
    const one = await bed.peer.ask(dialog, "NOTIFY", {
      headers: [...headers, "Content-Type: application/pidf+xml"],
      body: document("closed"),
    });
    assert.equal(one?.status, 200);
    assert.match(bed.alice.take().join(), /type='unavailable'/);
    const many = await bed.peer.ask(dialog, "NOTIFY", {
      headers: [...headers, "Content-Type: multipart/related;boundary=x"],
      body: "--x--\r\n",
    });
    assert.equal(many?.status, 420);
    assert.deepEqual(many?.values("Unsupported"), ["eventlist"]);
  });

  test("gruu-10, msrtc-event-categories and the like belong to REGISTER: not known here", async () => {
    const bed = await DialectBed.start();
    const supported = "Supported: gruu-10, msrtc-event-categories, com.microsoft.msrtc.presence, ms-ucs";
    const { answer } = await bed.watch({ headers: [...PRESENCE, supported] });
    assert.deepEqual([answer.status, ...tags(answer)], [200]);
    const register = await bed.peer.ask(bed.peer.dialog(ALICE), "REGISTER", { headers: [supported] });
    assert.equal(register?.status, 405);
  });

  test("an unknown tag in Require is 420; in Supported, Proxy-Require or an unknown header it is nothing", async () => {
    const bed = await DialectBed.start();
    const refused = await bed.watch({ headers: [...PRESENCE, "Require: ms-next-year"] });
    assert.equal(refused.answer.status, 420);
    assert.deepEqual(refused.answer.values("Unsupported"), ["ms-next-year"]);
    const unknown = ["Supported: ms-next-year", "Proxy-Require: ms-next-year", "ms-next-year: yes"];
    const { answer } = await bed.watch({ headers: [...PRESENCE, ...unknown] });
    assert.deepEqual([answer.status, ...tags(answer)], [200]);
  });
});

/** What a client supports in INVITE (dialect facts, section 1.7). */
describe("option tags of Microsoft's callers", () => {
  for (const tag of [
    "com.microsoft.rtc-multiparty",
    "ms-conf-invite",
    "ms-embedded-first-message",
    "ms-delayed-accept",
    "ms-renders-isf",
    "ms-renders-gif",
    "ms-renders-mime-alternative",
    "ms-safe-transfer",
    "ms-sender",
    "ms-early-media",
    "ms-dialog-route-set-update",
    "histinfo",
    "replaces",
    "100rel",
    "timer",
    "ms-text-format",
  ]) {
    test(`${tag} in Supported: 200 at once that does not have it`, async () => {
      const bed = await DialectBed.start();
      const { answer } = await bed.invite({ headers: [`Supported: ${tag}`] });
      assert.deepEqual([answer.status, ...tags(answer)], [200]);
    });
  }

  test("com.microsoft.rtc-multiparty in Require: 420 that names it", async () => {
    const bed = await DialectBed.start();
    const { answer } = await bed.invite({ headers: ["Require: com.microsoft.rtc-multiparty"] });
    assert.equal(answer.status, 420);
    assert.deepEqual(answer.values("Unsupported"), ["com.microsoft.rtc-multiparty"]);
  });

  test("ms-text-format: our own INVITE has neither the header nor any tag of theirs", async () => {
    const bed = await DialectBed.start();
    await bed.say("hello");
    bed.alice.send(`<presence type='subscribe' to='${bed.bob}'/>`);
    await rest();
    for (const request of [bed.peer.last("INVITE"), bed.peer.last("MESSAGE"), bed.peer.last("SUBSCRIBE")]) {
      assert.doesNotMatch(request.headers.text, /^(?:ms-|com\.microsoft)/im);
      assert.ok(
        tags(request).every((tag) => tag === "timer"),
        tags(request).join(),
      );
    }
  });
});

function document(basic: string): string {
  return `<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:bob@contoso.example"><tuple id="0"><status><basic>${basic}</basic></status></tuple></presence>`;
}
