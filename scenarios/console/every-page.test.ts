import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { missingPeers } from "../harness/peers.ts";
import { ConsoleBed, NARROW, WIDE } from "./console-bed.ts";
import type { ConsolePage } from "./console-page.ts";
import { furnish } from "./furnish.ts";
import { show, VIEWS } from "./views.ts";

/** What of a page's content can be reached by Tab, by what it is and says; of radio buttons one in each group. */
const REACHABLE = `[...document.querySelectorAll("main :is(a[href], button, input, select, textarea, summary, [tabindex='0'])")]
  .filter((each) => !each.disabled && !each.closest("fieldset:disabled") && each.tabIndex >= 0 && each.checkVisibility())
  .filter((each) => each.type !== "radio" || each.checked)`;

/** Whoever cannot see well, has no mouse or looks at it on a telephone: on every page. */
describe("every page of the console", { timeout: 180_000, skip: missingPeers("chromium") }, () => {
  let bed: ConsoleBed;
  let console: ConsolePage;
  before(async () => {
    bed = await ConsoleBed.start();
    await furnish(bed);
    console = await bed.signedIn("/");
    await console.page.emulateMedia({ reducedMotion: "reduce" });
  });
  after(() => bed?.end());

  test("that a menu leads to is looked at here", async () => {
    const seen = VIEWS.map(({ path }) => path.split("?")[0] ?? "");
    for (const application of ["Administration", "Serviceability", "OS Administration"]) {
      await console.switchTo(application);
      const links = console.page.getByRole("navigation", { name: "Menu" }).getByRole("link");
      await console.quiet();
      const paths = await links.evaluateAll((all) => all.map((each) => each.getAttribute("href") ?? ""));
      assert.ok(paths.length > 6, application);
      assert.deepEqual(
        paths.filter((path) => !seen.some((known) => known === path || known.startsWith(`${path}/`))),
        [],
      );
    }
  });

  for (const view of VIEWS)
    test(`${view.name} can be read in both colours and both widths, and used by keyboard`, async () => {
      const { page } = console;
      await page.setViewportSize(WIDE);
      await page.emulateMedia({ colorScheme: "light" });
      await show(console, view);
      assert.deepEqual(await console.violations(), []);
      await goesRoundByTab(console);
      await page.setViewportSize(NARROW);
      await page.emulateMedia({ colorScheme: "dark" });
      assert.deepEqual(await console.violations(), []);
      assert.equal(await page.evaluate("document.documentElement.scrollWidth"), NARROW.width);
    });
});

/** Tab goes to everything that can be pressed or filled in, and out again. */
async function goesRoundByTab({ page }: ConsolePage): Promise<void> {
  await page.evaluate(`globalThis.unreached = new Set(${REACHABLE}); document.getElementById("main").focus()`);
  for (let pressed = 0; pressed < 150; pressed += 1) {
    await page.keyboard.press("Tab");
    const isWithin = await page.evaluate(
      `unreached.delete(document.activeElement), document.activeElement.closest("main") !== null`,
    );
    if (isWithin === false) break;
  }
  const left = await page.evaluate("[...unreached].map((each) => each.outerHTML.slice(0, 200))");
  assert.deepEqual(left, []);
  assert.equal(await page.evaluate(`document.activeElement.closest("main")`), null);
}
