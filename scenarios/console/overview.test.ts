import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type FederationStatus, federationStatusPath, type LampName } from "@interpres/admin-api";
import type { XmppClient } from "@interpres/testkit";
import { attribute } from "@interpres/xmpp/xml";
import { eventually } from "../harness/eventually.ts";
import { missingPeers } from "../harness/peers.ts";
import { isPresence } from "../harness/stanzas.ts";
import { ConsoleBed } from "./console-bed.ts";
import type { ConsolePage } from "./console-page.ts";
import { SUBSCRIPTIONS, scrollThrough, showTenThousand } from "./ten-thousand-subscriptions.ts";

const BOB = "bob@contoso.example";

/** The page asks again by itself within this time. */
const LOOK_MS = 31_000;

describe("the overview", { timeout: 120_000, skip: missingPeers("chromium") }, () => {
  let bed: ConsoleBed;
  let alice: XmppClient;
  let console: ConsolePage;
  before(async () => {
    bed = await ConsoleBed.start();
    alice = await bed.road.arrive("alice");
    await bed.road.edge.setState("bob", "available");
    console = await bed.stranger();
    await console.page.clock.install();
    await console.open("/");
    await console.signIn();
  });
  after(() => bed?.end());

  const lamp = (label: string) => console.row("contoso.example").locator(`td[data-label="${label}"]`);

  /** The node knows it. */
  async function lit(name: LampName, state: string): Promise<void> {
    const path = federationStatusPath("contoso.example");
    const status = async () => (await bed.road.node.admin.ask("GET", path)) as FederationStatus;
    await eventually(async () => assert.equal((await status())[name].state, state));
  }

  test("lamps say by themselves that nothing has passed yet, then what passes, and when it fails", async () => {
    await lamp("Presence out").getByText("Nothing yet").waitFor();
    alice.send(`<presence type='subscribe' to='${BOB}'/>`);
    await alice.waitFor((stanza) => isPresence(stanza, undefined, BOB));
    alice.send(`<message type='chat' to='${BOB}'><body>Hello</body></message>`);
    await lit("imOut", "ok");
    await console.page.clock.fastForward(LOOK_MS);
    await lamp("Presence out").getByText("OK").waitFor();
    await lamp("IM out")
      .getByText(/^passed \d/)
      .waitFor();
    await lamp("IM in").getByText("Nothing yet").waitFor();
    await bed.road.node.admin.ask("PATCH", "/service-parameters/sip-proxy", { imGateway: false });
    alice.send(`<message type='chat' id='off' to='${BOB}'><body>Hello?</body></message>`);
    await alice.waitFor((stanza) => attribute(stanza, "id") === "off" && attribute(stanza, "type") === "error");
    await lit("imOut", "failing");
    await console.page.clock.fastForward(LOOK_MS);
    await lamp("IM out").getByText("Failing").waitFor();
    await bed.road.node.admin.ask("PATCH", "/service-parameters/sip-proxy", { imGateway: true });
  });

  test("counts the traffic in words as well, lists who watches whom, and when certificates end", async () => {
    await console.page.getByText(/Presence out [1-9]\d*, .*IM out [1-9].*Failed [1-9]/).waitFor();
    await console.row(BOB).filter({ hasText: "alice@example.com" }).waitFor();
    await console
      .row("Contoso CA")
      .filter({ hasText: /364|365/ })
      .waitFor();
    assert.deepEqual(await console.violations(), []);
  });

  test("ten thousand subscriptions scroll without being drawn all at once", async () => {
    await showTenThousand(console);
    await scrollThrough(console);
    await console.row(`user${SUBSCRIPTIONS - 1}@example.com`).waitFor();
    const drawn = await console.page
      .getByRole("region", { name: "Subscriptions", exact: true })
      .getByRole("row")
      .count();
    assert.ok(drawn < 60, `${drawn} rows`);
  });
});
