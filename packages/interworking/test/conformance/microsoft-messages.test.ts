import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ALICE, DialectBed } from "../fakes/dialect-bed.ts";
import { bodyText, rest } from "../fakes/played-peer.ts";

const TYPING = '<?xml version="1.0"?><KeyboardActivity> <status status="STATUS" /></KeyboardActivity>';

/** Texts alice got since the last call. */
function texts(bed: DialectBed): readonly string[] {
  return bed.alice.take().flatMap((stanza) => /<body[^>]*>([^<]*)<\/body>/.exec(stanza)?.[1] ?? []);
}

function alternative(...parts: readonly (readonly [string, string])[]): string {
  return `${parts.map(([type, body]) => `--cut\r\nContent-Type: ${type}; charset=UTF-8\r\n\r\n${body}\r\n`).join("")}--cut--\r\n`;
}

/** What a client may say in a session (dialect facts, section 3.6). */
describe("MESSAGE of a Microsoft client", () => {
  const html = '<SPAN lang="en-us" style="color:#000000; font-family:Segoe UI; font-size:10pt;">one<BR>two</SPAN>';
  const rtf = "{\\rtf1\\ansi{\\fonttbl{\\f0 Segoe UI;}}\\f0 caf\\'e9\\par}";
  const rows: readonly (readonly [string, string, string, string])[] = [
    ["text/plain", "text/plain; charset=UTF-8", "grüße", "grüße"],
    [
      "text/plain with msgr: the format is not read",
      "text/plain; charset=UTF-8;msgr=WAAtAE0ATQBTAC0ASQBNAC0A",
      "hi",
      "hi",
    ],
    ["text/html: newlines mean nothing, BR does", "text/html; charset=UTF-8", html, "one\ntwo"],
    ["text/html of OC 2007", "text/html", '<DIV style="font-size:10pt">a\r\nb</DIV>', "a b"],
    ["text/rtf", "text/rtf", rtf, "café"],
    [
      "multipart/alternative: the plain part, whatever its place",
      "multipart/alternative;boundary=cut",
      alternative(["text/rtf", rtf], ["text/html", html], ["text/plain", "plain"]),
      "plain",
    ],
    [
      "multipart/alternative without plain: the HTML",
      "multipart/alternative;boundary=cut",
      alternative(["text/rtf", rtf], ["text/html", "<B>bold</B>"]),
      "bold",
    ],
    [
      "multipart/related",
      "multipart/related;boundary=cut",
      alternative(["text/html", "<B>bold</B>"], ["image/gif", "GIF"]),
      "bold",
    ],
  ];
  for (const [rule, type, body, text] of rows)
    test(rule, async () => {
      const bed = await DialectBed.start();
      const dialog = await bed.talk();
      assert.equal(await bed.says(dialog, body, type), 200);
      assert.deepEqual(texts(bed), [text]);
    });

  test("HTML comes with its fonts and colours as XHTML-IM beside the text, alone or beside plain text", async () => {
    const bed = await DialectBed.start();
    const dialog = await bed.talk();
    const rich = '<SPAN style="color:#ff0000; position:fixed" onclick="x()">red</SPAN><SCRIPT>x()</SCRIPT>';
    await bed.says(dialog, rich, "text/html");
    await bed.says(
      dialog,
      alternative(["text/plain", "red"], ["text/html", rich]),
      "multipart/alternative;boundary=cut",
    );
    const seen = bed.alice.take();
    assert.equal(seen.length, 2);
    for (const stanza of seen) {
      assert.match(stanza, /<body>red<\/body>.*<html xmlns='http:\/\/jabber\.org\/protocol\/xhtml-im'>/);
      assert.match(stanza, /<span style='color: #ff0000'>red<\/span>/);
      assert.doesNotMatch(stanza, /position|onclick|script/i);
    }
  });

  for (const type of ["application/x-ms-ink", "image/gif", "text/x-vcard"])
    test(`${type}: 415 with what we take, and the session stands`, async () => {
      const bed = await DialectBed.start();
      const dialog = await bed.talk();
      const headers = [`Content-Type: ${type}`];
      const answer = await bed.peer.ask(dialog, "MESSAGE", { headers, body: "x" });
      assert.equal(answer?.status, 415);
      assert.ok(answer?.values("Accept").includes("text/plain"));
      assert.equal(await bed.says(dialog, "still here"), 200);
      assert.deepEqual(texts(bed), ["still here"]);
    });

  test("application/im-iscomposing+xml: typing", async () => {
    const bed = await DialectBed.start();
    const dialog = await bed.talk();
    const body = '<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>active</state></isComposing>';
    assert.equal(await bed.says(dialog, body, "application/im-iscomposing+xml"), 200);
    assert.match(bed.alice.take().join(), /<composing /);
  });

  test("nobody signed in: 202, and kept for her", async () => {
    const bed = await DialectBed.start();
    bed.alice.close();
    assert.equal(await bed.says(await bed.talk(), "for later"), 202);
    const back = bed.site.signIn(`${ALICE}/desk`);
    await rest();
    assert.match(back.take().join(), /for later/);
  });

  test("no such dialog: 481", async () => {
    const bed = await DialectBed.start();
    const dialog = bed.peer.dialog(ALICE);
    dialog.to += ";tag=gone";
    assert.equal(await bed.says(dialog, "hello?"), 481);
  });
});

