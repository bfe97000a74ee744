import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { parseMessage, type SipRequest } from "@interpres/sip";
import { settled } from "@interpres/testkit";
import { answered } from "../fakes/fake-user-agent.ts";
import { GatewayUnderTest, MICROSOFT } from "../fakes/gateway-under-test.ts";
import { BILL, DESK, inDialog, said, talking } from "../fakes/im-conversation.ts";

describe("typing in sessions", () => {
  const type = '<?xml version="1.0"?><KeyboardActivity> <status status="type" /></KeyboardActivity>';

  test("INFO is 200 and a chat state for ten seconds", async () => {
    const { node, session } = await talking();
    const statuses: number[] = [];
    session.user.request(inDialog("INFO", type, "application/xml"), (status) => statuses.push(status));
    session.user.request(inDialog("INFO", type, "application/xml"), (status) => statuses.push(status));
    assert.deepEqual(statuses, [200, 200]);
    assert.equal(node.heard().filter((stanza) => stanza.includes("<composing ")).length, 1);
    node.clock.advance(10_000);
    assert.match(node.heard().join(), /<active /);
  });

  test("an INFO about something else is 200 and nothing", async () => {
    const { node, session } = await talking();
    const statuses: number[] = [];
    session.user.request(inDialog("INFO", "<action/>", "application/csta+xml"), (status) => statuses.push(status));
    assert.deepEqual(statuses, [200]);
    assert.deepEqual(node.heard(), []);
  });

  test("our user's composing is type, pausing idle, each once", async () => {
    const { node, session } = await talking();
    for (const state of ["composing", "composing", "paused", "active"]) node.chatState(DESK, BILL, state);
    assert.deepEqual(
      said(session).map((line) => /^INFO .*status="(\w+)"/s.exec(line)?.[1]),
      ["type", "idle"],
    );
  });

  test("type is said again every five seconds, for a minute at most, and not behind a message", async () => {
    const { node, session } = await talking();
    node.chatState(DESK, BILL, "composing");
    node.clock.advance(11_000);
    assert.equal(session.sent.length, 3);
    node.say(DESK, BILL, "two");
    session.sent[3]?.done(answered(200));
    node.clock.advance(60_000);
    assert.equal(session.sent.length, 4);
    node.chatState(DESK, BILL, "composing");
    node.clock.advance(200_000);
    assert.equal(session.sent.length, 4 + 13);
  });

  test("nothing is told of typing before the session stands, nor while a message is under way, nor kept for later", async () => {
    const node = await GatewayUnderTest.started();
    node.chatState(DESK, BILL, "composing");
    assert.equal(node.agent.invited.length, 0);
    node.say(DESK, BILL, "one");
    node.chatState(DESK, BILL, "composing");
    const [session] = node.agent.invited;
    session?.establish();
    node.chatState(DESK, BILL, "composing");
    assert.deepEqual(said(session), ["MESSAGE one"]);
    session?.sent[0]?.done(answered(200));
    assert.deepEqual(said(session), ["MESSAGE one"]);
  });

  test("no idle behind a message", async () => {
    const { node, session } = await talking();
    node.chatState(DESK, BILL, "composing");
    node.say(DESK, BILL, "two");
    session.sent[1]?.done(answered(200));
    node.chatState(DESK, BILL, "active");
    assert.equal(session.sent.length, 2);
  });
});

const samples = new URL("../../../../../shared/testdata/lync-samples/", import.meta.url);

describe("messages as Lync sends them", { skip: existsSync(samples) ? false : "no ../shared/testdata" }, () => {
  function sample(name: string): SipRequest {
    const message = parseMessage(readFileSync(new URL(name, samples)), "stream");
    assert.ok(message.kind === "request");
    return message;
  }

  async function withFabrikam(): Promise<GatewayUnderTest> {
    const node = await GatewayUnderTest.started();
    const microsoft = node.federated.get(MICROSOFT);
    if (microsoft !== undefined) node.federated.set("fabrikam.example", microsoft);
    node.local.accounts.add("jo@example.com");
    node.local.signIn("jo@example.com/pc");
    return node;
  }

  test("INVITE, MESSAGE and INFO of one conversation", async () => {
    if (!existsSync(samples)) return;
    const node = await withFabrikam();
    const { answers, session } = node.agent.invite(sample("im-invite-no-text.sip"));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200],
    );
    session?.establish();
    const statuses: number[] = [];
    session?.user.request(sample("im-message-plain.sip"), (status) => statuses.push(status));
    session?.user.request(sample("im-info-typing.sip"), (status) => statuses.push(status));
    assert.deepEqual(statuses, [200, 200]);
    const heard = node.heard();
    assert.match(heard[0] ?? "", /from='kim@fabrikam.example' to='jo@example.com'.*<body>Hello from Lync<\/body>/);
    assert.match(heard[1] ?? "", /<composing /);
    await settled();
  });
});
