import { ConsoleBed } from "../scenarios/console/console-bed.ts";
import type { ConsolePage } from "../scenarios/console/console-page.ts";
import { SUBSCRIPTIONS, scrollThrough, showTenThousand } from "../scenarios/console/ten-thousand-subscriptions.ts";
import { missingPeers } from "../scenarios/harness/peers.ts";
import { type BenchResult, median, quantile, type Row } from "./result.ts";

const LOADS = 7;

/** The console's first page in Chromium, with nothing of it in the browser's memory, and a long table scrolled through. */
export async function benchConsole(): Promise<BenchResult> {
  const section = "Console, Chromium and node on the same cores";
  if (missingPeers("chromium") !== false) return { section: `${section}: skipped, there is no Chromium`, rows: [] };
  const bed = await ConsoleBed.start();
  try {
    const console = await bed.signedIn("/");
    return { section, rows: [...(await firstLoads(console)), ...(await frames(console))] };
  } finally {
    await bed.end();
  }
}

async function firstLoads(console: ConsolePage): Promise<readonly Row[]> {
  const browser = await console.page.context().newCDPSession(console.page);
  await browser.send("Network.setCacheDisabled", { cacheDisabled: true });
  const times: number[] = [];
  for (let load = 0; load < LOADS; load += 1) {
    const begun = performance.now();
    await console.page.reload();
    await console.row("contoso.example").waitFor();
    times.push(performance.now() - begun);
  }
  return [
    { name: "first page usable (goal: under 2000), median", value: median(times), unit: "ms" },
    { name: "first page usable, slowest", value: Math.max(...times), unit: "ms" },
  ];
}

async function frames(console: ConsolePage): Promise<readonly Row[]> {
  await showTenThousand(console);
  const taken = await scrollThrough(console);
  return [
    { name: `a frame while ${SUBSCRIPTIONS} rows scroll, median`, value: median(taken), unit: "ms" },
    { name: `a frame while ${SUBSCRIPTIONS} rows scroll, p90`, value: quantile(taken, 0.9), unit: "ms" },
  ];
}
