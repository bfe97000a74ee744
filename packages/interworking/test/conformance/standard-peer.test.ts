import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { SipResponse } from "@interpres/sip";
import { ALICE, DialectBed } from "../fakes/dialect-bed.ts";
import { bodyText, type Content, rest } from "../fakes/played-peer.ts";

/** An RFC peer, played in SIP as text, against a whole site: what examples of RFCs and other gateways get wrong. */
const pidf = (basic: string, content = ""): string =>
  `<?xml version="1.0"?><!-- first a comment --><presence xmlns="urn:ietf:params:xml:ns:pidf" entity="pres:x@y"><tuple id="ID-a"><status><basic>${basic}</basic></status>${content}</tuple></presence>`;

const start = (): Promise<DialectBed> => DialectBed.start("standard");

/** Bob's MESSAGE outside a dialog; what of his addresses is written otherwise, the test says. */
async function page(
  bed: DialectBed,
  {
    from,
    to,
    headers = ["Content-Type: text/plain"],
    body = "hi",
  }: Content & { readonly from?: string; readonly to?: string } = {},
): Promise<SipResponse | undefined> {
  const dialog = bed.peer.dialog(ALICE, from ?? `<sip:${bed.bob}>;tag=TAG`);
  if (to !== undefined) dialog.to = to;
  return bed.peer.ask(dialog, "MESSAGE", { headers, body });
}

describe("examples of the RFCs that must not be copied", () => {
  test("T2: after our unsubscription it is the notifier who sends the last NOTIFY; it is waited for (RFC 6665 §4.4.1)", async () => {
    const bed = await start();
    const dialog = await bed.see(pidf("open"));
    bed.alice.take();
    bed.alice.send(`<presence type='unsubscribe' to='${bed.bob}'/>`);
    await rest();
    const last = bed.peer.last("SUBSCRIBE");
    assert.deepEqual([last.first("Expires"), last.callId], ["0", dialog.callId]);
    assert.equal(bed.peer.requests("NOTIFY").length, 0);
    const headers = ["Event: presence", "Subscription-State: terminated;reason=timeout"];
    assert.equal(bed.site.gateway.subscriptions()[0]?.dialog, "ending");
    assert.equal((await bed.peer.ask(dialog, "NOTIFY", { headers }))?.status, 200);
    assert.deepEqual(bed.site.gateway.subscriptions(), []);
    assert.match(bed.alice.take().join(), /type='unavailable' from='bob@partner\.example\/a'/);
  });

  test("T3: gr is a parameter of our URI; a peer may write it behind the brackets (RFC 7572 §4, §5)", async () => {
    const bed = await start();
    await bed.say("hello");
    assert.match(bed.peer.last("MESSAGE").from.uri, /^sip:alice@example\.com;gr=desk$/);
    await page(bed, { from: `<sip:${bed.bob}>;gr=dr4hcr0st3lup4c;tag=TAG` });
    assert.match(bed.alice.take().join(), new RegExp(`from='${bed.bob}/dr4hcr0st3lup4c'`));
  });

  test("T4: From of our NOTIFY is the user who is watched, with the tags of the dialog", async () => {
    const bed = await start();
    await bed.letIn();
    const { dialog, answer } = await bed.watch();
    const notify = bed.peer.last("NOTIFY");
    assert.deepEqual([notify.from.uri, notify.from.tag], [`sip:${ALICE}`, answer.to.tag]);
    assert.deepEqual([notify.to.uri, notify.to.text], [`sip:${bed.bob}`, dialog.from]);
  });

  test("T8: a NOTIFY before the 2xx makes the dialog, and that of another fork is 481 (RFC 6665 §4.1.2.4)", async () => {
    const bed = await start();
    bed.peer.replies.set("SUBSCRIBE", "none");
    bed.alice.send(`<presence type='subscribe' to='${bed.bob}'/>`);
    await rest();
    const subscribe = bed.peer.last("SUBSCRIBE");
    assert.equal((await bed.notify(bed.peer.answered(subscribe), pidf("open"))).status, 200);
    assert.match(bed.alice.take().join(), /type='subscribed'.*from='bob@partner\.example\/a'/s);
    const other = { ...bed.peer.answered(subscribe), from: `<sip:${bed.bob}>;tag=otherfork` };
    assert.equal((await bed.notify(other, pidf("closed"))).status, 481);
    assert.deepEqual(bed.alice.take(), []);
  });

  for (const state of [
    "terminated;reason=timeout",
    "Terminated ; retry-after=0;REASON=Timeout",
    'TERMINATED;x="a;b";reason=timeout',
  ]) {
    test(`T9: ${state} takes no permission away, and is asked again`, async () => {
      const bed = await start();
      const dialog = await bed.see(pidf("open"));
      bed.alice.take();
      const before = bed.peer.requests("SUBSCRIBE").length;
      await bed.peer.ask(dialog, "NOTIFY", { headers: ["Event: presence", `Subscription-State: ${state}`] });
      assert.doesNotMatch(bed.alice.take().join(), /unsubscribed/);
      assert.equal(bed.peer.requests("SUBSCRIBE").length, before + 1);
    });
  }

  for (const [type, body] of [
    ["application/vnd.example+xml", "<thing/>"],
    ["multipart/related;boundary=b", "--b\r\nContent-Type: application/rlmi+xml\r\n\r\n<list/>\r\n--b--\r\n"],
    ["application/pidf-diff+xml", "<p:pidf-diff xmlns:p='urn:ietf:params:xml:ns:pidf-diff' version='2'/>"],
  ] as const) {
    test(`T10: a NOTIFY of ${type} is 200, keeps the dialog and what is shown`, async () => {
      const bed = await start();
      const dialog = await bed.see(pidf("open"));
      bed.alice.take();
      assert.equal((await bed.notify(dialog, body, type)).status, 200);
      assert.deepEqual(bed.alice.take(), []);
      assert.equal((await bed.notify(dialog, pidf("closed"))).status, 200);
      assert.match(bed.alice.take().join(), /type='unavailable'/);
    });
  }
});