/** What we say in a session (dialect facts, section 3.6). */
describe("MESSAGE to a Microsoft client", () => {
  test("text/plain; charset=UTF-8, in the dialog, without a Contact or a format of theirs", async () => {
    const bed = await DialectBed.start();
    await bed.say("grüße");
    const message = bed.peer.last("MESSAGE");
    assert.equal(message.first("Content-Type"), "text/plain;charset=UTF-8");
    assert.equal(bodyText(message), "grüße");
    assert.deepEqual(message.contacts, []);
    assert.equal(message.callId, bed.peer.last("INVITE").callId);
  });

  test("one after the other: the next waits for the answer, typing too", async () => {
    const bed = await DialectBed.start();
    await bed.say("zero");
    bed.peer.replies.set("MESSAGE", "none");
    await bed.say("one");
    await bed.say("two");
    bed.alice.send(
      `<message type='chat' to='${bed.bob}'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>`,
    );
    await rest();
    assert.deepEqual(bed.peer.requests("MESSAGE").map(bodyText), ["zero", "one"]);
    assert.deepEqual(bed.peer.requests("INFO"), []);
    bed.peer.reply(bed.peer.last("MESSAGE"), { status: 200 });
    await rest();
    assert.deepEqual(bed.peer.requests("MESSAGE").map(bodyText), ["zero", "one", "two"]);
  });

  test("a message waits for the answer to a typing notice of ours", async () => {
    const bed = await DialectBed.start();
    await bed.say("zero");
    bed.peer.replies.set("INFO", "none");
    bed.alice.send(
      `<message type='chat' to='${bed.bob}'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>`,
    );
    await rest();
    await bed.say("one");
    assert.deepEqual(bed.peer.requests("MESSAGE").map(bodyText), ["zero"]);
    bed.peer.reply(bed.peer.last("INFO"), { status: 200 });
    await rest();
    assert.deepEqual(bed.peer.requests("MESSAGE").map(bodyText), ["zero", "one"]);
  });

  test("longer than 4000 octets: in pieces, in order, none of them longer", async () => {
    const bed = await DialectBed.start();
    const words = `${"ä".repeat(1800)} ${"b".repeat(3900)} ${"c".repeat(100)}`;
    await bed.say(words);
    const pieces = bed.peer.requests("MESSAGE").map(({ body }) => Buffer.from(body));
    assert.ok(pieces.length > 1 && pieces.every(({ length }) => length <= 4000));
    assert.equal(Buffer.concat(pieces).toString("utf8"), words);
  });

  for (const status of [408, 480, 481]) {
    test(`${status}: BYE, a new INVITE, the text once more and no more; the next follows it`, async () => {
      const bed = await DialectBed.start();
      await bed.say("zero");
      bed.peer.replies.set("MESSAGE", { status });
      bed.peer.replies.set("INVITE", "none");
      await bed.say("one");
      await bed.say("two");
      const [first, again] = bed.peer.requests("INVITE");
      assert.equal(bed.peer.last("BYE").callId, first?.callId);
      assert.notEqual(again?.callId, first?.callId);
      bed.peer.replies.delete("MESSAGE");
      assert.ok(again !== undefined);
      bed.peer.reply(again, { status: 200 });
      await rest();
      const said = bed.peer
        .requests("MESSAGE")
        .map((request) => `${bodyText(request)} ${request.callId === again.callId}`);
      assert.deepEqual(said, ["zero false", "one false", "one true", "two true"]);
      assert.doesNotMatch(bed.alice.take().join(), /type='error'/);
    });
  }

  test("the text that comes again bears the Message-ID of the first time", async () => {
    const bed = await DialectBed.start();
    await bed.say("zero");
    bed.peer.replies.set("MESSAGE", { status: 481 });
    await bed.say("one");
    const ids = bed.peer.requests("MESSAGE").map((request) => request.first("Message-ID"));
    assert.equal(ids[1], ids[2]);
    assert.notEqual(ids[0], ids[1]);
  });

  test("no answer at all: BYE, the sender is told, and it is not said twice: some clients read and never answer", async () => {
    const bed = await DialectBed.start();
    await bed.say("zero");
    bed.peer.replies.set("MESSAGE", "none");
    await bed.say("one", "s1");
    await bed.clock.elapse(33_000);
    assert.match(bed.alice.take().join(), /type='error' id='s1'.*remote-server-timeout/);
    assert.equal(bed.peer.requests("BYE").length, 1);
    bed.peer.replies.delete("MESSAGE");
    await bed.say("two");
    assert.deepEqual(bed.peer.requests("MESSAGE").map(bodyText), ["zero", "one", "two"]);
    assert.equal(bed.peer.requests("INVITE").length, 2);
  });

  const final: readonly (readonly [number, string, RegExp])[] = [
    [606, "blocked contents (Warning 309)", /not-acceptable/],
    [488, "policy", /not-acceptable/],
    [415, "the type", /not-acceptable/],
    [413, "too large", /policy-violation/],
    [403, "not allowed", /forbidden/],
    [503, "no service", /internal-server-error/],
  ];
  for (const [status, means, condition] of final)
    test(`${status}, ${means}: the sender is told, it is not tried again, the session stands`, async () => {
      const bed = await DialectBed.start();
      await bed.say("zero");
      const headers = [["Warning", '309 lcs.contoso.example "Message contents not allowed by policy"']] as const;
      bed.peer.replies.set("MESSAGE", { status, headers: status === 606 ? headers : [] });
      await bed.say("one");
      assert.match(bed.alice.take().join(), condition);
      bed.peer.replies.delete("MESSAGE");
      await bed.say("two");
      assert.deepEqual(bed.peer.requests("MESSAGE").map(bodyText), ["zero", "one", "two"]);
      assert.equal(bed.peer.requests("INVITE").length, 1);
    });

  test("Warning 309 is told to the administrator in words, and not to the sender", async () => {
    const bed = await DialectBed.start();
    await bed.say("zero");
    const headers = [["Warning", '309 lcs.contoso.example "Message contents not allowed by policy"']] as const;
    bed.peer.replies.set("MESSAGE", { status: 606, headers });
    await bed.say("one");
    assert.doesNotMatch(bed.alice.take().join(), /309|policy/);
    assert.match(`${bed.site.decisions.at(-1)?.decisions[0]?.inputs.reason1}`, /filter blocks the contents/);
  });
});

