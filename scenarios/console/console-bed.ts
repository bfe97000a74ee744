import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { Chromium, type Viewport } from "../harness/chromium.ts";
import { RoadBed, type RoadOptions } from "../harness/road-bed.ts";
import { ConsolePage } from "./console-page.ts";

const BUILD = resolve(import.meta.dirname, "../../packages/console/build/main.ts");
export const WIDE = { width: 1280, height: 800 };
export const NARROW = { width: 390, height: 844 };

/** A browser before the console of a node that federates with a simulated Microsoft edge. */
export class ConsoleBed {
  readonly road: RoadBed;
  readonly browser: Chromium;

  private constructor(road: RoadBed, browser: Chromium) {
    this.road = road;
    this.browser = browser;
  }

  static async start(options: RoadOptions = {}): Promise<ConsoleBed> {
    buildConsole();
    const road = await RoadBed.start(options);
    try {
      return new ConsoleBed(road, await Chromium.start(road.node.ports.admin));
    } catch (error) {
      await road.end();
      throw error;
    }
  }

  get origin(): string {
    return `https://localhost:${this.road.node.ports.admin}`;
  }

  /** A browser window of its own, signed in as the administrator, at this path. */
  async signedIn(path: string, viewport: Viewport = WIDE): Promise<ConsolePage> {
    const console = await this.stranger(viewport);
    await console.open(path);
    await console.signIn();
    await console.button("Sign out").waitFor();
    return console;
  }

  /** A browser window of its own in which nobody has signed in. */
  async stranger(viewport: Viewport = WIDE): Promise<ConsolePage> {
    return new ConsolePage(await this.browser.page(viewport), this.origin);
  }

  async end(): Promise<void> {
    await this.browser.abort();
    await this.road.end();
  }
}

/** As `npm start` does: only where it is missing or older than its sources. */
export function buildConsole(): void {
  const { status, stderr } = spawnSync(process.execPath, [BUILD], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}