describe("people named by abstract addresses (RFC 3428 §5, RFC 3856 §5)", () => {
  test("a watcher named by pres is told in the dialog he began", async () => {
    const bed = await start();
    await bed.letIn();
    const dialog = bed.peer.dialog(ALICE, `<pres:${bed.bob}>;tag=TAG`);
    const headers = ["Event: presence", "Accept: application/pidf+xml", "Expires: 3600"];
    assert.equal((await bed.peer.ask(dialog, "SUBSCRIBE", { headers }))?.status, 200);
    const notify = bed.peer.last("NOTIFY");
    assert.equal(notify.to.uri, `pres:${bed.bob}`);
    assert.match(bodyText(notify), /<basic>open<\/basic>/);
  });

  test("a sender named by im is the contact", async () => {
    const bed = await start();
    assert.equal((await page(bed, { from: `<im:${bed.bob}>;tag=TAG` }))?.status, 200);
    assert.match(bed.alice.take().join(), new RegExp(`from='${bed.bob}'`));
  });
});

describe("faults of other gateways", () => {
  test("a text that is too long leaves not once, nor in part", async () => {
    const bed = await start();
    await bed.say("x".repeat(3000), "long");
    assert.equal(bed.peer.requests("MESSAGE").length, 0);
    assert.match(bed.alice.take().join(), /<message type='error' id='long'.*policy-violation/);
  });

  test("a SUBSCRIBE that failed for now is tried again, and the NOTIFYs of that one count", async () => {
    const bed = await start();
    bed.peer.replies.set("SUBSCRIBE", { status: 500 });
    bed.alice.send(`<presence type='subscribe' to='${bed.bob}'/>`);
    await rest();
    bed.peer.replies.delete("SUBSCRIBE");
    await bed.clock.elapse(60_000);
    await rest();
    const subscribe = bed.peer.last("SUBSCRIBE");
    await bed.notify(bed.peer.answered(subscribe), pidf("open"));
    assert.match(bed.alice.take().join(), /type='subscribed'.*from='bob@partner\.example\/a'/s);
  });

  for (const status of [403, 489, 603]) {
    test(`${status} to a SUBSCRIBE is unsubscribed, and is not tried again (RFC 8048 §5.2.2)`, async () => {
      const bed = await start();
      bed.peer.replies.set("SUBSCRIBE", { status });
      bed.alice.send(`<presence type='subscribe' to='${bed.bob}'/>`);
      await rest();
      assert.match(bed.alice.take().join(), /type='unsubscribed'/);
      await bed.clock.elapse(3_600_000);
      assert.equal(bed.peer.requests("SUBSCRIBE").length, 1);
    });
  }

  test("no Contact in our MESSAGE, and neither Contact nor body in our answer to one (RFC 3428 §4, §7)", async () => {
    const bed = await start();
    await bed.say("hello");
    assert.equal(bed.peer.last("MESSAGE").first("Contact"), undefined);
    const answer = await page(bed);
    assert.deepEqual([answer?.status, answer?.first("Contact"), answer?.body.length], [200, undefined, 0]);
  });

  test("a contact's priority is a whole number to clients", async () => {
    const bed = await start();
    await bed.see(pidf("open", '<contact priority="0.8">sip:bob@partner.example</contact>'));
    assert.match(bed.alice.take().join(), /<priority>102<\/priority>/);
  });

  for (const [reason, takesAway] of [
    ["deactivated", false],
    ["probation;retry-after=1", false],
    ["rejected", true],
    ["timeout", false],
    ["giveup", false],
    ["noresource", true],
    ["invariant", false],
    ["never-heard-of", false],
  ] as const) {
    test(`terminated;reason=${reason} ${takesAway ? "takes" : "does not take"} the permission away (RFC 6665 §4.1.3)`, async () => {
      const bed = await start();
      const dialog = await bed.see(pidf("open"));
      bed.alice.take();
      const headers = ["Event: presence", `Subscription-State: terminated;reason=${reason}`];
      await bed.peer.ask(dialog, "NOTIFY", { headers });
      assert.equal(/type='unsubscribed'/.test(bed.alice.take().join()), takesAway);
    });
  }

  test("a refusal of a message comes back to its sender", async () => {
    const bed = await start();
    bed.peer.replies.set("MESSAGE", { status: 404 });
    await bed.say("hello", "lost");
    assert.match(bed.alice.take().join(), /<message type='error' id='lost'.*item-not-found.*404/);
  });

  const senders: readonly (readonly [rule: string, lines: readonly string[], status: number | undefined])[] = [
    [
      "two From",
      ["From: <sip:bob@partner.example>;tag=1", "From: <sip:ann@partner.example>;tag=2", `To: <sip:${ALICE}>`],
      400,
    ],
    ["two To", ["From: <sip:bob@partner.example>;tag=1", `To: <sip:${ALICE}>`, "To: <sip:carol@example.com>"], 400],
    ["no From", [`To: <sip:${ALICE}>`], 400],
    ["no To", ["From: <sip:bob@partner.example>;tag=1"], 400],
    ["a sender who claims to be of ours", ["From: <sip:carol@example.com>;tag=1", `To: <sip:${ALICE}>`], 403],
  ];
  for (const [rule, lines, status] of senders) {
    test(`a MESSAGE with ${rule} is ${status}, and reaches nobody`, async () => {
      const bed = await start();
      const head = [
        `MESSAGE sip:${ALICE} SIP/2.0`,
        "Via: SIP/2.0/TLS sip.partner.example:5061;branch=z9hG4bKforged",
        "Max-Forwards: 69",
        ...lines,
        "Call-ID: forged",
        "CSeq: 1 MESSAGE",
        "Content-Type: text/plain",
        "Content-Length: 2",
      ];
      bed.peer.write(`${head.join("\r\n")}\r\n\r\nhi`);
      await rest();
      const answers = bed.peer.received.flatMap((message) => (message.kind === "response" ? [message.status] : []));
      assert.deepEqual(answers, status === undefined ? [] : [status]);
      assert.deepEqual(bed.alice.take(), []);
    });
  }
});

