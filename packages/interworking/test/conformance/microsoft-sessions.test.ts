import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ALICE, DialectBed } from "../fakes/dialect-bed.ts";
import { bodyText, rest, sessionDescription } from "../fakes/played-peer.ts";

const BASE64 = Buffer.from("hello", "utf8").toString("base64");
/** The headers of a Skype for Business client, in its order (dialect facts, section 3.2). */
const CLIENT = [
  "User-Agent: UCCAPI/16.0.4417.1000 OC/16.0.4417.1000 (Skype for Business)",
  "Supported: ms-dialog-route-set-update",
  `ms-text-format: text/plain; charset=UTF-8; ms-body=${BASE64}`,
  `ms-im-format: text/html; charset=UTF-8; ms-body=${BASE64}`,
  `ms-im-format: text/rtf; charset=UTF-8; ms-body=${BASE64}`,
  "Supported: ms-embedded-first-message",
  "Supported: ms-delayed-accept",
  "Ms-Conversation-ID: ZXhhbXBsZS1jb252ZXJzYXRpb24tMQ==",
  "Supported: timer",
  "Supported: histinfo",
  "Subject: Grüße",
  "Roster-Manager: sip:bob@contoso.example",
  "EndPoints: <sip:bob@contoso.example>, <sip:alice@example.com>",
  "Supported: com.microsoft.rtc-multiparty",
  "ms-keep-alive: UAC;hop-hop=yes",
  "ms-subnet: 192.0.2.0",
  "history-info: <sip:alice@example.com>;index=1",
];

function texts(bed: DialectBed): readonly string[] {
  return bed.alice.take().flatMap((stanza) => /<body[^>]*>([^<]*)<\/body>/.exec(stanza)?.[1] ?? []);
}

/** Session mode both ways (dialect facts, section 3.1). */
describe("conversations with a Microsoft user", () => {
  test("are sessions: INVITE, ACK, MESSAGE, BYE, whoever begins", async () => {
    const bed = await DialectBed.start();
    await bed.say("one");
    const methods = bed.peer.received.flatMap((message) => (message.kind === "request" ? message.method : []));
    assert.deepEqual(methods, ["INVITE", "ACK", "MESSAGE"]);
    const theirs = bed.peer.answered(bed.peer.last("INVITE"));
    assert.equal(await bed.says(theirs, "two"), 200);
    assert.deepEqual(texts(bed), ["two"]);
    assert.equal((await bed.peer.ask(theirs, "BYE"))?.status, 200);
  });

  test("one session serves both sides", async () => {
    const bed = await DialectBed.start();
    const dialog = await bed.talk();
    await bed.says(dialog, "one");
    await bed.say("two");
    assert.deepEqual(bed.peer.requests("INVITE"), []);
    assert.equal(bed.peer.last("MESSAGE").callId, dialog.callId);
  });

  test("a MESSAGE outside a session is taken from them too, and never sent to them", async () => {
    const bed = await DialectBed.start();
    assert.equal(await bed.says(bed.peer.dialog(ALICE), "a page"), 200);
    assert.deepEqual(texts(bed), ["a page"]);
    await bed.say("an answer");
    assert.ok(bed.peer.requests("MESSAGE").every(({ to }) => to.tag !== undefined));
  });
});

