import type { Subscription } from "@interpres/admin-api";
import type { ConsolePage } from "./console-page.ts";

export const SUBSCRIPTIONS = 10_000;
const PAGE = 1000;

/** Lets the browser of this page believe that the node has ten thousand subscriptions, and shows them. */
export async function showTenThousand(console: ConsolePage): Promise<void> {
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
}

/** Scrolls through the whole table in a hundred steps. Gives the milliseconds of each frame. */
export async function scrollThrough(console: ConsolePage): Promise<readonly number[]> {
  return (await console.page.evaluate(SCROLL)) as readonly number[];
}

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
    addresses: [],
  };
}