describe("pages of RFC 3428 on the wire", () => {
  test("§8: one to an address at a time, the next when the last one has its answer", async () => {
    const bed = await start();
    bed.peer.replies.set("MESSAGE", "none");
    for (const words of ["one", "two", "three"]) await bed.say(words);
    assert.deepEqual(bed.peer.requests("MESSAGE").map(bodyText), ["one"]);
    bed.peer.replies.delete("MESSAGE");
    bed.peer.reply(bed.peer.last("MESSAGE"), { status: 202 });
    await rest();
    assert.deepEqual(bed.peer.requests("MESSAGE").map(bodyText), ["one", "two", "three"]);
  });

  for (const [status, condition] of [
    [603, "recipient-unavailable"],
    [486, "recipient-unavailable"],
    [503, "internal-server-error"],
  ] as const) {
    test(`§7: ${status} is ${condition} for the sender`, async () => {
      const bed = await start();
      bed.peer.replies.set("MESSAGE", { status });
      await bed.say("hello", "m9");
      assert.match(bed.alice.take().join(), new RegExp(`id='m9'.*<${condition} `));
    });
  }

  test("§4: one answer ends it, whoever else it was forked to", async () => {
    const bed = await start();
    await bed.say("hello");
    const [message] = bed.peer.requests("MESSAGE");
    assert.ok(message !== undefined);
    bed.peer.reply(message, { status: 200, toTag: "another" });
    bed.peer.reply(message, { status: 404, toTag: "a-third" });
    await rest();
    assert.deepEqual(bed.alice.take(), []);
  });

  test("a user is told of nobody's presence but her own contacts' (RFC 8048 §8.2)", async () => {
    const bed = await start();
    const carol = bed.site.signIn("carol@example.com/desk");
    await rest();
    carol.take();
    const dialog = await bed.see(pidf("open"));
    await bed.notify(dialog, pidf("closed"));
    assert.deepEqual(carol.take(), []);
  });
});