/** KeyboardActivity (dialect facts, section 3.7). */
describe("typing with a Microsoft client", () => {
  const forms: readonly (readonly [string, string, string])[] = [
    ["as Communicator writes it", "application/xml", TYPING],
    ["text/xml of older clients", "text/xml", TYPING],
    [
      "in a namespace, without blanks",
      "application/xml",
      '<KeyboardActivity xmlns="urn:x"><status status="STATUS"/></KeyboardActivity>',
    ],
  ];
  for (const [form, type, body] of forms)
    test(`type and idle, ${form}: composing, then active; 200 both times`, async () => {
      const bed = await DialectBed.start();
      const dialog = await bed.talk();
      for (const [status, state] of [
        ["type", "composing"],
        ["idle", "active"],
      ] as const) {
        const headers = [`Content-Type: ${type}`];
        const answer = await bed.peer.ask(dialog, "INFO", { headers, body: body.replace("STATUS", status) });
        assert.equal(answer?.status, 200);
        assert.match(bed.alice.take().join(), new RegExp(`<${state} `));
      }
    });

  test("type holds for ten seconds unless it comes again", async () => {
    const bed = await DialectBed.start();
    const dialog = await bed.talk();
    const headers = ["Content-Type: application/xml"];
    const type = (): Promise<unknown> =>
      bed.peer.ask(dialog, "INFO", { headers, body: TYPING.replace("STATUS", "type") });
    await type();
    await bed.clock.elapse(6000);
    await type();
    bed.alice.take();
    await bed.clock.elapse(9000);
    assert.deepEqual(bed.alice.take(), []);
    await bed.clock.elapse(1500);
    assert.match(bed.alice.take().join(), /<active /);
  });

  for (const type of [
    "application/xml+conversationinfo",
    "application/x-ms-mim",
    "application/csta+xml",
    "application/ms-filetransfer+xml",
  ])
    test(`INFO with ${type}: 200, and nothing of it`, async () => {
      const bed = await DialectBed.start();
      const dialog = await bed.talk();
      const answer = await bed.peer.ask(dialog, "INFO", { headers: [`Content-Type: ${type}`], body: "<x/>" });
      assert.equal(answer?.status, 200);
      assert.deepEqual(bed.alice.take(), []);
    });

  test("ours: type every five seconds, no idle behind a message, nothing before the session stands", async () => {
    const bed = await DialectBed.start();
    const chatState = async (state: string): Promise<void> => {
      bed.alice.send(
        `<message type='chat' to='${bed.bob}'><${state} xmlns='http://jabber.org/protocol/chatstates'/></message>`,
      );
      await rest();
    };
    await chatState("composing");
    assert.deepEqual(bed.peer.requests("INFO"), []);
    await bed.say("one");
    await chatState("composing");
    await bed.clock.elapse(10_500);
    const told = (): readonly string[] =>
      bed.peer.requests("INFO").map((info) => /status="(\w+)"/.exec(bodyText(info))?.[1] ?? "");
    assert.deepEqual(told(), ["type", "type", "type"]);
    assert.equal(bed.peer.last("INFO").contentType?.type, "application/xml");
    await bed.say("two");
    await bed.clock.elapse(20_000);
    assert.deepEqual(told(), ["type", "type", "type"]);
    await chatState("composing");
    await chatState("paused");
    assert.deepEqual(told(), ["type", "type", "type", "type", "idle"]);
  });
});

