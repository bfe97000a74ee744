import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ALICE, DialectBed } from "../fakes/dialect-bed.ts";
import { bodyText, rest, sessionDescription } from "../fakes/played-peer.ts";

const OFFER =
  "Application-Name: File Transfer\r\nApplication-GUID: {5D3E02AB-6190-11D3-BBBB-00C04F795683}\r\nInvitation-Command: INVITE\r\n" +
  "Invitation-Cookie: 33267\r\nApplication-File: plan.doc\r\nApplication-FileSize: 4711\r\n";

/** What comes into a session that stands and is not text (dialect facts, section 3.9). */
describe("refusals within a session", () => {
  test("a file of LCS: 200, then declined by its cookie, and the talk goes on", async () => {
    const bed = await DialectBed.start();
    const dialog = await bed.talk();
    assert.equal(await bed.says(dialog, OFFER, "text/x-msmsgsinvite; charset=UTF-8"), 200);
    const declined = bed.peer.last("MESSAGE");
    assert.equal(declined.contentType?.type, "text/x-msmsgsinvite");
    assert.equal(
      bodyText(declined),
      "Invitation-Command: CANCEL\r\nInvitation-Cookie: 33267\r\nCancel-Code: REJECT\r\n",
    );
    assert.deepEqual(bed.alice.take(), []);
    assert.equal(bed.site.decisions.at(-1)?.result, "declined");
    const cancelled = OFFER.replace("INVITE", "CANCEL");
    assert.equal(await bed.says(dialog, cancelled, "text/x-msmsgsinvite"), 200);
    assert.equal(bed.peer.requests("MESSAGE").length, 1, "an end of the talk about it is not answered again");
    await bed.say("no files, please");
    assert.equal(bodyText(bed.peer.last("MESSAGE")), "no files, please");
  });

  test("a file of LCS outside a session: 415", async () => {
    const bed = await DialectBed.start();
    assert.equal(await bed.says(bed.peer.dialog(ALICE), OFFER, "text/x-msmsgsinvite"), 415);
  });

  test("re-INVITE and UPDATE: 200 with the same description; a call added to the chat: 488", async () => {
    const bed = await DialectBed.start();
    const { dialog, answer } = await bed.invite();
    bed.peer.send(dialog, "ACK");
    await rest();
    const headers = ["Content-Type: application/sdp"];
    for (const method of ["INVITE", "UPDATE"]) {
      const again = await bed.peer.ask(dialog, method, { headers, body: sessionDescription() });
      assert.equal(again?.status, 200, method);
      assert.equal(bodyText(again ?? answer), bodyText(answer));
      bed.peer.send(dialog, "ACK");
      await rest();
    }
    const call = await bed.peer.ask(dialog, "INVITE", {
      headers,
      body: `${sessionDescription()}m=audio 5062 RTP/AVP 0\r\n`,
    });
    assert.equal(call?.status, 488);
    assert.equal(await bed.says(dialog, "still talking"), 200);
  });

  test("REFER to a conference, in the session or outside: 405", async () => {
    const bed = await DialectBed.start();
    const dialog = await bed.talk();
    const headers = ["Refer-To: <sip:bob@contoso.example;gruu;opaque=app:conf:focus:id:1>"];
    assert.equal((await bed.peer.ask(dialog, "REFER", { headers }))?.status, 405);
    assert.equal((await bed.peer.ask(bed.peer.dialog(ALICE), "REFER", { headers }))?.status, 405);
  });

  test("a user who makes a conference of the chat gets 488, and the chat of two goes on", async () => {
    const bed = await DialectBed.start();
    const dialog = await bed.talk();
    const invite = {
      headers: ["Content-Type: application/ms-conf-invite+xml"],
      body: '<Conferencing version="2.0"><focus-uri>sip:bob@contoso.example;gruu;opaque=app:conf:focus:id:1</focus-uri></Conferencing>',
    };
    const conference = await bed.peer.ask(bed.peer.dialog(ALICE), "INVITE", invite);
    assert.equal(conference?.status, 488);
    assert.match(conference?.first("ms-diagnostics-public") ?? "", /^1027;reason="Only two people talk here/);
    assert.equal(await bed.says(dialog, "just us then"), 200);
    assert.deepEqual(bed.peer.requests("BYE"), []);
  });
});

/** Timers, ends and new beginnings (dialect facts, section 3.10). */
describe("the end of a session with a Microsoft user", () => {
  test("Session-Expires of a client that supports timer: honoured as RFC 4028 has it", async () => {
    const bed = await DialectBed.start();
    const { answer } = await bed.invite({ headers: ["Supported: timer", "Session-Expires: 600"] });
    assert.equal(answer.status, 200);
    assert.match(answer.first("Session-Expires") ?? "", /^600;refresher=uac$/);
    assert.deepEqual(answer.values("Require"), ["timer"]);
  });

  test("supported: timer without Session-Expires: no timer, no Require", async () => {
    const bed = await DialectBed.start();
    const { answer } = await bed.invite({ headers: ["Supported: timer"] });
    assert.equal(answer.first("Session-Expires"), undefined);
    assert.deepEqual(answer.values("Require"), []);
  });

  test("BYE is 200, in the same session a second time 481", async () => {
    const bed = await DialectBed.start();
    const dialog = await bed.talk();
    assert.equal((await bed.peer.ask(dialog, "BYE"))?.status, 200);
    assert.equal((await bed.peer.ask(dialog, "BYE"))?.status, 481);
  });

  test("they close an idle session: the next text comes with a fresh INVITE, and so does ours", async () => {
    const bed = await DialectBed.start();
    const first = await bed.talk({ headers: ["Ms-Conversation-ID: one=="] });
    await bed.says(first, "one");
    await bed.peer.ask(first, "BYE");
    const second = await bed.talk({ headers: ["Ms-Conversation-ID: one=="] });
    assert.equal(await bed.says(second, "two"), 200);
    await bed.peer.ask(second, "BYE");
    await bed.say("three");
    assert.equal(bed.peer.requests("INVITE").length, 1);
  });

  test("we close one that was idle for ten minutes, either way of talking counts", async () => {
    const bed = await DialectBed.start();
    const dialog = await bed.talk();
    await bed.clock.elapse(590_000);
    await bed.says(dialog, "theirs");
    await bed.clock.elapse(590_000);
    await bed.say("ours");
    await bed.clock.elapse(590_000);
    assert.deepEqual(bed.peer.requests("BYE"), []);
    await bed.clock.elapse(11_000);
    assert.equal(bed.peer.requests("BYE").length, 1);
  });

  test("a new INVITE of theirs: the old session dangles and is ended, what is being said goes on", async () => {
    const bed = await DialectBed.start();
    const old = await bed.talk();
    const fresh = await bed.talk();
    assert.equal(bed.peer.last("BYE").callId, old.callId);
    await bed.say("in the new one");
    assert.equal(bed.peer.last("MESSAGE").callId, fresh.callId);
  });

  test("both call at once: both sessions stand, both are heard, the newest is spoken in", async () => {
    const bed = await DialectBed.start();
    bed.peer.replies.set("INVITE", "none");
    await bed.say("one");
    const ours = bed.peer.last("INVITE");
    const theirs = await bed.talk();
    bed.peer.reply(ours, { status: 200 });
    await rest();
    const texts = bed.peer.requests("MESSAGE").map(bodyText);
    assert.deepEqual(texts, ["one"], "said once, whichever session stood first");
    assert.deepEqual(bed.peer.requests("BYE"), []);
    await bed.say("two");
    assert.equal(bed.peer.last("MESSAGE").callId, ours.callId);
    assert.equal(await bed.says(theirs, "from theirs"), 200);
    assert.equal(await bed.says(bed.peer.answered(ours), "from ours"), 200);
    assert.equal(bed.alice.take().length, 2);
  });

  test("CANCEL after our 200: 200 to it, and the session stands until BYE", async () => {
    const bed = await DialectBed.start();
    const dialog = bed.peer.dialog(ALICE);
    const headers = ["Content-Type: application/sdp"];
    const branch = bed.peer.send(dialog, "INVITE", { headers, body: sessionDescription() });
    await rest();
    const cancel = [
      `CANCEL sip:${ALICE} SIP/2.0`,
      `Via: SIP/2.0/TLS sip.contoso.example:5061;branch=${branch}`,
      "Max-Forwards: 69",
      `From: ${dialog.from}`,
      `To: <sip:${ALICE}>`,
      `Call-ID: ${dialog.callId}`,
      "CSeq: 1 CANCEL",
      "Content-Length: 0",
    ];
    bed.peer.write(`${cancel.join("\r\n")}\r\n\r\n`);
    await rest();
    const finals = bed.peer.received.flatMap((message) =>
      message.kind === "response" ? `${message.cseq.method} ${message.status}` : [],
    );
    assert.deepEqual(finals, ["INVITE 200", "CANCEL 200"]);
  });

  test("the window of our user is closed: BYE", async () => {
    const bed = await DialectBed.start();
    const dialog = await bed.talk();
    bed.alice.send(
      `<message type='chat' to='${bed.bob}'><gone xmlns='http://jabber.org/protocol/chatstates'/></message>`,
    );
    await rest();
    assert.equal(bed.peer.last("BYE").callId, dialog.callId);
  });
});
