import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { XmppClient } from "@interpres/testkit";
import { attribute } from "@interpres/xmpp/xml";
import { missingPeers } from "../harness/peers.ts";
import { isPresence } from "../harness/stanzas.ts";
import { ConsoleBed, NARROW } from "./console-bed.ts";
import type { ConsolePage } from "./console-page.ts";

const ALICE = "alice@example.com";
const BOB = "bob@contoso.example";
const CARL = "carl@hosted.example";

describe("why, in the console", { timeout: 120_000, skip: missingPeers("chromium") }, () => {
  let bed: ConsoleBed;
  let alice: XmppClient;
  let console: ConsolePage;

  before(async () => {
    bed = await ConsoleBed.start();
    const { node, edge } = bed.road;
    const domain = { domain: "hosted.example", integrationType: "microsoft", description: "" };
    await node.admin.ask("POST", "/sip-federated-domains", domain);
    alice = await bed.road.arrive("alice");
    await edge.setState("bob", "available");
    console = await bed.signedIn("/");
  });
  after(() => bed?.end());

  async function ask(user: string, contact: string, about = "Everything"): Promise<void> {
    await console.field("User here").fill(user);
    await console.field("Contact or domain there").fill(contact);
    await console.field("About").selectOption(about);
    await console.button("Look up").click();
  }

  const decided = (text: string) => console.page.getByRole("main").getByRole("listitem").filter({ hasText: text });

  async function refused(id: string): Promise<void> {
    alice.send(`<message type='chat' id='${id}' to='${CARL}'><body>${id}</body></message>`);
    await alice.waitFor((stanza) => attribute(stanza, "id") === id && attribute(stanza, "type") === "error");
  }

  test("is found in the menu, and says when nothing was decided", async () => {
    await console.choose("Why");
    await console.heading("Why").waitFor();
    await ask(ALICE, BOB);
    await console.status("Nothing was decided about that");
    await console.page.getByText(/alice@example\.com has no subscription to bob/).waitFor();
    assert.deepEqual(await console.violations(), []);
  });

  test("says of a message that it got there, and of a presence why it looks as it does", async () => {
    alice.send(`<presence type='subscribe' to='${BOB}'/>`);
    await alice.waitFor((stanza) => isPresence(stanza, undefined, BOB));
    alice.send(`<message type='chat' to='${BOB}'><body>Good morning</body></message>`);
    await decided(`A message from ${ALICE} to ${BOB}: it was delivered, 200.`).waitFor();
    await decided(`${ALICE} asked to see the presence of ${BOB}: the subscription is active.`).waitFor();
    await console.page.getByText(/is active: what is seen is what the other side said last/).waitFor();
    assert.equal(await console.page.getByText("Good morning").count(), 0, "what was said is in no decision");
    await ask(ALICE, BOB, "Messages");
    await decided("asked to see the presence").first().waitFor({ state: "detached" });
    await decided("A message from").waitFor();
  });

  test("says why a message came back, and leads to the page where that is changed: then it says something else", async () => {
    await refused("first");
    await ask(ALICE, CARL);
    const message = decided(`A message from ${ALICE} to ${CARL}: it was refused, 404.`);
    for (const part of [/Rule\s+no-route/, /Meaning\s+There is neither a static route nor a DNS record/, /Seen\s+404/])
      assert.match(await message.innerText(), part);
    assert.deepEqual(await console.violations(), []);
    await message.getByRole("link", { name: "Where this is changed" }).click();
    await console.heading("Static Routes").waitFor();
    await console.button("Add New").click();
    await console.field("Destination Pattern").fill(".example.hosted.*");
    await console.field("Next Hop").fill("127.0.0.1");
    await console.field("Next Hop Port").fill(String(bed.road.edge.port));
    await console.button("Save").click();
    await console.status("Added: .example.hosted.*");
    await refused("second");
    await console.open(`/diagnosis/why?user=${ALICE}&contact=${CARL}`);
    await console.button("Look up").click();
    await decided("hop-certificate").first().waitFor();
  });

  test("a request that was refused before it was known whom it is for stands with those of its domain", async () => {
    await assert.rejects(bed.road.edge.say("bob", "nobody@example.com", "Hello?"));
    await ask(ALICE, BOB);
    const request = decided("contoso.example asked something of us: it was refused, 404.");
    for (const part of [/Rule\s+unknown-user/, /Seen\s+sip:nobody@example\.com/, /Expected\s+a local user/])
      assert.match(await request.innerText(), part);
  });

  test("leads to the messages of the same call, and to no others", async () => {
    const rows = console.page.getByRole("list", { name: "Messages and decisions" });
    const messagesOf = async (sentence: string): Promise<void> => {
      await decided(sentence).getByRole("link", { name: "The messages of it" }).click();
      await console.heading("Ladder").waitFor();
    };
    await ask(ALICE, BOB);
    await messagesOf(`${ALICE} asked to see the presence of ${BOB}: the subscription is active.`);
    await rows.getByRole("button", { name: /SIP to .*SUBSCRIBE/ }).waitFor();
    assert.equal(await rows.getByRole("button", { name: /SIP to .*INVITE/ }).count(), 0);
    await console.button("All calls").click();
    await rows.getByRole("button", { name: /SIP to .*INVITE/ }).waitFor();
    await console.choose("Why");
    await ask(ALICE, BOB);
    await messagesOf(`A message from ${ALICE} to ${BOB}: it was delivered, 200.`);
    await rows.getByRole("button", { name: /SIP to .*INVITE/ }).waitFor();
    await console.choose("Why");
    await ask(ALICE, BOB);
  });

  test("what is older than asked for is left out", async () => {
    await console.field("Not before").fill("2099-01-01T00:00");
    await console.button("Look up").click();
    await console.status("Nothing was decided about that");
  });

  test("on a telephone nothing is cut off", async () => {
    const narrow = await bed.signedIn(`/diagnosis/why?user=${ALICE}&contact=${BOB}`, NARROW);
    await narrow.button("Look up").click();
    await narrow.status("Decisions found");
    assert.equal(await narrow.page.evaluate("document.documentElement.scrollWidth"), NARROW.width);
    assert.deepEqual(await narrow.violations(), []);
    await narrow.page.context().close();
  });

  test("the page's policy stood in nobody's way", () => {
    const complaints = bed.browser.complaints.filter((text) => !/status of 401/.test(text));
    assert.deepEqual(complaints, []);
  });
});
