import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { DeliveryOutcome } from "@interpres/xmpp";
import { request } from "../fakes/fake-user-agent.ts";
import { GatewayUnderTest, MICROSOFT, STANDARD } from "../fakes/gateway-under-test.ts";

const ALICE = "alice@example.com";
const DESK = `${ALICE}/desk`;
const BOB = `bob@${STANDARD}`;

describe("messages of foreign users, each on its own (RFC 7572 §5)", () => {
  function page(
    overrides: {
      readonly from?: string;
      readonly to?: string;
      readonly headers?: readonly (readonly [string, string])[];
      readonly body?: string;
    } = {},
  ) {
    return request("MESSAGE", {
      from: overrides.from ?? `sip:${BOB}`,
      to: overrides.to ?? `sip:${ALICE}`,
      headers: overrides.headers ?? [["Content-Type", "text/plain"]],
      body: overrides.body ?? "Neither, fair saint",
    });
  }

  test("the syntax mapping of table 2, without a type", async () => {
    const node = await GatewayUnderTest.started();
    const answers = node.agent.page(
      page({
        from: `sip:${BOB};gr=orchard`,
        to: `sip:${ALICE};gr=desk`,
        headers: [
          ["Content-Type", "text/plain; charset=UTF-8"],
          ["Subject", Buffer.from("Käse").toString("latin1")],
          ["Content-Language", "cs"],
        ],
        body: "a < b",
      }),
    );
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200],
    );
    assert.deepEqual(node.heard(), [
      `<message id='z9hG4bK1' from='${BOB}/orchard' to='${DESK}' xml:lang='cs'><subject>Käse</subject><body>a &lt; b</body><thread>call-1</thread></message>`,
    ]);
  });

  const outcomes: readonly { readonly outcome: DeliveryOutcome; readonly status: number }[] = [
    { outcome: { kind: "delivered" }, status: 200 },
    { outcome: { kind: "stored" }, status: 202 },
    { outcome: { kind: "refused", type: "cancel", condition: "service-unavailable" }, status: 403 },
    { outcome: { kind: "refused", type: "wait", condition: "recipient-unavailable" }, status: 480 },
    { outcome: { kind: "refused", type: "wait", condition: "resource-constraint" }, status: 500 },
  ];
  for (const { outcome, status } of outcomes) {
    test(`${outcome.kind === "refused" ? outcome.condition : outcome.kind} is ${status}`, async () => {
      const node = await GatewayUnderTest.started();
      node.local.outcome = outcome;
      assert.deepEqual(
        node.agent.page(page()).map((answer) => answer.status),
        [status],
      );
    });
  }

  test("there is no answer before its fate is known, and one then", async () => {
    const node = await GatewayUnderTest.started();
    node.local.outcome = "held";
    const answers = node.agent.page(page());
    assert.deepEqual(answers, []);
    node.local.held[0]?.({ kind: "stored" });
    assert.deepEqual(
      answers.map(({ status }) => status),
      [202],
    );
  });

  const refusals: readonly {
    readonly rule: string;
    readonly request: ReturnType<typeof page>;
    readonly status: number;
  }[] = [
    { rule: "an unknown user", request: page({ to: "sip:nobody@example.com" }), status: 404 },
    { rule: "no hops left", request: page({ headers: [["Max-Forwards", "0"]] }), status: 483 },
    { rule: "a sender who claims to be ours", request: page({ from: "sip:carol@example.com" }), status: 403 },
    { rule: "a picture", request: page({ headers: [["Content-Type", "image/gif"]] }), status: 415 },
    { rule: "sips (RFC 7247 §8)", request: page({ to: `sips:${ALICE}` }), status: 416 },
  ];
  for (const { rule, request: incoming, status } of refusals) {
    test(`${rule}: ${status}`, async () => {
      const node = await GatewayUnderTest.started();
      const answers = node.agent.page(incoming);
      assert.deepEqual(
        answers.map((answer) => answer.status),
        [status],
      );
      assert.deepEqual(node.heard(), []);
      if (status === 415) assert.match(String(answers[0]?.options?.headers), /Accept,text\/plain/);
    });
  }

  test("sips is carried on for a domain whose operator agreed (RFC 7247 §8)", async () => {
    const node = await GatewayUnderTest.started({ dialect: { securedUris: "carried" } });
    const [answer] = node.agent.page(page({ to: `sips:${ALICE}` }));
    assert.equal(answer?.status, 200);
    assert.equal(node.heard().length, 1);
  });

  test("at rest it answers 480", async () => {
    const node = await GatewayUnderTest.started();
    node.gateway.stop("rest");
    assert.deepEqual(
      node.agent.page(page()).map(({ status }) => status),
      [480],
    );
  });

  for (const [rule, dialect, type, status] of [
    ["without type by the RFC (§5)", {}, undefined, 200],
    ["chat where that is chosen", { pageType: "chat" }, "chat", 200],
    ["202 where that is chosen (RFC 3428 §7)", { pageAnswer: 202 }, undefined, 202],
  ] as const) {
    test(`a page is ${rule}`, async () => {
      const node = await GatewayUnderTest.started({ dialect });
      const [answer] = node.agent.page(page());
      assert.equal(answer?.status, status);
      assert.equal(/<message type='(\w+)'/.exec(node.heard().join())?.[1], type);
    });
  }

  test("a peer that knows sessions only gets its page as chat", async () => {
    const node = await GatewayUnderTest.started();
    node.agent.page(page({ from: `sip:bill@${MICROSOFT}` }));
    assert.match(node.heard().join(), /type='chat'/);
  });

  test("isComposing is a chat state to someone who is there, and ends by itself (RFC 3994 §3.3)", async () => {
    const node = await GatewayUnderTest.started();
    const notice = page({
      headers: [["Content-Type", "application/im-iscomposing+xml"]],
      body: '<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>active</state><refresh>60</refresh></isComposing>',
    });
    node.agent.page(notice);
    assert.deepEqual(node.heard(), []);
    node.local.signIn(DESK);
    const answers = node.agent.page(notice);
    node.agent.page(notice);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200],
    );
    assert.match(
      node.heard().join(),
      /^<message type='chat' from='bob@partner.example' to='alice@example.com'><composing /,
    );
    node.clock.advance(60_000);
    assert.match(node.heard().join(), /<active /);
    assert.equal(node.clock.pendingTimers, 0);
  });

  test("one message in is one message out, whatever its words (CWE-91)", async () => {
    const node = await GatewayUnderTest.started();
    const words = "</body></message><message to='carol@example.com'><body>]]>\u0000\ufffe\r\n\r\nMESSAGE sip:x";
    node.agent.page(page({ body: words }));
    const heard = node.heard();
    assert.equal(heard.length, 1);
    assert.equal(heard.join().match(/<body>/g)?.length, 1);
  });

  test("text/html is XHTML-IM beside a plain body (§7)", async () => {
    const node = await GatewayUnderTest.started();
    node.agent.page(page({ headers: [["Content-Type", "text/html"]], body: "one <b>two</b><script>x</script>" }));
    assert.match(
      node.heard().join(),
      /<body>one two<\/body><html xmlns='http:\/\/jabber.org\/protocol\/xhtml-im'><body xmlns='http:\/\/www.w3.org\/1999\/xhtml'>one <span style='font-weight: bold'>two<\/span><\/body><\/html>/,
    );
  });

  for (const [rule, expires, sentAgoSeconds, isDated] of [
    ["one that expired is shown with its time", "10", 20, true],
    ["one that did not is as any other", "60", 20, false],
    ["without Expires none expires", undefined, 20, false],
  ] as const) {
    test(`${rule} (RFC 3428 §7)`, async () => {
      const node = await GatewayUnderTest.started();
      const date = new Date(node.clock.now() - sentAgoSeconds * 1000).toUTCString();
      const headers: [string, string][] = [
        ["Content-Type", "text/plain"],
        ["Date", date],
      ];
      if (expires !== undefined) headers.push(["Expires", expires]);
      const [answer] = node.agent.page(page({ headers }));
      const heard = node.heard().join();
      assert.deepEqual([answer?.status, /<delay /.test(heard), /<body>/.test(heard)], [200, isDated, true]);
    });
  }

  test("the text of an error is the Reason-Phrase (RFC 7247 §7)", async () => {
    const node = await GatewayUnderTest.started();
    node.local.outcome = {
      kind: "refused",
      type: "wait",
      condition: "service-unavailable",
      text: "Her store\r\nis full",
    };
    assert.deepEqual(node.agent.page(page()), [{ status: 403, options: { reason: "Her store is full" } }]);
  });

  test("a message of yesterday is shown with its time (XEP-0203)", async () => {
    const node = await GatewayUnderTest.started();
    node.agent.page(
      page({
        headers: [
          ["Content-Type", "text/plain"],
          ["Date", "Sun, 04 Jan 2026 08:00:00 GMT"],
        ],
      }),
    );
    assert.match(node.heard().join(), /<delay xmlns='urn:xmpp:delay' stamp='2026-01-04T08:00:00.000Z'\/>/);
  });
});