/** What their INVITE looks like and what it is answered (dialect facts, sections 3.2, 3.3, 3.4). */
describe("INVITE of a Microsoft client", () => {
  test("with all its headers: 200 at once, Contact by our name over TLS, no tag and no header of theirs", async () => {
    const bed = await DialectBed.start();
    const { answer } = await bed.invite({ headers: CLIENT });
    assert.equal(answer.status, 200);
    assert.match(answer.contacts[0]?.uri ?? "", /^sip:alice@sip\.example\.com:5061;transport=tls$/);
    assert.doesNotMatch(answer.headers.text, /ms-|microsoft|keep-alive/i);
    assert.equal(answer.from.text, '"Bob" <sip:bob@contoso.example>;tag=peer1;epid=451e9252b6');
  });

  test("the answer's media line: message 5060 sip, our user's address, text/plain only", async () => {
    const bed = await DialectBed.start();
    const { answer } = await bed.invite();
    assert.match(bodyText(answer), /\r\nm=message 5060 sip sip:alice@example\.com\r\na=accept-types:text\/plain\r\n$/);
  });

  test("where the administrator wants rich text, HTML is asked for beside it, both ways", async () => {
    const bed = await DialectBed.start("microsoft", { richText: "html" });
    assert.match(bodyText((await bed.invite()).answer), /\r\na=accept-types:text\/plain text\/html\r\n$/);
    bed.alice.send("<message type='chat' to='ben@contoso.example'><body>hi</body></message>");
    await rest();
    assert.match(bodyText(bed.peer.last("INVITE")), /\r\na=accept-types:text\/plain text\/html\r\n$/);
  });

  const offers: readonly (readonly [string, string])[] = [
    ["with a blank at the end of its SDP", sessionDescription()],
    ["of LCS 2005: x-ms-message", sessionDescription("null", "x-ms-message")],
    ["without accept-types", sessionDescription().replace(/a=.*\r\n/, "")],
    [
      "of a client that takes no HTML",
      sessionDescription().replace(/a=.*\r\n/, "a=accept-types:text/rtf image/gif\r\n"),
    ],
  ];
  for (const [rule, body] of offers)
    test(rule, async () => {
      const bed = await DialectBed.start();
      assert.equal((await bed.invite({ body })).answer.status, 200);
    });

  test("ms-text-format: the text in the INVITE is left to the MESSAGE that follows, and comes once", async () => {
    const bed = await DialectBed.start();
    const dialog = await bed.talk({ headers: CLIENT });
    assert.deepEqual(texts(bed), []);
    assert.equal(await bed.says(dialog, "hello"), 200);
    assert.deepEqual(texts(bed), ["hello"]);
  });

  test("ms-text-format: where no MESSAGE follows, its sender knows that nothing was said: nothing is shown", async () => {
    const bed = await DialectBed.start();
    await bed.talk({ headers: CLIENT });
    await bed.clock.elapse(60_000);
    assert.deepEqual(bed.alice.take(), []);
  });

  test("EndPoints of two, Subject in raw UTF-8, Ms-Conversation-ID of any form: nothing to us", async () => {
    const bed = await DialectBed.start();
    const { answer } = await bed.invite({
      headers: ["Ms-Conversation-ID: x/y+z==", "Subject: Grüße", "TriggeredInvite: FALSE"],
    });
    assert.equal(answer.status, 200);
  });

  const refused: readonly (readonly [string, string, number])[] = [
    ["nobody of that name", "nobody@example.com", 404],
    ["another domain", "alice@elsewhere.example", 404],
  ];
  for (const [who, to, status] of refused)
    test(`to ${who}: ${status}`, async () => {
      const bed = await DialectBed.start();
      const headers = ["Content-Type: application/sdp"];
      const answer = await bed.peer.ask(bed.peer.dialog(to), "INVITE", { headers, body: sessionDescription() });
      assert.equal(answer?.status, status);
    });

  test("to a user who is away or does not want to be disturbed: 200, her clients decide", async () => {
    const bed = await DialectBed.start();
    bed.alice.send("<presence><show>dnd</show></presence>");
    await rest();
    assert.equal(await bed.says(await bed.talk(), "still"), 200);
    assert.deepEqual(texts(bed), ["still"]);
  });

  test("ACK with a CSeq of its INVITE and no Contact; then any CSeq that grows, whatever gaps", async () => {
    const bed = await DialectBed.start();
    const dialog = await bed.talk();
    dialog.cseq = 17;
    assert.equal(await bed.says(dialog, "eighteen"), 200);
    dialog.cseq = 400;
    assert.equal(await bed.says(dialog, "four hundred"), 200);
    assert.deepEqual(texts(bed), ["eighteen", "four hundred"]);
  });
});

