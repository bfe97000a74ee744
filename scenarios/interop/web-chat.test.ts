import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { MicrosoftEdge } from "@interpres/testkit";
import { Chromium } from "../harness/chromium.ts";
import { eventually } from "../harness/eventually.ts";
import { missingPeers } from "../harness/peers.ts";
import { WebChat } from "./clients/web-chat.ts";
import { InteropBed, PASSWORD } from "./interop-bed.ts";

const DOMAIN = "contoso.example";
const FQDN = `sip.${DOMAIN}`;
const BOB = `bob@${DOMAIN}`;
const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 390, height: 844 };

describe("the web chat in Chromium", { timeout: 120_000, skip: missingPeers("chromium") }, () => {
  let bed: InteropBed;
  let edge: MicrosoftEdge;
  let browser: Chromium;
  let alice: WebChat;
  let jid: string;
  let origin: string;

  before(async () => {
    bed = await InteropBed.start();
    const { certPem: cert, keyPem: key } = await bed.authority.issue({ cn: FQDN, dnsNames: [FQDN] });
    const tls = { cert, key, ca: bed.node.authorityPem };
    edge = await MicrosoftEdge.start({ domain: DOMAIN, fqdn: FQDN, tls, nodePort: () => bed.node.ports.sipTls });
    await bed.federate({ domain: DOMAIN, integrationType: "microsoft", fqdn: FQDN, port: edge.port });
    await edge.setState("bob", "available");
    jid = await bed.addUser("alice");
    origin = `https://localhost:${bed.node.ports.admin}`;
    browser = await Chromium.start(bed.node.ports.admin);
    alice = new WebChat(await browser.page(WIDE));
  });

  after(async () => {
    await browser?.abort();
    await edge?.close();
    await bed?.end();
  });

  test("a wrong password is said to be wrong", async () => {
    await alice.visit(origin);
    assert.equal(await alice.page.title(), "Interpres");
    await alice.signIn("alice", "guessed");
    await alice.feedback.filter({ hasText: /password/i }).waitFor();
  });

  test("alice signs in by her name alone", async () => {
    await alice.signIn("alice", PASSWORD);
    await alice.roster.waitFor();
    await alice.page.locator("converse-user-profile", { hasText: jid }).waitFor();
  });

  test("she adds a foreign user and sees him come and go", async () => {
    await alice.addContact(BOB);
    await alice.contactWho(BOB, "online").waitFor();
    await edge.setState("bob", "busy");
    await alice.contactWho(BOB, "away").waitFor();
    await edge.setState("bob", "available");
    await alice.contactWho(BOB, "online").waitFor();
  });

  test("she writes to him, sees him type, and reads his answer", async () => {
    await alice.openConversation(BOB);
    await alice.say("Hello Bob, <b>this</b> & that");
    await eventually(() => assert.equal(edge.texts.at(-1)?.text, "Hello Bob, <b>this</b> & that"));
    await alice.say("Are you there?");
    await eventually(() => assert.equal(edge.texts.at(-1)?.text, "Are you there?"));
    assert.ok(
      edge.typing.some(({ from, status }) => from === jid && status === "type"),
      "he saw her type",
    );
    await edge.type("bob", jid, "type");
    await alice.typingNotice.filter({ hasText: /typing/ }).waitFor();
    await edge.say("bob", jid, "Hello Alice");
    await alice.message("Hello Alice").waitFor();
  });

  test("on a telephone the contacts fill the page, and then the conversation does", async () => {
    const phone = new WebChat(await browser.page(NARROW));
    await phone.visit(origin);
    await phone.signIn(jid, PASSWORD);
    await phone.contactWho(BOB, "online").waitFor();
    assert.deepEqual(await phone.place("#converse-roster"), { x: 0, width: NARROW.width });
    await phone.openConversation(BOB);
    assert.deepEqual(await phone.place(".chatbox converse-chat-heading"), { x: 0, width: NARROW.width });
    assert.deepEqual(await phone.place(".chatbox textarea.chat-textarea"), { x: 0, width: NARROW.width });
    await phone.say("from the telephone");
    await eventually(() => assert.equal(edge.texts.at(-1)?.text, "from the telephone"));
    await phone.page.close();
  });

  test("a page that is loaded anew is signed in as before, with what was said", async () => {
    await alice.page.reload();
    await alice.message("Hello Alice").waitFor();
    await alice.contactWho(BOB, "online").waitFor();
  });

  test("nothing was asked of another host, and the page's policy stood in nobody's way", async () => {
    const hosts = new Set(
      browser.asked
        .map((url) => new URL(url))
        .filter(({ protocol }) => /^(https?|wss?):/.test(protocol))
        .map(({ host }) => host),
    );
    assert.deepEqual([...hosts], [`localhost:${bed.node.ports.admin}`]);
    assert.ok(browser.asked.some((url) => url === `wss://localhost:${bed.node.ports.admin}/xmpp`));
    assert.deepEqual(
      browser.complaints.filter((text) => /Content Security Policy|Refused to/.test(text)),
      [],
    );
    assert.deepEqual([...(await browser.end())], [`localhost:${bed.node.ports.admin}`]);
  });
});
