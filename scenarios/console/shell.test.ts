import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { missingPeers } from "../harness/peers.ts";
import { ConsoleBed } from "./console-bed.ts";
import type { ConsolePage } from "./console-page.ts";

describe("the console around its pages", { timeout: 120_000, skip: missingPeers("chromium") }, () => {
  let bed: ConsoleBed;
  let console: ConsolePage;
  before(async () => {
    bed = await ConsoleBed.start();
    console = await bed.signedIn("/");
  });
  after(() => bed?.end());

  for (const spelling of ["Inter Domain Federation", "Inter-Domain Federation"])
    test(`the search finds SIP Federation below "${spelling}", by keyboard`, async () => {
      await console.open("/");
      await console.page.getByRole("combobox", { name: "Search the menu" }).fill(spelling);
      const option = console.page.getByRole("option").filter({ hasText: "SIP Federation" });
      assert.match(await option.innerText(), /Administration › Presence › Inter Domain Federation/);
      await console.page.keyboard.press("ArrowDown");
      await console.page.keyboard.press("Enter");
      await console.heading("SIP Federated Domains").waitFor();
    });

  test("who uses the keyboard can skip to the content", async () => {
    await console.open("/");
    await console.heading("Overview").waitFor();
    await console.page.keyboard.press("Tab");
    assert.equal(await console.page.evaluate("document.activeElement.textContent"), "Skip to the content");
    await console.page.keyboard.press("Enter");
    assert.equal(await console.page.evaluate("document.activeElement.id"), "main");
  });

  test("the bubble counts what waits, and says what", async () => {
    const bubble = console.page.getByRole("button", { name: /^Notifications: [1-9]/ });
    await bubble.click();
    const dialog = console.page.getByRole("dialog", { name: /^Notifications/ });
    await dialog.getByText(/there is no record _sipfederationtls/).waitFor();
    assert.deepEqual(await console.violations(), []);
    await console.page.keyboard.press("Escape");
  });

  test("colours can be dark, remain so, and can be read", async () => {
    await console.button("Dark colours").click();
    await console.page.reload();
    await console.button("Light colours").waitFor();
    assert.deepEqual(await console.violations("document"), []);
    await console.button("Light colours").click();
  });

  test("an address without a page says so", async () => {
    await console.open("/administration/nowhere");
    await console.heading("There is no such page").waitFor();
  });
});
