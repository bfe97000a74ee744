import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Element, el } from "@interpres/xmpp/xml";
import { answered, request } from "../fakes/fake-user-agent.ts";
import { GatewayUnderTest, STANDARD } from "../fakes/gateway-under-test.ts";

const ALICE = "alice@example.com";
const DESK = `${ALICE}/desk`;
const BOB = `bob@${STANDARD}`;
const RECEIPTS = "urn:xmpp:receipts";
const MARKERS = "urn:xmpp:chat-markers:0";
const both: readonly Element[] = [el("request", RECEIPTS, {}), el("markable", MARKERS, {})];

function text(page: { readonly message: { readonly body: Uint8Array | string } } | undefined): string {
  return Buffer.from(page?.message.body ?? "").toString();
}

function cpim(content: string, headers: readonly string[], type = "text/plain"): ReturnType<typeof request> {
  const head = ["From: <im:bob@partner.example>", "To: <im:alice@example.com>", ...headers].join("\r\n");
  const body = `${head}\r\n\r\nContent-Type: ${type}\r\n\r\n${content}`;
  return request("MESSAGE", {
    from: `sip:${BOB}`,
    to: `sip:${ALICE}`,
    headers: [["Content-Type", "message/cpim"]],
    body,
  });
}

function imdn(messageId: string, notification: string): string {
  return `<imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>${messageId}</message-id><datetime>x</datetime>${notification}</imdn>`;
}

const DELIVERED = "<delivery-notification><status><delivered/></status></delivery-notification>";
const DISPLAYED = "<display-notification><status><displayed/></status></display-notification>";
const FAILED = "<delivery-notification><status><failed/></status></delivery-notification>";

/** Alice said something to Bob and wants to hear of it. */
async function asking(children = both) {
  const node = await GatewayUnderTest.started({ dialect: { receipts: "imdn" } });
  node.local.signIn(DESK);
  node.say(DESK, BOB, "Wherefore?", { id: "stanza-1", children });
  const [page] = node.agent.pages;
  const messageId = /imdn\.Message-ID: (.*)\r\n/.exec(text(page))?.[1] ?? "";
  return { node, page, messageId };
}

describe("receipts and markers wanted by our users, of peers that take CPIM (RFC 5438 §7.1)", () => {
  test("request and markable ask for delivery and display", async () => {
    const { page, messageId } = await asking();
    assert.equal(page?.message.contentType, "message/cpim");
    assert.match(messageId, /^[A-Za-z0-9]{16,}$/);
    const [head = "", mime, content] = text(page).split("\r\n\r\n");
    assert.deepEqual(
      head.split("\r\n").filter((line) => !line.startsWith("DateTime: ")),
      [
        "From: <sip:alice@example.com;gr=desk>",
        `To: <sip:${BOB}>`,
        "NS: imdn <urn:ietf:params:imdn>",
        `imdn.Message-ID: ${messageId}`,
        "imdn.Disposition-Notification: positive-delivery, negative-delivery, display",
      ],
    );
    assert.match(head, /^DateTime: \d{4}-\d\d-\d\dT[\d:.]+Z$/m);
    assert.deepEqual([mime, content], ["Content-Type: text/plain; charset=UTF-8", "Wherefore?"]);
  });

  test("who asks for nothing, and a peer that takes no CPIM, has plain text", async () => {
    assert.match((await asking([])).page?.message.contentType ?? "", /^text\/plain/);
    const node = await GatewayUnderTest.started();
    node.say(DESK, BOB, "x", { children: both });
    assert.match(node.agent.pages[0]?.message.contentType ?? "", /^text\/plain/);
  });

  for (const status of [200, 202]) {
    test(`${status} alone is no receipt (RFC 3428 §4)`, async () => {
      const { node, page } = await asking();
      page?.done(answered(status));
      assert.deepEqual(node.heard(), []);
    });
  }

  test("delivered is received, displayed is displayed, each to the sender's device by the stanza's id", async () => {
    const { node, page, messageId } = await asking();
    page?.done(answered(200));
    for (const notification of [DELIVERED, DISPLAYED]) {
      const [answer] = node.agent.page(cpim(imdn(messageId, notification), [], "message/imdn+xml"));
      assert.equal(answer?.status, 200);
    }
    assert.deepEqual(
      node.heard().map((line) => line.replace(/ id='[A-Za-z0-9]{16,}'/, "")),
      [
        `<message from='${BOB}' to='${DESK}'><received xmlns='${RECEIPTS}' id='stanza-1'/></message>`,
        `<message from='${BOB}' to='${DESK}'><displayed xmlns='${MARKERS}' id='stanza-1'/></message>`,
      ],
    );
  });

  test("failed is an error of the message", async () => {
    const { node, messageId } = await asking();
    node.agent.page(cpim(imdn(messageId, FAILED), [], "message/imdn+xml"));
    assert.match(node.heard().join(), /<message type='error' id='stanza-1'.*recipient-unavailable/);
  });

  test("a notice of somebody else, or of nothing that was said, is answered and means nothing", async () => {
    const { node, messageId } = await asking();
    const body = `From: <x>\r\n\r\nContent-Type: message/imdn+xml\r\n\r\n${imdn(messageId, DELIVERED)}`;
    const forged = {
      from: `sip:eve@${STANDARD}`,
      to: `sip:${ALICE}`,
      headers: [["Content-Type", "message/cpim"]] as const,
    };
    const answers = [
      ...node.agent.page(request("MESSAGE", { ...forged, body })),
      ...node.agent.page(cpim(imdn("unheard-of", DELIVERED), [], "message/imdn+xml")),
    ];
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200],
    );
    assert.deepEqual(node.heard(), []);
  });
});

