/** `npm run screenshots [NAME…]`: pictures of all pages, with something on them, into `docs/console`. */
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { missingPeers } from "../harness/peers.ts";
import { ConsoleBed, NARROW, WIDE } from "./console-bed.ts";
import type { ConsolePage } from "./console-page.ts";
import { furnish } from "./furnish.ts";
import { show, VIEWS, type View } from "./views.ts";

type Shape = "wide" | "narrow" | "dark";

/** Those that are seen dark too. */
const ALSO_DARK: readonly string[] = ["overview", "ladder", "doctor", "tls-contexts-form"];
/** Parts of every page, opened. */
const OPENED: readonly { readonly shape: Shape; readonly view: View }[] = [
  {
    shape: "narrow",
    view: { name: "menu", path: "/", prepare: (console) => console.button("Menu").click() },
  },
  {
    shape: "wide",
    view: {
      name: "menu-search",
      path: "/",
      prepare: (console) => console.page.getByRole("combobox", { name: "Search the menu" }).fill("Inter-Domain"),
    },
  },
];
/** As much as a form needs. */
const TALL = { width: WIDE.width, height: 860 };
const OUT = resolve(import.meta.dirname, "../../docs/console");
const wanted = process.argv.slice(2);
const missing = missingPeers("chromium");
if (missing === false) await take();
else console.error(missing);

async function take(): Promise<void> {
  mkdirSync(OUT, { recursive: true });
  const bed = await ConsoleBed.start();
  try {
    await furnish(bed);
    await strangers(bed);
    for (const shape of ["wide", "narrow", "dark"] as const) {
      const console = await opened(bed, shape);
      await console.open("/");
      await console.signIn();
      await console.button("Sign out").waitFor();
      const views = shape === "dark" ? VIEWS.filter(({ name }) => ALSO_DARK.includes(name)) : VIEWS;
      const more = OPENED.filter((each) => each.shape === shape).map(({ view }) => view);
      for (const view of [...views, ...more]) if (isWanted(view.name)) await shoot(console, view, shape);
      await console.page.context().close();
    }
  } finally {
    await bed.end();
  }
}

function isWanted(name: string): boolean {
  return wanted.length === 0 || wanted.includes(name);
}

/** What somebody sees who has not signed in. */
async function strangers(bed: ConsoleBed): Promise<void> {
  if (!isWanted("sign-in")) return;
  for (const shape of ["wide", "narrow"] as const) {
    const console = await opened(bed, shape);
    await console.open("/");
    await console.button("Sign in").waitFor();
    await keep(console, fileName("sign-in", shape));
    await console.page.context().close();
  }
}

async function opened(bed: ConsoleBed, shape: Shape): Promise<ConsolePage> {
  const console = await bed.stranger(shape === "narrow" ? NARROW : TALL);
  await console.page.emulateMedia({ colorScheme: shape === "dark" ? "dark" : "light", reducedMotion: "reduce" });
  return console;
}

async function shoot(console: ConsolePage, view: View, shape: Shape): Promise<void> {
  await show(console, view);
  await keep(console, fileName(view.name, shape));
}

function fileName(name: string, shape: Shape): string {
  return shape === "wide" ? `${name}.png` : `${name}-${shape}.png`;
}

/** With pngquant (Debian's package of that name) a picture needs a third. */
async function keep(console: ConsolePage, file: string): Promise<void> {
  const path = resolve(OUT, file);
  await console.page.mouse.move(0, 0);
  await console.page.screenshot({ path, animations: "disabled" });
  spawnSync("pngquant", ["--force", "--skip-if-larger", "--strip", "--output", path, "64", path]);
}
