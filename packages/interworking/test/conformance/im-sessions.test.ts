import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { SipRequest } from "@interpres/sip";
import { jid } from "../fakes/fake-local-domain.ts";
import { answered } from "../fakes/fake-user-agent.ts";
import { GatewayUnderTest, MICROSOFT, STANDARD } from "../fakes/gateway-under-test.ts";
import { BILL, DESK, inDialog, invite, offer, said, talking } from "../fakes/im-conversation.ts";

describe("our user speaks in a session", () => {
  test("the first message calls, and waits for the 200", async () => {
    const node = await GatewayUnderTest.started();
    node.say(DESK, BILL, "one");
    node.say(DESK, BILL, "two");
    assert.equal(node.agent.invited.length, 1);
    const [session] = node.agent.invited;
    assert.equal(session?.init?.from, "sip:alice@example.com");
    assert.equal(session?.init?.timeoutSeconds, 60);
    assert.match(session?.init?.sdp ?? "", /m=message 5060 sip null\r\na=accept-types:text\/plain\r\n$/);
    assert.deepEqual(said(session), []);
    session?.establish();
    assert.deepEqual(said(session), ["MESSAGE one"]);
    session?.sent[0]?.done(answered(200));
    assert.deepEqual(said(session), ["MESSAGE one", "MESSAGE two"]);
    session?.sent[1]?.done(answered(200));
    assert.equal(node.entries.size, 0);
    assert.deepEqual(node.heard(), []);
  });

  test("later messages go in the session that stands", async () => {
    const { node, session } = await talking();
    node.say(DESK, BILL, "two");
    assert.equal(node.agent.invited.length, 1);
    assert.deepEqual(said(session), ["MESSAGE two"]);
  });

  test("what became of a message is told with the Call-ID of its session, where the ladder is", async () => {
    const { node, session } = await talking();
    node.say(DESK, BILL, "two");
    session.sent[0]?.done(answered(200));
    node.say(DESK, BILL, "three");
    session.sent[1]?.done(answered(606));
    const told = node.decisions.slice(-2).map(({ decisions, result }) => [result, decisions[0]?.inputs.callId]);
    assert.deepEqual(told, [
      ["delivered 200", session.id.callId],
      ["refused 606", session.id.callId],
    ]);
  });

  test("a refused call is told with its Call-ID, and what never left with none", async () => {
    const node = await GatewayUnderTest.started();
    const told = () => node.decisions.at(-1)?.decisions[0]?.inputs.callId;
    node.say(DESK, BILL, "one");
    node.agent.invited[0]?.user.refused(answered(603));
    assert.equal(told(), node.agent.invited[0]?.id.callId);
    node.disk = "held";
    node.say(DESK, BILL, "two");
    node.remove(MICROSOFT);
    node.flush();
    assert.equal(node.decisions.at(-1)?.decisions[0]?.inputs.rule, "sip-federated-domain");
    assert.equal(told(), undefined);
  });

  for (const status of [408, 480, 481]) {
    test(`${status} means the window is closed: BYE, a new call, the text once more and once only`, async () => {
      const { node, session } = await talking();
      node.say(DESK, BILL, "two");
      session.sent[0]?.done(answered(status));
      assert.equal(session.state, "ended");
      const again = node.agent.invited[1];
      again?.establish();
      assert.deepEqual(said(again), ["MESSAGE two"]);
      assert.deepEqual(again?.sent[0]?.request.headers, session.sent[0]?.request.headers);
      again?.sent[0]?.done(answered(200));
      assert.deepEqual(node.heard(), []);
      assert.equal(node.entries.size, 0);
    });
  }

  test("a second such answer is the sender's to know", async () => {
    const { node, session } = await talking();
    node.say(DESK, BILL, "two", { id: "s2" });
    session.sent[0]?.done(answered(481));
    node.agent.invited[1]?.establish();
    node.agent.invited[1]?.sent[0]?.done(answered(480));
    assert.equal(node.agent.invited.length, 2);
    assert.match(node.heard().join(), /id='s2'.*recipient-unavailable.*480/);
    assert.equal(node.entries.size, 0);
  });

  test("606 with Warning 309 is the filter's last word: no second try, the session stays", async () => {
    const { node, session } = await talking();
    node.say(DESK, BILL, "http://x");
    node.say(DESK, BILL, "three");
    session.sent[0]?.done(
      answered(606, [["Warning", '309 lcs.contoso.example "Message contents not allowed by policy"']]),
    );
    assert.match(node.heard().join(), /not-acceptable.*606/);
    assert.deepEqual(said(session), ["MESSAGE http://x", "MESSAGE three"]);
    assert.equal(node.agent.invited.length, 1);
  });

  test("a call that is refused fails all that waited for it", async () => {
    const node = await GatewayUnderTest.started();
    node.say(DESK, BILL, "one", { id: "s1" });
    node.say(DESK, BILL, "two", { id: "s2" });
    node.agent.invited[0]?.user.refused(answered(486));
    assert.equal(node.heard().filter((stanza) => stanza.includes("recipient-unavailable")).length, 2);
    assert.equal(node.entries.size, 0);
    assert.deepEqual(node.gateway.imSessions(), []);
  });

  test("a session the peer ended is called again by the next message", async () => {
    const { node, session } = await talking();
    session.user.ended("peer");
    node.say(DESK, BILL, "two");
    assert.equal(node.agent.invited.length, 2);
  });

  test("after ten silent minutes we hang up", async () => {
    const { node, session } = await talking();
    node.clock.advance(300_000);
    session.user.request(inDialog("MESSAGE", "hi", "text/plain"), () => undefined);
    node.clock.advance(599_000);
    assert.equal(session.state, "established");
    node.clock.advance(2000);
    assert.equal(session.state, "ended");
    session.user.ended("us");
    assert.equal(node.clock.pendingTimers, 0);
  });

  test("a closed window hangs up (XEP-0085 gone)", async () => {
    const { node, session } = await talking();
    node.chatState(DESK, BILL, "gone");
    assert.equal(session.state, "ended");
  });

  test("a long text goes in pieces, its fate is that of all of them", async () => {
    const { node, session } = await talking();
    node.say(DESK, BILL, `${"é".repeat(1500)} ${"x".repeat(3000)}`);
    session.sent[0]?.done(answered(200));
    assert.equal(node.entries.size, 1);
    session.sent[1]?.done(answered(200));
    assert.equal(node.entries.size, 0);
    const pieces = session.sent.map(({ request: { body } }) => Buffer.from(body));
    assert.ok(pieces.every((piece) => piece.length <= 4000));
    assert.equal(Buffer.concat(pieces).toString(), `${"é".repeat(1500)} ${"x".repeat(3000)}`);
  });

  test("a message cut off by a crash is said in a new session", async () => {
    const { node } = await talking();
    node.say(DESK, BILL, "two");
    const next = await GatewayUnderTest.started({ entries: [...node.entries.values()] });
    next.agent.invited[0]?.establish();
    assert.deepEqual(said(next.agent.invited[0]), ["MESSAGE two"]);
  });

  test("an idle federation leaves no timer behind", async () => {
    const { node, session } = await talking();
    session.user.ended("peer");
    assert.equal(node.clock.pendingTimers, 0);
  });
});

