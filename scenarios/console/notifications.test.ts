import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { missingPeers } from "../harness/peers.ts";
import { fateOf, order } from "../services/services-bed.ts";
import { ConsoleBed } from "./console-bed.ts";
import type { ConsolePage } from "./console-page.ts";

const BOB = "bob@contoso.example";

describe("Notifications in the console", { timeout: 120_000, skip: missingPeers("chromium") }, () => {
  let bed: ConsoleBed;
  let console: ConsolePage;
  before(async () => {
    bed = await ConsoleBed.start();
    console = await bed.signedIn("/");
  });
  after(() => bed?.end());

  test("a service that has been stopped is found there by severity, started from there, and messages pass again", async () => {
    const alice = await bed.road.arrive("alice");
    await order(bed.road, "sip-proxy", "stop");
    assert.notEqual(await fateOf(alice, bed.road.edge, BOB), "arrived");
    await console.choose("Notifications");
    await console.heading("Notifications").waitFor();
    await console.row("sip-proxy on imp1 is stopped").getByText("Error").waitFor();
    await console.row("_sipfederationtls").first().waitFor();
    assert.deepEqual(await console.violations(), []);
    await console.page.getByLabel("Field").selectOption("Severity");
    await console.page.getByLabel("Text to find").fill("error");
    await console.button("Find").click();
    await console.row("_sipfederationtls").first().waitFor({ state: "detached" });
    await console.row("sip-proxy on imp1 is stopped").getByRole("link", { name: "Show" }).click();
    await console.heading("Control Center - Feature Services").waitFor();
    await console.button("Start").click();
    await console.status("Started: sip-proxy on imp1");
    assert.equal(await fateOf(alice, bed.road.edge, BOB), "arrived");
    await console.open("/administration/system/notifications");
    await console.row("_sipfederationtls").first().waitFor();
    assert.equal(await console.row("sip-proxy on imp1 is stopped").count(), 0);
  });

  test("one that comes while the page is open appears by itself", async () => {
    await order(bed.road, "sip-proxy", "stop");
    await console.row("sip-proxy on imp1 is stopped").waitFor({ timeout: 15_000 });
  });
});
