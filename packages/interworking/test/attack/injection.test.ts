import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { encodeUtf8, type HeaderLine } from "@interpres/sip";
import { el } from "@interpres/xmpp/xml";
import { request } from "../fakes/fake-user-agent.ts";
import { GatewayUnderTest, STANDARD } from "../fakes/gateway-under-test.ts";

/** Class 23: words are words on the other side too. One message out for one in, with no header or element of its sender's making. */
const WORDS: readonly string[] = [
  "a\r\nEvil: 1",
  "a\nEvil: 1",
  "a\rEvil: 1",
  "%0d%0aEvil: 1",
  '";evil=1',
  ">;evil=1",
  "]]><evil/>",
  "</body></message><evil/>",
  "&evil;",
  "&#0;&#x0;",
  "\u2028Evil: 1",
  "\u0085Evil: 1",
  "\ufeffx",
];

describe("injection from XMPP into SIP (attack class 23)", () => {
  for (const words of WORDS) {
    test(`${JSON.stringify(words)} as subject, thread, language, id and text`, async () => {
      const node = await GatewayUnderTest.started();
      const subject = el("subject", "jabber:client", {}, words);
      node.say("alice@example.com/desk", `bob@${STANDARD}`, words, { id: words, thread: words, children: [subject] });
      assert.equal(node.agent.pages.length, 1);
      const message = node.agent.pages[0]?.message;
      for (const [name, value] of message?.headers ?? []) {
        assert.ok(["Message-ID", "Subject", "Gateway-Trail", "Content-Language"].includes(name), name);
        assert.doesNotMatch(value, /[\r\n\0]/);
      }
      assert.match(message?.callId ?? "", /^[\w.!%*+`'~:@-]+$/);
      assert.equal(message?.body, words);
    });
  }

  for (const resource of ['desk";evil=1', "desk>", "desk;evil=1", "a b", "\u00e4\u00f6"]) {
    test(`resource ${resource}: escaped within the URI`, async () => {
      const node = await GatewayUnderTest.started();
      node.say(`alice@example.com/${resource}`, `bob@${STANDARD}`, "x");
      assert.match(node.agent.pages[0]?.message.from ?? "", /^sip:alice@example\.com;gr=[\w.%~*'!-]+$/);
    });
  }
});

describe("injection from SIP into XMPP (attack class 23)", () => {
  for (const words of [...WORDS, "a\u0000b", "\ufffe\uffff", "\u0001\u0002"]) {
    test(`${JSON.stringify(words)} as text: one stanza that reads back the same, or none`, async () => {
      const node = await GatewayUnderTest.started();
      const headers: readonly HeaderLine[] = [["Content-Type", "text/plain;charset=UTF-8"]];
      const answers = node.agent.page(
        request("MESSAGE", { from: `sip:bob@${STANDARD}`, to: "sip:alice@example.com", headers, body: words }),
      );
      assert.equal(answers.length, 1);
      for (const stanza of node.heard()) {
        assert.doesNotMatch(stanza, /<evil\/>/);
        assert.equal(
          [...stanza].some((letter) => letter < "\t" || letter === "\ufffe" || letter === "\uffff"),
          false,
        );
        assert.equal(stanza.split("<body>").length, 2);
      }
    });
  }

  for (const name of ['"</nick><evil/>"', '"]]>"', '"a\\"b"', '"\u202egnp"']) {
    test(`${name} as display name of a watcher is text`, async () => {
      const node = await GatewayUnderTest.started();
      const incoming = request("SUBSCRIBE", { from: `sip:bob@${STANDARD}`, to: "sip:alice@example.com" }).with({
        replace: [["From", `${encodeUtf8(name)} <sip:bob@${STANDARD}>;tag=f1`]],
      });
      node.agent.subscribeBy(incoming);
      await node.clock.elapse(1);
      const [asked] = node.local.presences;
      assert.equal(asked?.type, "subscribe");
      assert.doesNotMatch(node.local.told().join(), /<evil\/>/);
    });
  }
});
