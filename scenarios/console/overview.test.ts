import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type FederationStatus, federationStatusPath, type LampName, type Subscription } from "@interpres/admin-api";
import type { XmppClient } from "@interpres/testkit";
import { attribute } from "@interpres/xmpp/xml";
import { eventually, missingPeers } from "../harness/peers.ts";
import { isPresence } from "../harness/stanzas.ts";
import { ConsoleBed } from "./console-bed.ts";
import type { ConsolePage } from "./console-page.ts";

const BOB = "bob@contoso.example";
const SUBSCRIPTIONS = 10_000;
const PAGE = 1000;

describe("the overview", { timeout: 120_000, skip: missingPeers("chromium") }, () => {
  let bed: ConsoleBed;
  let alice: XmppClient;
  let console: ConsolePage;
  before(async () => {
    bed = await ConsoleBed.start();
    alice = await bed.road.signIn("alice");
    alice.send("<presence/>");
    await bed.road.edge.setState("bob", "available");
    console = await bed.signedIn("/");
  });
  after(() => bed?.end());

  const lamp = (label: string) => console.row("contoso.example").locator(`td[data-label="${label}"]`);

  /** The node knows it; the page asks every few seconds only. */
  async function lit(name: LampName, state: string): Promise<void> {
    const path = federationStatusPath("contoso.example");
    const status = async () => (await bed.road.node.admin.ask("GET", path)) as FederationStatus;
    await eventually(async () => assert.equal((await status())[name].state, state));
  }

  test("is usable in less than two seconds", async () => {
    const begun = performance.now();
    await console.page.reload();
    await console.row("contoso.example").waitFor();
    const tookMs = performance.now() - begun;
    assert.ok(tookMs < 2000, `${tookMs} ms`);
  });

  test("lamps say that nothing has passed yet, then what passes, and when it fails", async () => {
    await lamp("Presence out").getByText("Nothing yet").waitFor();
    alice.send(`<presence type='subscribe' to='${BOB}'/>`);
    await alice.waitFor((stanza) => isPresence(stanza, undefined, BOB));
    alice.send(`<message type='chat' to='${BOB}'><body>Hello</body></message>`);
    await lit("imOut", "ok");
    await console.page.reload();
    await lamp("Presence out").getByText("OK").waitFor();
    await lamp("IM out")
      .getByText(/^passed \d/)
      .waitFor();
    await lamp("IM in").getByText("Nothing yet").waitFor();
    await bed.road.node.admin.ask("PATCH", "/service-parameters/sip-proxy", { imGateway: false });
    alice.send(`<message type='chat' id='off' to='${BOB}'><body>Hello?</body></message>`);
    await alice.waitFor((stanza) => attribute(stanza, "id") === "off" && attribute(stanza, "type") === "error");
    await lit("imOut", "failing");
    await console.page.reload();
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
    await console.page.route("**/api/v1/subscriptions?*", (route) => {
      const cursor = Number(new URL(route.request().url()).searchParams.get("cursor") ?? 0);
      const next = cursor + PAGE;
      const items = Array.from({ length: PAGE }, (_none, at) => subscription(cursor + at));
      return route.fulfill({
        json: { items, total: SUBSCRIPTIONS, nextCursor: next < SUBSCRIPTIONS ? String(next) : null },
      });
    });
    await console.page.reload();
    await console.page.getByRole("heading", { name: `Subscriptions: ${SUBSCRIPTIONS}` }).waitFor();
    const frames = (await console.page.evaluate(SCROLL)) as readonly number[];
    const [slowest = 0] = frames.toSorted((one, other) => other - one).slice(Math.ceil(frames.length / 10));
    assert.ok(slowest < 50, `nine of ten frames within ${slowest} ms`);
    await console.row(`user${SUBSCRIPTIONS - 1}@example.com`).waitFor();
    const drawn = await console.page
      .getByRole("region", { name: "Subscriptions", exact: true })
      .getByRole("row")
      .count();
    assert.ok(drawn < 60, `${drawn} rows`);
  });
});

/** Scrolls through the whole table in a hundred steps, and says how long each frame took. */
const SCROLL = `new Promise((done) => {
  const table = document.querySelector("section[aria-label=Subscriptions]");
  const frames = [];
  let last = performance.now();
  const step = (now) => {
    frames.push(now - last);
    last = now;
    if (frames.length > 100) return done(frames);
    table.scrollTop = (table.scrollHeight / 100) * frames.length;
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})`;

function subscription(number: number): Subscription {
  return {
    id: `s${number}`,
    direction: "outbound",
    user: `user${number}@example.com`,
    contact: `bob${number}@contoso.example`,
    peer: "contoso.example",
    authorization: "granted",
    state: "active",
    expiresAt: null,
  };
}
