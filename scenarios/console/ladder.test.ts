import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import type { XmppClient } from "@interpres/testkit";
import { eventually } from "../harness/eventually.ts";
import { missingPeers } from "../harness/peers.ts";
import { isBody } from "../harness/stanzas.ts";
import { ConsoleBed, NARROW } from "./console-bed.ts";
import type { ConsolePage } from "./console-page.ts";

const ALICE = "alice@example.com";
const BOB = "bob@contoso.example";
const DOMAIN = "contoso.example";

describe("the ladder, in the console", { timeout: 120_000, skip: missingPeers("chromium") }, () => {
  let bed: ConsoleBed;
  let alice: XmppClient;
  let console: ConsolePage;

  before(async () => {
    bed = await ConsoleBed.start();
    alice = await bed.road.arrive("alice");
    await hear("Between you and me");
    console = await bed.signedIn("/");
  });
  after(() => bed?.end());

  async function hear(words: string): Promise<void> {
    await bed.road.edge.say("bob", ALICE, words);
    await alice.waitFor(isBody(words));
  }

  const rows = () => console.page.getByRole("list", { name: "Messages and decisions" }).getByRole("button");
  const row = (name: RegExp) => console.page.getByRole("main").getByRole("button", { name });
  const raw = () => console.page.getByRole("main").locator("pre");

  async function follow(domain: string, user: string): Promise<void> {
    await console.field("Domain").fill(domain);
    await console.field("User").fill(user);
    await console.button("Follow").click();
  }

  test("is found in the menu, and draws what passed: SIP left, our decision in the middle, XMPP right", async () => {
    await console.choose("Ladder");
    await console.heading("Ladder").waitFor();
    await follow(DOMAIN, "");
    await console.status(/More are drawn as they pass/);
    await row(/SIP from tls.* INVITE/).waitFor();
    await row(/decided: A message from bob@contoso\.example to alice@example\.com: it was delivered/).waitFor();
    await row(/XMPP to alice@example\.com.* message chat/).waitFor();
    const middleOf = async (name: RegExp): Promise<number> => {
      const box = await row(name).first().locator("svg").first().locator("text").nth(1).boundingBox();
      return (box?.x ?? 0) + (box?.width ?? 0) / 2;
    };
    const [sip, decision, xmpp] = [await middleOf(/INVITE/), await middleOf(/decided/), await middleOf(/message chat/)];
    assert.ok(sip < decision && decision < xmpp, `${sip} ${decision} ${xmpp}`);
    assert.deepEqual(await console.violations(), []);
  });

  test("shows a message whole when it is pressed, without what was said", async () => {
    await row(/SIP from tls.* INVITE/)
      .first()
      .click();
    assert.match(await raw().innerText(), /^INVITE sip:alice@example\.com.*call-id: /is);
    await row(/XMPP to alice@example\.com.* message chat/)
      .first()
      .click();
    await raw().getByText("<body>(masked)</body>").waitFor();
    assert.equal(await console.page.getByText("Between you and me").count(), 0);
    assert.deepEqual(await console.violations(), []);
  });

  test("shows what was said to an administrator who asks, which is in the audit log", async () => {
    await console.field("Show what people said").check();
    await console.button("Follow").click();
    await row(/XMPP to alice@example\.com.* message chat/)
      .first()
      .click();
    await raw().getByText("<body>Between you and me</body>").waitFor();
    assert.match(JSON.stringify(await bed.road.node.admin.ask("GET", "/audit")), /"bodies":"shown"/);
    await console.field("Show what people said").uncheck();
    await console.button("Follow").click();
  });

  test("draws what passes as it passes, unless it is paused, and then when one goes on", async () => {
    await console.status(/More are drawn as they pass/);
    await console.button("Clear").click();
    await rows().first().waitFor({ state: "detached" });
    alice.send(`<message to='${BOB}' type='chat'><body>And you?</body></message>`);
    await row(/SIP to tls.* (INVITE|MESSAGE)/)
      .first()
      .waitFor();
    await row(/decided: A message from alice@example\.com to bob@contoso\.example: it was delivered, 200/).waitFor();
    await console.button("Pause").click();
    const before = await rows().count();
    await hear("Meanwhile");
    assert.equal(await rows().count(), before);
    await console.button("Go on").click();
    await row(/XMPP to alice@example\.com.* message chat/).waitFor();
  });

  test("is kept as text, as the command line draws it", async () => {
    const begun = console.page.waitForEvent("download");
    await console.button("Export as text").click();
    const text = await readFile(await (await begun).path(), "utf8");
    assert.match(text, /contoso\.example +Interpres/);
    assert.match(text, /\d\d:\d\d:\d\d \|-+ message chat|\| +\|-+ message chat to alice@example\.com?… -*>\||-+>\|/);
    const [ladder = "", messages = ""] = text.split("\n1. ");
    const drawn = ladder.split("\n").filter((line) => !line.startsWith("    * "));
    assert.ok(drawn.every((line) => [...line].length <= 80));
    assert.match(ladder, /\n {4}\* \S+ message outbound: delivered 200; foreign-delivery done/);
    assert.match(messages, /\n {4}MESSAGE sip:bob@contoso\.example\S* SIP\/2\.0\n/);
  });

  test("is kept as a capture file, masked as it is on the screen", async () => {
    const begun = console.page.waitForEvent("download");
    await console.button("Export for Wireshark").click();
    const download = await begun;
    assert.equal(download.suggestedFilename(), "ladder.pcapng");
    const octets = await readFile(await download.path());
    assert.equal(octets.readUInt32BE(0), 0x0a0d0d0a, "the magic number of pcapng");
    const text = octets.toString("utf8");
    assert.match(text, /MESSAGE sip:bob@contoso\.example\S* SIP\/2\.0\r\n/);
    assert.match(text, /message outbound: delivered 200; foreign-delivery done/);
    assert.doesNotMatch(text, /And you\?|Meanwhile/);
  });

  test("draws one interaction alone, and sends it to the collector that is set up", async () => {
    const packets: Buffer[] = [];
    const collector = createSocket("udp4").on("message", (packet) => packets.push(packet));
    await new Promise<void>((done) => collector.bind(0, "127.0.0.1", done));
    try {
      await row(/SIP to tls.* MESSAGE/)
        .first()
        .click();
      await console.button("Only this interaction").first().click();
      await console.page.getByText(/^Only one call/).waitFor();
      await console.button("Send to the collector").click();
      await console.status(/no collector is set up/);
      const { port } = collector.address();
      await bed.road.node.admin.ask("PUT", "/trace/collector", { host: "127.0.0.1", port });
      await console.button("Send to the collector").click();
      await console.status(/^Sent to the collector: \d+ messages\./);
      await eventually(() => assert.ok(packets.length > 1));
      assert.ok(packets.every((packet) => packet.toString("latin1", 0, 4) === "HEP3"));
      await console.button("All calls").click();
    } finally {
      collector.close();
    }
  });

  test("follows one domain and one user only", async () => {
    await follow("elsewhere.example", "");
    await console.status(/^Messages and decisions: 0\./);
    await follow("", "carol@example.com");
    await console.status(/^Messages and decisions: 0\./);
    await follow("", ALICE);
    await row(/SIP from tls.* INVITE/)
      .first()
      .waitFor();
  });

  test("on a telephone nothing is cut off, and keys open a message", async () => {
    const narrow = await bed.signedIn(`/diagnosis/ladder?domain=${DOMAIN}`, NARROW);
    const message = narrow.page
      .getByRole("main")
      .getByRole("button", { name: /SIP from tls.* INVITE/ })
      .first();
    await message.focus();
    await narrow.page.keyboard.press("Enter");
    await narrow.page.getByRole("main").locator("pre").waitFor();
    assert.equal(await narrow.page.evaluate("document.documentElement.scrollWidth"), NARROW.width);
    assert.deepEqual(await narrow.violations(), []);
    await narrow.page.context().close();
  });

  test("the page's policy stood in nobody's way", () => {
    const complaints = bed.browser.complaints.filter((text) => !/status of (?:401|409)/.test(text));
    assert.deepEqual(complaints, []);
  });
});
