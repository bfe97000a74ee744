import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ALICE, DialectBed } from "../fakes/dialect-bed.ts";
import { rest } from "../fakes/played-peer.ts";

const ACTIVITY = "urn:ietf:params:xml:ns:pidf:status:rpid-status";

function pidf(basic: string, activity = "", entity = "sip:bob@contoso.example"): string {
  const activities = activity === "" ? "" : `<ep:activities><ep:activity>${activity}</ep:activity></ep:activities>`;
  return (
    `<?xml version="1.0" encoding="utf-8"?><presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:ep="${ACTIVITY}"` +
    ` xmlns:ci="urn:ietf:params:xml:ns:pidf:cipid" entity="${entity}"><tuple id="0"><status><basic>${basic}</basic>${activities}` +
    "</status></tuple><ci:display-name>Bob</ci:display-name></presence>"
  );
}

/** How bob looks to alice: `show / status`, or "unavailable". */
function looks(stanzas: readonly string[]): string {
  const last =
    stanzas.filter((stanza) => stanza.startsWith("<presence") && !stanza.includes("subscribed")).at(-1) ?? "";
  if (last === "") return "nothing";
  if (last.includes("type='unavailable'")) return "unavailable";
  const status = /<status[^>]*>([^<]*)/.exec(last)?.[1];
  const show = /<show>(\w+)/.exec(last)?.[1] ?? "available";
  return status === undefined ? show : `${show} / ${status}`;
}

/** What a foreign watcher is told of a Microsoft user, as our user sees it (dialect facts, section 2.7). */
describe("the state of a Microsoft user", () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ["Available, Inactive: open without activity", pidf("open"), "available"],
    ["Busy, in a call, do not disturb, presenting: open and busy", pidf("open", "busy"), "away / Busy"],
    ["in a call, where the server says so: open and on-the-phone", pidf("open", "on-the-phone"), "away / On the phone"],
    ["in a meeting: open without activity, or busy", pidf("open", "in-a-meeting"), "away / In a meeting"],
    ["Be Right Back, Away, off work, out of office: open and away", pidf("open", "away"), "away"],
    ["an activity nobody knows: available", pidf("open", "steering-committee"), "available"],
  ];
  for (const [rule, document, is] of rows)
    test(rule, async () => {
      const bed = await DialectBed.start();
      await bed.see(document);
      assert.equal(looks(bed.alice.take()), is);
    });

  test("appears offline, signed out, blocked, unknown: closed", async () => {
    const bed = await DialectBed.start();
    const dialog = await bed.see(pidf("open"));
    bed.alice.take();
    await bed.notify(dialog, pidf("closed"));
    assert.equal(looks(bed.alice.take()), "unavailable");
  });

  test("closed from the first on: nobody is shown", async () => {
    const bed = await DialectBed.start();
    await bed.see(pidf("closed"));
    assert.equal(looks(bed.alice.take()), "nothing");
  });
});

