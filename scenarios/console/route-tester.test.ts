import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { XmppClient } from "@interpres/testkit";
import { attribute } from "@interpres/xmpp/xml";
import { eventually } from "../harness/eventually.ts";
import { missingPeers } from "../harness/peers.ts";
import { ConsoleBed, NARROW } from "./console-bed.ts";
import type { ConsolePage } from "./console-page.ts";

const BOB = "bob@contoso.example";

/** What it says has to be what becomes of a message. */
describe("the route tester, in the console", { timeout: 120_000, skip: missingPeers("chromium") }, () => {
  let bed: ConsoleBed;
  let alice: XmppClient;
  let console: ConsolePage;

  before(async () => {
    bed = await ConsoleBed.start();
    alice = await bed.road.signIn("alice");
    alice.send("<presence/>");
    console = await bed.signedIn("/");
  });
  after(() => bed?.end());

  async function ask(address: string): Promise<void> {
    await console.field("Address").fill(address);
    await console.button("Test").click();
  }

  function write(id: string, to = BOB): void {
    alice.send(`<message type='chat' id='${id}' to='${to}'><body>${id}</body></message>`);
  }

  const isRefusal = (id: string) => (stanza: Parameters<typeof attribute>[0]) =>
    attribute(stanza, "id") === id && attribute(stanza, "type") === "error";
  const decided = () => console.page.getByRole("main").locator("li[aria-current=step]");

  test("is found in the menu, and marks the record that leads there: the message arrives", async () => {
    await console.choose("Route Tester");
    await ask(BOB);
    await console.status(`${BOB}: there is a way.`);
    assert.match(await decided().innerText(), /^MATCHED.*_sipfederationtls/is);
    await console.page.getByText(/^sip\.contoso\.example, port \d+, tls, from .*: 127\.0\.0\.1$/).waitFor();
    assert.deepEqual(await console.violations(), []);
    write("arrives");
    await eventually(() => assert.equal(bed.road.edge.texts.at(-1)?.text, "arrives"));
  });

  test("says which route blocks, and leads to it: the message comes back", async () => {
    const route = { destinationPattern: ".example.contoso.*", nextHop: "127.0.0.1", blocked: true };
    await bed.road.node.admin.ask("POST", "/static-routes", route);
    await ask(`sip:${BOB}`);
    await console.status(`sip:${BOB}: a static route blocks it.`);
    write("blocked", "carl@contoso.example");
    await alice.waitFor(isRefusal("blocked"));
    await console.page.getByRole("main").getByRole("link", { name: "Where this is changed" }).first().click();
    await console.row(".example.contoso.*").waitFor();
    await console.choose("Route Tester");
  });

  test("says that a domain is not federated, and what is no address", async () => {
    await ask("eve@nowhere.example");
    await console.status("nowhere.example is no SIP federated domain");
    await ask("<>");
    await console.status(/SIP URI|invalid|Bad Request/i);
    assert.deepEqual(await console.violations(), []);
  });

  test("on a telephone nothing is cut off", async () => {
    const narrow = await bed.signedIn(`/diagnosis/route-tester?uri=${BOB}`, NARROW);
    await narrow.status(BOB);
    assert.equal(await narrow.page.evaluate("document.documentElement.scrollWidth"), NARROW.width);
    assert.deepEqual(await narrow.violations(), []);
    await narrow.page.context().close();
  });

  test("the page's policy stood in nobody's way", () => {
    const complaints = bed.browser.complaints.filter((text) => !/status of (400|401)/.test(text));
    assert.deepEqual(complaints, []);
  });
});