describe("a foreign contact speaks in a session", () => {
  test("INVITE is 200 at once with our address; its first text is left to the MESSAGE; no tag is echoed", async () => {
    const node = await GatewayUnderTest.started();
    const { answers, session } = node.agent.invite(invite());
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200],
    );
    assert.match(
      String(answers[0]?.options?.body),
      /m=message 5060 sip sip:alice@example.com\r\na=accept-types:text\/plain\r\n/,
    );
    assert.equal(answers[0]?.options?.headers, undefined);
    session?.establish();
    assert.deepEqual(node.heard(), []);
    let status = 0;
    session?.user.request(inDialog("MESSAGE", "hello", "text/plain; charset=UTF-8"), (given) => {
      status = given;
    });
    assert.equal(status, 200);
    assert.match(node.heard().join(), /^<message type='chat' .*<body>hello<\/body>/);
  });

  test("our answer goes back in the same session", async () => {
    const node = await GatewayUnderTest.started();
    const { session } = node.agent.invite(invite());
    session?.establish();
    node.say(DESK, BILL, "hi");
    assert.equal(node.agent.invited.length, 0);
    assert.deepEqual(said(session), ["MESSAGE hi"]);
  });

  test("what we have to say waits for the ACK rather than calling back", async () => {
    const node = await GatewayUnderTest.started();
    const { session } = node.agent.invite(invite());
    node.say(DESK, BILL, "hi");
    assert.deepEqual([node.agent.invited.length, said(session).length], [0, 0]);
    session?.establish();
    assert.deepEqual(said(session), ["MESSAGE hi"]);
  });

  test("an INVITE never acknowledged is replaced by a call of ours", async () => {
    const node = await GatewayUnderTest.started();
    const { session } = node.agent.invite(invite());
    node.say(DESK, BILL, "hi");
    session?.user.ended("failure");
    assert.equal(node.agent.invited.length, 1);
  });

  test("when both call at once both are listened to, the newest is spoken in", async () => {
    const node = await GatewayUnderTest.started();
    node.say(DESK, BILL, "one");
    const { session: theirs } = node.agent.invite(invite());
    theirs?.establish();
    assert.deepEqual(said(theirs), ["MESSAGE one"]);
    theirs?.sent[0]?.done(answered(200));
    const [ours] = node.agent.invited;
    ours?.establish();
    node.say(DESK, BILL, "two");
    assert.deepEqual(said(ours), ["MESSAGE two"]);
    theirs?.user.request(inDialog("MESSAGE", "from theirs", "text/plain"), () => undefined);
    ours?.user.request(inDialog("MESSAGE", "from ours", "text/plain"), () => undefined);
    assert.equal(node.heard().length, 2);
  });

  test("our refused call does not matter when theirs stands", async () => {
    const node = await GatewayUnderTest.started();
    node.say(DESK, BILL, "one");
    const { session: theirs } = node.agent.invite(invite());
    node.agent.invited[0]?.user.refused(answered(486));
    assert.deepEqual(node.heard(), []);
    theirs?.establish();
    assert.deepEqual(said(theirs), ["MESSAGE one"]);
  });

  test("a new INVITE means the old session is forgotten: it is ended", async () => {
    const { node, session } = await talking();
    const { session: fresh } = node.agent.invite(invite());
    assert.equal(session.state, "ended");
    session.user.ended("us");
    fresh?.establish();
    node.say(DESK, BILL, "two");
    assert.deepEqual(said(fresh), ["MESSAGE two"]);
  });

  test("a peer of pages is answered in its session while that stands", async () => {
    const node = await GatewayUnderTest.started();
    const { session } = node.agent.invite(invite({ from: `sip:bob@${STANDARD}` }));
    session?.establish();
    node.say(DESK, `bob@${STANDARD}`, "in session");
    assert.deepEqual(said(session), ["MESSAGE in session"]);
    session?.sent[0]?.done(answered(200));
    session?.user.ended("peer");
    node.say(DESK, `bob@${STANDARD}`, "a page");
    assert.equal(node.agent.pages.length, 1);
  });

  const text = (media: string): string => offer.replace("m=message 5060 sip null", media);
  const fileBody = `--x\r\nContent-Type: application/sdp\r\n\r\n${offer}\r\n--x\r\nContent-Type: application/ms-filetransfer+xml\r\n\r\n<request/>\r\n--x--\r\n`;
  const sdpHeader = ["Content-Type", "application/sdp"] as const;
  const refusals: readonly { readonly rule: string; readonly incoming: SipRequest; readonly warning: RegExp }[] = [
    { rule: "a call", incoming: invite({ body: text("m=audio 5062 RTP/AVP 0") }), warning: /^304 .*no calls/ },
    {
      rule: "a call beside the chat",
      incoming: invite({ body: `${offer}m=video 5062 RTP/AVP 0\r\n` }),
      warning: /^304 .*no calls/,
    },
    {
      rule: "a call offered in two versions",
      incoming: invite({ headers: [["Content-Type", "multipart/alternative; boundary=x"]], body: "--x--" }),
      warning: /^304 .*no calls/,
    },
    {
      rule: "shared applications",
      incoming: invite({ body: text("m=applicationsharing 1 TCP x") }),
      warning: /^304 .*no sharing/,
    },
    { rule: "MSRP", incoming: invite({ body: text("m=message 7 TCP/MSRP *") }), warning: /^304 / },
    { rule: "no offer", incoming: invite({ body: "", headers: [] }), warning: /^399 .*An offer/ },
    {
      rule: "a file beside an offer",
      incoming: invite({ headers: [["Content-Type", "multipart/mixed; boundary=x"]], body: fileBody }),
      warning: /^304 .*no files/,
    },
    { rule: "a file by SDP alone", incoming: invite({ body: text("m=data 6 TCP x") }), warning: /^304 .*no files/ },
    {
      rule: "a conference",
      incoming: invite({
        headers: [["Content-Type", "application/ms-conf-invite+xml"]],
        body: '<Conferencing version="2.0"/>',
      }),
      warning: /^399 .*no conferences/,
    },
    {
      rule: "three people",
      incoming: invite({ headers: [sdpHeader, ["EndPoints", "<sip:a@x>, <sip:b@x>, <sip:c@x>"]] }),
      warning: /^399 .*no conferences/,
    },
    {
      rule: "a conference's call",
      incoming: invite({ headers: [sdpHeader, ["TriggeredInvite", "TRUE"]] }),
      warning: /^399 .*no conferences/,
    },
  ];
  for (const { rule, incoming, warning } of refusals) {
    test(`${rule}: 488, and why`, async () => {
      const node = await GatewayUnderTest.started();
      const [answer, ...more] = node.agent.invite(incoming).answers;
      assert.deepEqual([answer?.status, more], [488, []]);
      const headers = new Map(answer?.options?.headers as [string, string][]);
      assert.match(headers.get("Warning") ?? "", warning);
      assert.match(headers.get("Warning") ?? "", /^\d{3} imp1\.example\.com "[^"]+"$/);
      assert.deepEqual(node.gateway.imSessions(), []);
      assert.equal(node.decisions.at(-1)?.traffic, undefined, "told as if messages were refused");
    });
  }

  test("a sender who claims to be ours: 403", async () => {
    const node = await GatewayUnderTest.started();
    const { answers } = node.agent.invite(invite({ from: "sip:carol@example.com" }));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [403],
    );
  });

  test("re-INVITE is 200 with the same description, one with a call 488", async () => {
    const node = await GatewayUnderTest.started();
    const { answers, session } = node.agent.invite(invite());
    session?.establish();
    const seen: unknown[] = [];
    session?.user.request(inDialog("INVITE", offer, "application/sdp"), (status, options) =>
      seen.push(status, options?.body),
    );
    session?.user.request(
      inDialog("INVITE", offer.replace("message 5060 sip null", "audio 1 RTP/AVP 0"), "application/sdp"),
      (status, options) => seen.push(status, options?.headers?.[0]?.[0]),
    );
    assert.deepEqual(seen, [200, answers[0]?.options?.body, 488, "Warning"]);
  });

  test("the bound on sessions puts off, without 503", async () => {
    const node = await GatewayUnderTest.started({ settings: { maxSessions: 1 } });
    node.agent.invite(invite());
    const { answers } = node.agent.invite(invite({ from: `sip:ben@${MICROSOFT}` }));
    assert.deepEqual(
      node.decisions.map(({ traffic, result }) => `${traffic} ${result.split(" ")[0]}`),
      ["im accepted", "im refused"],
    );
    assert.deepEqual(
      answers.map(({ status }) => status),
      [480],
    );
  });

  test("one domain's sessions take their own share; another domain's are accepted, and an end makes room", async () => {
    const node = await GatewayUnderTest.started({ settings: { maxSessionsWithOneDomain: 1 } });
    const asks = (from: string) => node.agent.invite(invite({ from: `sip:${from}` }));
    const first = asks(BILL);
    const statuses = [asks(`ben@${MICROSOFT}`), asks(`bob@${STANDARD}`)].map(({ answers }) => answers[0]?.status);
    assert.deepEqual(statuses, [480, 200]);
    first.session?.establish();
    first.session?.user.ended("peer");
    assert.equal(asks(`ben@${MICROSOFT}`).answers[0]?.status, 200);
  });

  test("a user who is barred has her sessions ended, and who calls her is told", async () => {
    const { node, session } = await talking();
    node.gateway.userBarred(jid("carol@example.com"));
    assert.notEqual(session.state, "ended");
    node.local.disabled.add("alice@example.com");
    node.gateway.userBarred(jid("alice@example.com"));
    assert.equal(session.state, "ended");
    const { answers } = node.agent.invite(invite());
    assert.deepEqual(
      answers.map(({ status }) => status),
      [480],
    );
  });

  test("a domain that leaves has its sessions ended, nothing calls again", async () => {
    const { node, session } = await talking();
    node.say(DESK, BILL, "two");
    node.remove(MICROSOFT);
    assert.equal(session.state, "ended");
    session.sent[0]?.done({ kind: "failed", cause: "transport", detail: "session ended" });
    assert.equal(node.agent.invited.length, 1);
    assert.match(node.heard().join(), /<error /);
  });
});