/** How the document may be written (dialect facts, sections 2.5 and 2.6). */
describe("a NOTIFY of a Microsoft server", () => {
  const state = "http://schemas.microsoft.com/2006/09/sip/state";
  const rows: readonly { readonly rule: string; readonly body: string; readonly type?: string; readonly is: string }[] =
    [
      { rule: "entity without sip:", body: pidf("open", "busy", "bob@contoso.example"), is: "away / Busy" },
      {
        rule: "an entity that is somebody else: the dialog says whose it is",
        body: pidf("open", "", "sip:eve@x"),
        is: "available",
      },
      { rule: "a UTF-16 label on UTF-8", body: pidf("open", "away").replace("utf-8", "utf-16"), is: "away" },
      {
        rule: "RFC 4480 activities as empty elements",
        body: pidf("open", "busy")
          .replace("<ep:activity>busy</ep:activity>", '<busy xmlns="urn:ietf:params:xml:ns:pidf:rpid"/>')
          .replaceAll(ACTIVITY, "urn:ietf:params:xml:ns:pidf:rpid"),
        is: "away / Busy",
      },
      {
        rule: "category XML, which was not asked for",
        type: "application/msrtc-event-categories+xml",
        body: `<categories xmlns="http://schemas.microsoft.com/2006/09/sip/categories"><category name="state"><state xmlns="${state}"><availability>9500</availability></state></category></categories>`,
        is: "away / Busy",
      },
      {
        rule: "the format of LCS 2005, which was not asked for",
        type: "text/xml+msrtc.pidf",
        body: '<presentity xmlns="http://schemas.microsoft.com/2002/09/sip/presence" uri="bob@contoso.example"><availability aggregate="300"/><activity aggregate="500"/></presentity>',
        is: "away / On the phone",
      },
      {
        rule: "XPIDF, which was not asked for",
        type: "application/xpidf+xml",
        body: '<?xml version="1.0"?><!DOCTYPE presence PUBLIC "-//IETF//DTD RFCxxxx XPIDF 1.0//EN" "xpidf.dtd"><presence><presentity uri="sip:bob@contoso.example"/><atom id="1"><address uri="sip:b" priority="0.8"><status status="open"/><msnsubstatus substatus="away"/></address></atom></presence>',
        is: "away",
      },
    ];
  for (const { rule, body, type, is } of rows)
    test(rule, async () => {
      const bed = await DialectBed.start();
      const dialog = await bed.see(body, type);
      assert.equal(looks(bed.alice.take()), is);
      assert.equal((await bed.notify(dialog, body, type)).status, 200);
    });

  test("one that cannot be read leaves what was shown, and is answered 200", async () => {
    const bed = await DialectBed.start();
    const dialog = await bed.see(pidf("open", "away"));
    bed.alice.take();
    assert.equal((await bed.notify(dialog, "<presence")).status, 200);
    assert.deepEqual(bed.alice.take(), []);
  });

  test("in no dialog: 481", async () => {
    const bed = await DialectBed.start();
    const answer = await bed.notify(bed.peer.dialog(ALICE), pidf("open"));
    assert.equal(answer.status, 481);
  });

  test("before the 200 to its SUBSCRIBE, which lacks Event: it makes the dialog", async () => {
    const bed = await DialectBed.start();
    bed.peer.replies.set("SUBSCRIBE", "none");
    await bed.see(pidf("open", "busy"));
    assert.equal(looks(bed.alice.take()), "away / Busy");
    bed.peer.reply(bed.peer.last("SUBSCRIBE"), { status: 200, headers: [["Expires", "7200"]] });
    await bed.clock.elapse(6_500_000);
    const [first, refresh] = bed.peer.requests("SUBSCRIBE");
    assert.equal(refresh?.callId, first?.callId);
    assert.equal(refresh?.to.tag, "played");
  });
});

