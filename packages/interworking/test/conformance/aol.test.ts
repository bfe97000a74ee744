import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ALICE, DialectBed } from "../fakes/dialect-bed.ts";
import { bodyText, rest, sessionDescription } from "../fakes/played-peer.ts";

function document(basic: string, activity = ""): string {
  return (
    '<?xml version="1.0"?><p:presence xmlns:p="urn:ietf:params:xml:ns:pidf" xmlns:ep="urn:ietf:params:xml:ns:pidf:status:rpid-status"' +
    ` entity="bob@aol.com"><p:tuple id="t"><p:status><p:basic>${basic}</p:basic>` +
    `${activity === "" ? "" : `<ep:activity>${activity}</ep:activity>`}</p:status></p:tuple></p:presence>`
  );
}

function looks(bed: DialectBed): string {
  const last =
    bed.alice
      .take()
      .filter((stanza) => /^<presence (?!type='subscribed)/.test(stanza))
      .at(-1) ?? "nothing";
  if (last.includes("type='unavailable'")) return "unavailable";
  return /<show>(\w+)/.exec(last)?.[1] ?? (last === "nothing" ? last : "available");
}

/** Which state is which (dialect facts, section 5.3). */
describe("the state of a user of AIM", () => {
  const seen: readonly (readonly [string, string, string])[] = [
    ["Available", document("open"), "available"],
    ["Away", document("open", "away"), "away"],
    ["Idle", document("open", "idle"), "away"],
    ["Invisible, offline, unknown name", document("closed"), "nothing"],
  ];
  for (const [state, body, is] of seen)
    test(`${state}: ${is}`, async () => {
      const bed = await DialectBed.start("aol");
      await bed.see(body);
      assert.equal(looks(bed), is);
    });

  const told: readonly (readonly [string, string, string])[] = [
    ["available", "<presence/>", "open"],
    ["away", "<presence><show>away</show></presence>", "open away"],
    ["extended away", "<presence><show>xa</show></presence>", "open away"],
    ["busy", "<presence><show>away</show><status>Busy</status></presence>", "open away"],
    ["do not disturb", "<presence><show>dnd</show></presence>", "open away"],
    ["on the phone", "<presence><show>dnd</show><status>On the phone</status></presence>", "open away"],
    ["in a meeting", "<presence><show>dnd</show><status>In a meeting</status></presence>", "open away"],
    ["offline", "<presence type='unavailable'/>", "closed"],
  ];
  for (const [state, presence, is] of told)
    test(`ours, ${state}: ${is}`, async () => {
      const bed = await DialectBed.start("aol");
      await bed.letIn();
      await bed.watch();
      bed.alice.send(presence);
      await rest();
      const body = bodyText(bed.peer.last("NOTIFY"));
      const words = [/<basic>(\w+)/.exec(body)?.[1], /<ep:activity>(\w+)/.exec(body)?.[1]].filter(Boolean).join(" ");
      assert.equal(words, is);
    });
});

/** Presence as the gateway speaks it (dialect facts, section 4). */
describe("presence with an AOL gateway", () => {
  test("our document names its entity without sip:, as theirs do", async () => {
    const bed = await DialectBed.start("aol");
    await bed.letIn();
    await bed.watch();
    assert.match(bodyText(bed.peer.last("NOTIFY")), / entity="alice@example\.com">/);
  });

  test("the NOTIFY comes before the 200, and the 200 lacks Event", async () => {
    const bed = await DialectBed.start("aol");
    bed.peer.replies.set("SUBSCRIBE", "none");
    await bed.see(document("open", "away"));
    assert.equal(looks(bed), "away");
    bed.peer.reply(bed.peer.last("SUBSCRIBE"), { status: 200, headers: [["Expires", "3600"]] });
    await rest();
    await bed.notify(bed.peer.answered(bed.peer.last("SUBSCRIBE")), document("open"));
    await bed.clock.elapse(3_300_000);
    const [first, refresh] = bed.peer.requests("SUBSCRIBE");
    assert.equal(refresh?.callId, first?.callId, "the subscription was begun anew");
  });

  test("a watcher who waits for a decision sees someone offline", async () => {
    const bed = await DialectBed.start("aol");
    await bed.watch();
    assert.match(bodyText(bed.peer.last("NOTIFY")), /<basic>closed</);
  });
});

/** Case and blanks do not count in screen names (dialect facts, section 4). */
describe("screen names", () => {
  const spellings = ["BoB", "b%20o%20b", "Bo%20B", "bob"];
  for (const spelling of spellings)
    test(`${spelling}@aol.com is bob`, async () => {
      const bed = await DialectBed.start("aol");
      const dialog = bed.peer.dialog(ALICE, `<sip:${spelling}@aol.com>;tag=TAG`);
      const headers = ["Content-Type: application/sdp"];
      const answer = await bed.peer.ask(dialog, "INVITE", { headers, body: sessionDescription() });
      assert.equal(answer?.status, 200);
      bed.peer.send(dialog, "ACK");
      await rest();
      await bed.says(dialog, "hello");
      assert.match(bed.alice.take().join(), /from='bob@aol\.com'/);
      await bed.say("hello yourself");
      assert.equal(bed.peer.last("MESSAGE").callId, dialog.callId, "she was called back under another name");
    });

  test("one that is a mail address is written user(domain), and known by either form", async () => {
    const bed = await DialectBed.start("aol");
    const contact = "user\\40contoso.com@aol.com";
    bed.alice.send(`<presence type='subscribe' to='${contact}'/>`);
    await rest();
    assert.equal(bed.peer.last("SUBSCRIBE").requestUri, "sip:user(contoso.com)@aol.com");
    const dialog = bed.peer.dialog(ALICE, "<sip:user(contoso.com)@aol.com>;tag=TAG");
    await bed.says(dialog, "hello");
    assert.ok(
      bed.alice.take().some((stanza) => stanza.includes(`from='${contact}'`)),
      "not the contact she knows",
    );
  });

  test("one nobody of ours has on a list keeps the form of the wire", async () => {
    const bed = await DialectBed.start("aol");
    await bed.says(bed.peer.dialog(ALICE, "<sip:User(Contoso.com)@aol.com>;tag=TAG"), "hello");
    assert.match(bed.alice.take().join(), /from='user\(contoso\.com\)@aol\.com'/);
  });
});

/** Text and nothing else (dialect facts, section 4). */
describe("messages with an AOL gateway", () => {
  const aim = '<HTML><BODY BGCOLOR="#ffffff"><FONT LANG="0">Hi &amp; <B>bye</B><BR>there</FONT></BODY></HTML>';
  const rows: readonly (readonly [string, string, string, string])[] = [
    ["HTML that calls itself plain", "text/plain", aim, "Hi &amp; bye\nthere"],
    ["HTML that says so", "text/html", aim, "Hi &amp; bye\nthere"],
    ["plain text", "text/plain; charset=UTF-8", "1 < 2 & 3 > 2", "1 &lt; 2 &amp; 3 > 2"],
    ["text that begins with a bracket and is none", "text/plain", "<3 you", "&lt;3 you"],
    ["text that quotes markup later on", "text/plain", "write <b>so</b>", "write &lt;b>so&lt;/b>"],
  ];
  for (const [rule, type, body, shown] of rows)
    test(rule, async () => {
      const bed = await DialectBed.start("aol");
      await bed.says(await bed.talk(), body, type);
      assert.equal(/<body>([\s\S]*?)<\/body>/.exec(bed.alice.take().join())?.[1]?.replaceAll("&gt;", ">"), shown);
    });

  test("markup from a Microsoft client that calls itself plain stays as it is", async () => {
    const bed = await DialectBed.start("microsoft");
    await bed.says(await bed.talk(), "<html>as typed</html>", "text/plain");
    assert.match(bed.alice.take().join(), /&lt;html/);
  });

  test("ours go in a session, as text, in pieces of at most 1000 octets", async () => {
    const bed = await DialectBed.start("aol");
    await bed.say(`${"a".repeat(900)} ${"b".repeat(900)}`);
    const pieces = bed.peer.requests("MESSAGE");
    assert.equal(pieces.length, 2);
    assert.ok(pieces.every(({ body, to }) => body.length <= 1000 && to.tag !== undefined));
  });

  test("INFO that tells of typing is 200 and shown; we tell nothing", async () => {
    const bed = await DialectBed.start("aol");
    const dialog = await bed.talk();
    const body = '<KeyboardActivity><status status="type"/></KeyboardActivity>';
    const answer = await bed.peer.ask(dialog, "INFO", { headers: ["Content-Type: application/xml"], body });
    assert.equal(answer?.status, 200);
    assert.match(bed.alice.take().join(), /<composing /);
    bed.alice.send(
      `<message type='chat' to='${bed.bob}'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>`,
    );
    await rest();
    assert.deepEqual(bed.peer.requests("INFO"), []);
  });

  const others: readonly (readonly [string, readonly string[], string])[] = [
    [
      "a call",
      ["Content-Type: application/sdp"],
      sessionDescription().replace("m=message 5060 sip null", "m=audio 5062 RTP/AVP 0"),
    ],
    [
      "a file",
      ["Content-Type: application/sdp"],
      sessionDescription().replace("m=message 5060 sip null", "m=data 5062 TCP x"),
    ],
    [
      "a conversation of three",
      ["Content-Type: application/sdp", "EndPoints: <sip:a@aol.com>, <sip:b@aol.com>, <sip:c@aol.com>"],
      sessionDescription(),
    ],
  ];
  for (const [what, headers, body] of others)
    test(`${what}: 488 with Warning, without a diagnosis nobody there reads`, async () => {
      const bed = await DialectBed.start("aol");
      const answer = await bed.peer.ask(bed.peer.dialog(ALICE), "INVITE", { headers, body });
      assert.equal(answer?.status, 488);
      assert.match(answer?.first("Warning") ?? "", /^3\d\d sip\.example\.com "/);
      assert.equal(answer?.first("ms-diagnostics-public"), undefined);
    });
});