/** What we send and how it may be answered (dialect facts, sections 3.4 and 3.11). */
describe("INVITE to a Microsoft client", () => {
  test("as little as works: Contact over TLS, SDP with m=message 5060 sip null, no header of theirs", async () => {
    const bed = await DialectBed.start();
    await bed.say("one");
    const invite = bed.peer.last("INVITE");
    assert.equal(invite.requestUri, `sip:${bed.bob}`);
    assert.equal(invite.to.text, `<sip:${bed.bob}>`);
    assert.match(invite.contacts[0]?.uri ?? "", /^sip:alice@sip\.example\.com:5061;transport=tls$/);
    assert.equal(invite.maxForwards, 70);
    for (const method of ["INVITE", "ACK", "BYE", "CANCEL", "MESSAGE", "INFO", "OPTIONS", "NOTIFY", "SUBSCRIBE"])
      assert.ok(invite.values("Allow").includes(method), method);
    assert.match(
      bodyText(invite),
      /^v=0\r\no=- \S+ \S+ IN IP4 \S+\r\ns=session\r\nc=IN IP4 \S+\r\nt=0 0\r\nm=message 5060 sip null\r\na=accept-types:text\/plain\r\n$/,
    );
    for (const name of ["Ms-Conversation-ID", "ms-text-format", "EndPoints", "ms-keep-alive"])
      assert.equal(invite.first(name), undefined, name);
  });

  test("Ms-Conversation-ID: a new session after a crash has none that could be taken", async () => {
    const bed = await DialectBed.start();
    await bed.talk({ headers: CLIENT });
    bed.peer.replies.set("MESSAGE", { status: 481 });
    await bed.say("one");
    assert.equal(bed.peer.last("INVITE").first("Ms-Conversation-ID"), undefined);
  });

  test("100, 180 and 183 of several forks: the tag of the 200 counts", async () => {
    const bed = await DialectBed.start();
    bed.peer.replies.set("INVITE", "none");
    await bed.say("one");
    const invite = bed.peer.last("INVITE");
    bed.peer.reply(invite, { status: 100 });
    bed.peer.reply(invite, { status: 180, toTag: "one" });
    bed.peer.reply(invite, { status: 183, toTag: "two" });
    bed.peer.reply(invite, { status: 200, toTag: "three" });
    await rest();
    assert.equal(bed.peer.last("ACK").to.tag, "three");
    assert.equal(bed.peer.last("MESSAGE").to.tag, "three");
  });

  test("a client that is signed in twice answers after ten seconds: the text waits, and goes once", async () => {
    const bed = await DialectBed.start();
    bed.peer.replies.set("INVITE", "none");
    await bed.say("one");
    bed.peer.reply(bed.peer.last("INVITE"), { status: 180 });
    await bed.clock.elapse(10_000);
    assert.deepEqual(bed.peer.requests("MESSAGE"), []);
    bed.peer.reply(bed.peer.last("INVITE"), { status: 200 });
    await rest();
    assert.deepEqual(bed.peer.requests("MESSAGE").map(bodyText), ["one"]);
    assert.equal(bed.peer.requests("INVITE").length, 1);
  });

  test("nobody answers for 60 s: CANCEL, and the sender is told", async () => {
    const bed = await DialectBed.start();
    bed.peer.replies.set("INVITE", "none");
    await bed.say("one", "s1");
    bed.peer.reply(bed.peer.last("INVITE"), { status: 180 });
    await bed.clock.elapse(59_000);
    assert.deepEqual(bed.peer.requests("CANCEL"), []);
    await bed.clock.elapse(2000);
    assert.equal(bed.peer.requests("CANCEL").length, 1);
    bed.peer.reply(bed.peer.last("INVITE"), { status: 487 });
    await rest();
    assert.match(bed.alice.take().join(), /type='error' id='s1'/);
  });

  test("a late 200 of another fork: ACK and BYE to it, the session stands", async () => {
    const bed = await DialectBed.start();
    await bed.say("one");
    bed.peer.reply(bed.peer.last("INVITE"), { status: 200, toTag: "late" });
    await rest();
    assert.equal(bed.peer.last("ACK").to.tag, "late");
    assert.equal(bed.peer.last("BYE").to.tag, "late");
    await bed.say("two");
    assert.equal(bed.peer.last("MESSAGE").to.tag, "played");
  });

  test("the epid in To of the answer comes back in what follows", async () => {
    const bed = await DialectBed.start();
    bed.peer.replies.set("INVITE", "none");
    await bed.say("one");
    const invite = bed.peer.last("INVITE");
    const to = `<sip:${bed.bob}>;epid=62c66a7a5d;tag=cd0aa98561`;
    const answer = [
      "SIP/2.0 200 OK",
      ...invite.all("Via").map((via) => `Via: ${via}`),
      `From: ${invite.from.text}`,
      `To: ${to}`,
      `Call-ID: ${invite.callId}`,
      "CSeq: 1 INVITE",
      `Contact: <sip:${bed.bob};opaque=user:epid:a1De4AWnzFmb-tN1kxQSMQAA;gruu>`,
      "Content-Length: 0",
    ];
    bed.peer.write(`${answer.join("\r\n")}\r\n\r\n`);
    await rest();
    assert.equal(bed.peer.last("MESSAGE").to.text, to);
    assert.equal(bed.peer.last("MESSAGE").requestUri, `sip:${bed.bob};opaque=user:epid:a1De4AWnzFmb-tN1kxQSMQAA;gruu`);
  });

  const refusals: readonly (readonly [number, string, string])[] = [
    [480, "away, or not to be disturbed", "recipient-unavailable"],
    [486, "not to be disturbed", "recipient-unavailable"],
    [404, "no such user", "item-not-found"],
    [403, "not allowed", "forbidden"],
    [415, "the type", "not-acceptable"],
    [488, "not acceptable", "not-acceptable"],
    [603, "declined", "recipient-unavailable"],
    [606, "blocked contents", "not-acceptable"],
    [500, "a fault", "internal-server-error"],
    [504, "not reached", "remote-server-timeout"],
  ];
  for (const [status, means, condition] of refusals)
    test(`${status}, ${means}: the sender is told by ${condition}`, async () => {
      const bed = await DialectBed.start();
      bed.peer.replies.set("INVITE", { status });
      await bed.say("one", "s1");
      const stanza = bed.alice.take().join();
      assert.match(stanza, new RegExp(`type='error' id='s1'.*<${condition} .*>${status} `));
      assert.deepEqual(bed.peer.requests("MESSAGE"), []);
    });
});