/** Our SUBSCRIBE and its life (dialect facts, sections 2.1 and 2.3). */
describe("watching a Microsoft user", () => {
  test("Accept names application/pidf+xml and nothing else, for two hours", async () => {
    const bed = await DialectBed.start();
    await bed.see(pidf("open"));
    const subscribe = bed.peer.last("SUBSCRIBE");
    assert.deepEqual(subscribe.all("Accept"), ["application/pidf+xml"]);
    assert.equal(subscribe.expires, 7200);
    assert.equal(subscribe.body.length, 0);
  });

  test("one subscription for each of our watchers, even of the same user", async () => {
    const bed = await DialectBed.start();
    await bed.see(pidf("open"));
    const carol = bed.site.signIn("carol@example.com/pc");
    carol.send(`<presence type='subscribe' to='${bed.bob}'/>`);
    await rest();
    const names = bed.peer.requests("SUBSCRIBE").map(({ from }) => from.uri);
    assert.deepEqual(names, [`sip:${ALICE}`, "sip:carol@example.com"]);
  });

  test("is refreshed within what was granted, which may be short", async () => {
    const bed = await DialectBed.start();
    bed.peer.replies.set("SUBSCRIBE", { status: 200, headers: [["Expires", "600"]] });
    await bed.see(pidf("open"));
    await bed.clock.elapse(430_000);
    assert.equal(bed.peer.requests("SUBSCRIBE").length, 1);
    await bed.clock.elapse(111_000);
    const [, refresh] = bed.peer.requests("SUBSCRIBE");
    assert.notEqual(refresh?.to.tag, undefined);
    assert.equal(refresh?.callId, bed.peer.requests("SUBSCRIBE")[0]?.callId);
  });

  const refusals: readonly {
    readonly status: number;
    readonly means: string;
    readonly is: RegExp;
    readonly again: boolean;
  }[] = [
    { status: 403, means: "blocked: the question is answered with no", is: /type='unsubscribed'/, again: false },
    { status: 404, means: "no such user: the same, tried again much later", is: /type='unsubscribed'/, again: false },
    { status: 480, means: "cannot be reached now: tried again", is: /^$/, again: true },
    { status: 400, means: "not understood: nothing is shown, tried again", is: /^$/, again: true },
    { status: 488, means: "not acceptable now: nothing is shown, tried again", is: /^$/, again: true },
    { status: 504, means: "their edge does not reach it: tried again", is: /^$/, again: true },
  ];
  for (const { status, means, is, again } of refusals)
    test(`${status}: ${means}`, async () => {
      const bed = await DialectBed.start();
      bed.peer.replies.set("SUBSCRIBE", { status });
      bed.alice.send(`<presence type='subscribe' to='${bed.bob}'/>`);
      await rest();
      assert.match(bed.alice.take().join(), is);
      await bed.clock.elapse(45_000);
      assert.equal(bed.peer.requests("SUBSCRIBE").length, again ? 2 : 1);
    });

  test("481 to a refresh: another dialog at once", async () => {
    const bed = await DialectBed.start();
    await bed.see(pidf("open"));
    bed.peer.replies.set("SUBSCRIBE", { status: 481 });
    await bed.clock.elapse(6_700_000);
    const [first, refresh, fresh] = bed.peer.requests("SUBSCRIBE");
    assert.equal(refresh?.callId, first?.callId);
    assert.notEqual(fresh?.callId, first?.callId);
    assert.equal(fresh?.to.tag, undefined);
  });

  test("terminated by the server: another dialog at once", async () => {
    const bed = await DialectBed.start();
    const dialog = await bed.see(pidf("open"));
    const headers = ["Event: presence", "subscription-state: terminated;reason=deactivated"];
    assert.equal((await bed.peer.ask(dialog, "NOTIFY", { headers }))?.status, 200);
    assert.equal(bed.peer.requests("SUBSCRIBE").length, 2);
    assert.equal(bed.peer.last("SUBSCRIBE").to.tag, undefined);
  });

  test("given up: SUBSCRIBE with Expires 0 in the dialog", async () => {
    const bed = await DialectBed.start();
    await bed.see(pidf("open"));
    bed.alice.send(`<presence type='unsubscribe' to='${bed.bob}'/>`);
    await rest();
    const last = bed.peer.last("SUBSCRIBE");
    assert.equal(last.expires, 0);
    assert.notEqual(last.to.tag, undefined);
    assert.equal(last.event?.type, "presence");
  });

  test("the administrator reads why it was refused, in words", async () => {
    const bed = await DialectBed.start();
    const said = '1028;source="sip.contoso.example";reason="Not in the allow list"';
    bed.peer.replies.set("SUBSCRIBE", { status: 504, headers: [["ms-diagnostics-public", said]] });
    bed.alice.send(`<presence type='subscribe' to='${bed.bob}'/>`);
    await rest();
    const inputs = bed.site.decisions.at(-1)?.decisions[0]?.inputs;
    assert.match(`${inputs?.reason1}`, /^ms-diagnostics 1028 from sip\.contoso\.example: Not in .*not allowed there/);
    assert.match(`${inputs?.remedy}`, /list our domain/);
    assert.doesNotMatch(bed.alice.take().join(), /1028/);
  });
});