/** What a conference server does, and one client in chats of two as well (dialect facts, section 3.8). */
describe("delivery notices", () => {
  const notice = (status: number): string =>
    '<imdn xmlns="http://schemas.microsoft.com/rtc/2005/08/imdn"><message-id>2</message-id>' +
    `<recipient uri="&lt;sip:bob@contoso.example&gt;"><status>${status}</status><entry><key>ms-diagnostics</key>` +
    '<value>6001;source="mcu.contoso.example";reason="Request Timeout";component="ImMcu"</value></entry></recipient></imdn>';

  async function told(status: number): Promise<{ readonly bed: DialectBed; readonly answer: number | undefined }> {
    const bed = await DialectBed.start();
    bed.peer.replies.set("MESSAGE", { status: 202, headers: [["Message-Id", "2"]] });
    await bed.say("one", "stanza-1");
    assert.doesNotMatch(bed.alice.take().join(), /type='error'/);
    const dialog = bed.peer.answered(bed.peer.last("INVITE"));
    const headers = ["Event: conference", "subscription-state: active", "Content-Type: application/ms-imdn+xml"];
    const answer = await bed.peer.ask(dialog, "NOTIFY", { headers, body: notice(status) });
    return { bed, answer: answer?.status };
  }

  test("202 is success, and its NOTIFY is 200", async () => {
    const { bed, answer } = await told(200);
    assert.equal(answer, 200);
    assert.deepEqual(bed.alice.take(), []);
  });

  test("a NOTIFY that tells of a failure: the sender hears of it, the administrator why", async () => {
    const { bed, answer } = await told(408);
    assert.equal(answer, 200);
    assert.match(bed.alice.take().join(), /type='error' id='stanza-1'.*remote-server-timeout.*408/);
    const inputs = bed.site.decisions.at(-1)?.decisions[0]?.inputs;
    assert.match(`${inputs?.diagnosis}`, /^6001;.*Request Timeout/);
    assert.equal(inputs?.callId, bed.peer.last("INVITE").callId);
  });

  test("any other NOTIFY within a session belongs to no subscription: 481", async () => {
    const bed = await DialectBed.start();
    const dialog = await bed.talk();
    const headers = ["Event: refer", "Subscription-State: active", "Content-Type: message/sipfrag"];
    assert.equal((await bed.peer.ask(dialog, "NOTIFY", { headers, body: "SIP/2.0 100 Trying" }))?.status, 481);
  });
});
