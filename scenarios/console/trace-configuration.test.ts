import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { after, before, describe, test } from "node:test";
import { eventually } from "../harness/eventually.ts";
import { missingPeers } from "../harness/peers.ts";
import { LOCAL } from "../harness/road-bed.ts";
import { isBody } from "../harness/stanzas.ts";
import { ConsoleBed } from "./console-bed.ts";
import type { ConsolePage } from "./console-page.ts";

const ALICE = `alice@${LOCAL}`;

describe("Trace Configuration in the console", { skip: missingPeers("chromium") }, () => {
  const packets: Buffer[] = [];
  const collector = createSocket("udp4").on("message", (packet) => packets.push(packet));
  let bed: ConsoleBed;
  let console: ConsolePage;
  before(async () => {
    await new Promise<void>((done) => collector.bind(0, "127.0.0.1", done));
    bed = await ConsoleBed.start();
    console = await bed.signedIn("/serviceability/trace/configuration");
    await console.heading("Trace Configuration").waitFor();
  });
  after(async () => {
    collector.close();
    await bed?.end();
  });

  test("a collector without a host is refused at its field", async () => {
    assert.deepEqual(await console.violations(), []);
    await console.field("Send what passes to this collector").check();
    await console.button("Save").click();
    await console.page.locator("[aria-invalid=true]").first().waitFor();
    assert.equal(await console.field("Host").getAttribute("aria-invalid"), "true");
  });

  test("one with a host and a key gets what passes, and its key is not shown again", async () => {
    await console.field("Host").fill("127.0.0.1");
    await console.field("Port").fill(String(collector.address().port));
    await console.field("Key").fill("homer-key");
    await console.button("Save").click();
    await console.status("Saved.");
    await console.page.getByText("One is kept; empty leaves it as it is.").waitFor();
    assert.equal(await console.field("Key").inputValue(), "");
    const alice = await bed.road.signIn("alice");
    alice.send("<presence/>");
    await bed.road.edge.say("bob", ALICE, "Between you and me");
    await alice.waitFor(isBody("Between you and me"));
    await eventually(() => assert.ok(packets.some((packet) => packet.includes("INVITE sip:alice@example.com"))));
    assert.ok(packets.every((packet) => packet.includes("homer-key")));
    assert.ok(packets.every((packet) => !packet.includes("Between you and me")));
  });
});
