import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Locator, Page } from "playwright-core";
import { ADMINISTRATOR } from "../harness/node-process.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What is fading in has not the colours it will have. */
const SETTLED = `Promise.allSettled(document.getAnimations()
  .filter(({ effect }) => effect.getComputedTiming().endTime !== Infinity)
  .map(({ finished }) => finished))`;

interface AxeViolation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[];
}

/** What an administrator does in the console, by the words she reads there. */
export class ConsolePage {
  readonly page: Page;
  readonly #origin: string;
  #underWay = 0;

  /** `origin`: `https://localhost:PORT`. */
  constructor(page: Page, origin: string) {
    this.page = page;
    this.#origin = origin;
    page.setDefaultTimeout(10_000);
    page.on("request", () => {
      this.#underWay += 1;
    });
    for (const end of ["requestfinished", "requestfailed"] as const)
      page.on(end as "requestfinished", () => {
        this.#underWay -= 1;
      });
  }

  async open(path: string): Promise<void> {
    await this.page.goto(`${this.#origin}${path}`);
  }

  /** Signs in where the console asks for it. */
  async signIn({ name, password } = ADMINISTRATOR): Promise<void> {
    await this.page.locator("[autocomplete=username]").fill(name);
    await this.page.locator("[autocomplete=current-password]").fill(password);
    await this.button("Sign in").click();
  }

  /**
   * Follows the menu: the labels of groups are open already, the last one is the page's. Until a page has been fetched the
   * one before stays, with buttons of the same names.
   */
  async choose(label: string): Promise<void> {
    const link = this.page.getByRole("navigation", { name: "Menu" }).getByRole("link", { name: label, exact: true });
    const target = (await link.getAttribute("href")) ?? "";
    const isOfOnePage = new URL(this.page.url()).pathname.startsWith(target);
    const heading = await this.page.$("main h1");
    await link.click();
    if (!isOfOnePage) await heading?.waitForElementState("hidden");
  }

  async switchTo(application: string): Promise<void> {
    await this.page.getByLabel("Navigation", { exact: true }).selectOption(application);
    await this.page.getByRole("banner").getByRole("button", { name: "Go" }).click();
  }

  button(name: string): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  heading(name: string): Locator {
    return this.page.getByRole("heading", { level: 1, name, exact: true });
  }

  field(label: string): Locator {
    // The mark of a required field belongs to its label.
    return this.page.getByRole("main").getByLabel(new RegExp(`^${label}( \\*)?$`));
  }

  row(text: string): Locator {
    return this.page.getByRole("main").getByRole("row").filter({ hasText: text });
  }

  /** Waits until the status area says so. */
  async status(text: string | RegExp): Promise<void> {
    await this.page.getByRole("main").getByRole("status").filter({ hasText: text }).waitFor();
  }

  /** Waits until the page has drawn what it asked for, and asks for nothing more. */
  async quiet(): Promise<void> {
    const drawn = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))";
    do await this.page.evaluate(drawn);
    while (this.#underWay > 0);
  }

  /** Presses OK in the question that is being asked. */
  async confirm(): Promise<void> {
    await this.page.getByRole("dialog").getByRole("button", { name: "OK" }).click();
  }

  /** What axe finds serious or worse in the page as it is and in what is open above it, one line each; `document`: around it too. */
  async violations(where: "page" | "document" = "page"): Promise<readonly string[]> {
    await this.page.evaluate(`globalThis.axe ?? eval(${JSON.stringify(AXE)})`);
    await this.page.evaluate(SETTLED);
    const context = where === "page" ? '[["main"], ["[role=dialog]"]]' : "document";
    const { violations } = (await this.page.evaluate(`axe.run(${context}, { resultTypes: ["violations"] })`)) as {
      readonly violations: readonly AxeViolation[];
    };
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`));
  }
}
