/**
 * `node packages/console/build/main.ts`: builds the console into `dist/` where that is missing or older than its sources;
 * otherwise says nothing. Exit code 1 when it cannot be built, with the reason; what was built before is left as it was.
 */
import { globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { putInPlace } from "./put-in-place.ts";
import { sourceHash } from "./source-hash.ts";

const folder = resolve(import.meta.dirname, "..");
const dist = join(folder, "dist");
const HASH_FILE = "sources.sha256";

const hash = sourceHash(resolve(folder, "../.."));
if (builtFrom() !== hash) await build();

function builtFrom(): string | undefined {
  try {
    return readFileSync(join(dist, HASH_FILE), "utf8");
  } catch {
    // Nothing stands there, or another build is moving it.
    return undefined;
  }
}

/** In a folder of its own, then put in place: a node that serves the old one never sees half of the new one. */
async function build(): Promise<void> {
  console.error("Building the console …");
  const begun = performance.now();
  const fresh = `${dist}.${process.pid}`;
  try {
    await bundle(fresh);
    compress(fresh);
    writeFileSync(join(fresh, HASH_FILE), hash);
    putInPlace({ fresh, place: dist, isPlaced: () => builtFrom() === hash });
    console.error(`The console is built (${((performance.now() - begun) / 1000).toFixed(1)} s).`);
  } catch (error) {
    console.error(`The console could not be built: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

async function bundle(outDir: string): Promise<void> {
  const vite = await import("vite");
  await vite.build({
    root: folder,
    configFile: false,
    logLevel: "error",
    build: {
      outDir,
      emptyOutDir: true,
      manifest: "manifest.json",
      modulePreload: { polyfill: false },
      // Inlined pictures would be `data:` URLs, which the page's policy has no need to allow.
      assetsInlineLimit: 0,
    },
  });
}

/** Once, here, and not at each request. */
function compress(outDir: string): void {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
  for (const file of globSync("assets/*.{js,css,svg}", { cwd: outDir })) {
    const content = readFileSync(join(outDir, file));
    writeFileSync(join(outDir, `${file}.br`), brotliCompressSync(content, { params }));
    writeFileSync(join(outDir, `${file}.gz`), gzipSync(content));
  }
}