describe("notices wanted by foreign users (RFC 5438 §7.2)", () => {
  const HEADERS = [
    "DateTime: 2026-01-04T12:16:49-05:00",
    "NS: x <urn:ietf:params:imdn>",
    "x.Message-ID: 34jk324j",
    "x.Disposition-Notification: positive-delivery, display, processing",
  ];

  async function asked(headers: readonly string[] = HEADERS) {
    const node = await GatewayUnderTest.started();
    const [answer] = node.agent.page(cpim("Hello", headers));
    assert.equal(answer?.status, 200);
    return { node, heard: node.heard().join() };
  }

  test("positive-delivery is request, display is markable, by whatever prefix (RFC 3862 §3.4)", async () => {
    const { heard } = await asked();
    assert.match(
      heard,
      /<body>Hello<\/body>.*<request xmlns='urn:xmpp:receipts'\/><markable xmlns='urn:xmpp:chat-markers:0'\/>/,
    );
  });

  test("without a namespace, or a Message-ID, nothing is asked (§6.3)", async () => {
    for (const headers of [
      HEADERS.filter((line) => !line.startsWith("NS")),
      HEADERS.filter((line) => !/Message-ID/.test(line)),
    ])
      assert.doesNotMatch((await asked(headers)).heard, /request|markable/);
  });

  test("received and displayed are a notice each, once, of the message it was (§7.2.1)", async () => {
    const { node } = await asked();
    for (let times = 0; times < 2; times += 1) {
      node.say(DESK, BOB, "", { children: [el("received", RECEIPTS, { id: "z9hG4bK1" })] });
      node.say(DESK, BOB, "", { children: [el("displayed", MARKERS, { id: "z9hG4bK1" })] });
    }
    assert.deepEqual(
      node.agent.pages.map(({ message }) => message.contentType),
      ["message/cpim", "message/cpim"],
    );
    const [delivered = "", displayed = ""] = node.agent.pages.map(text);
    assert.match(delivered, /\r\n\r\nContent-Type: message\/imdn\+xml\r\nContent-Disposition: notification\r\n\r\n/);
    assert.match(delivered, /<message-id>34jk324j<\/message-id><datetime>2026-01-04T12:16:49-05:00<\/datetime>/);
    assert.match(delivered, /<delivery-notification><status><delivered\/><\/status><\/delivery-notification>/);
    assert.match(displayed, /<display-notification><status><displayed\/><\/status><\/display-notification>/);
    assert.doesNotMatch(delivered, /Disposition-Notification|Message-ID: 34jk324j/);
  });

  test("what nobody asked for is told to nobody", async () => {
    const node = await GatewayUnderTest.started();
    node.say(DESK, BOB, "", { children: [el("received", RECEIPTS, { id: "z9hG4bK1" })] });
    const asker = await asked(HEADERS.map((line) => line.replace(", display", "")));
    asker.node.say(DESK, BOB, "", { children: [el("displayed", MARKERS, { id: "z9hG4bK1" })] });
    assert.deepEqual([node.agent.pages.length, asker.node.agent.pages.length], [0, 0]);
  });
});

describe("what is remembered for receipts outlives the process", () => {
  const dialect = { receipts: "imdn" } as const;

  /** The same node after its end and a new beginning, with what it had on its disk. */
  async function again(node: GatewayUnderTest): Promise<GatewayUnderTest> {
    const next = await GatewayUnderTest.started({ dialect, receipts: [...node.receipts.values()], seed: 8 });
    next.local.signIn(DESK);
    return next;
  }

  test("a notice that comes after a restart is the sender's receipt", async () => {
    const { node, messageId } = await asking();
    const next = await again(node);
    next.agent.page(cpim(imdn(messageId, DELIVERED), [], "message/imdn+xml"));
    assert.match(next.heard().join(), new RegExp(`to='${DESK}'.*<received xmlns='${RECEIPTS}' id='stanza-1'/>`));
  });

  test("what a client tells after a restart is a notice, and what was told before is not told again", async () => {
    const node = await GatewayUnderTest.started({ dialect });
    const wants = "i.Disposition-Notification: positive-delivery, display";
    node.agent.page(cpim("Hello", ["NS: i <urn:ietf:params:imdn>", "i.Message-ID: 34jk", "DateTime: x", wants]));
    const tell = (of: GatewayUnderTest, name: string, namespace: string) =>
      of.say(DESK, BOB, "", { children: [el(name, namespace, { id: "z9hG4bK1" })] });
    tell(node, "received", RECEIPTS);
    const next = await again(node);
    tell(next, "received", RECEIPTS);
    tell(next, "displayed", MARKERS);
    assert.equal(next.agent.pages.length, 1);
    assert.match(text(next.agent.pages[0]), /<message-id>34jk<.*<display-notification>/);
    assert.equal(next.receipts.size, 0);
  });

  test("nothing is written for messages nobody asks about", async () => {
    const { node } = await asking([]);
    assert.equal(node.receipts.size, 0);
  });
});
