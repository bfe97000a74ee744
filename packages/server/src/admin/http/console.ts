import { readFile } from "node:fs/promises";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyReply, FastifyRequest } from "fastify";
import Type from "typebox";
import type { AdminContext } from "../admin-context.ts";
import type { AdminApp } from "./authenticate.ts";
import { notFound } from "./problem-error.ts";

/** Stands in the built page where each answer puts a mark of its own. */
const NONCE_PLACE = "STYLE-NONCE";
const Asset = Type.Object({ file: Type.String() });
const schema = { hide: true };
const config = { access: "anybody" } as const;

/** Below these, what is not found is not a page of the console. */
const NOT_PAGES = /^\/(api|assets|chat|xmpp|healthz|readyz|metrics)(\/|$)/i;
/**
 * A page's path as a browser writes it: segments that are neither empty nor dots alone, octets in percent but for those that could mean a
 * dot, a separator, a percent sign or an end (`.` `/` `\` `;` `%` NUL). What follows `/edit/` is the key of an item, which may hold any of them but NUL.
 */
const PAGE_PATH =
  /^(?:\/(?!\.{1,2}(?:\/|$))(?:[\w.~!$&'()*+,=:@-]|%(?!00|25|2[ef]|3b|5c)[0-9a-f]{2})+)+?(?:\/edit\/(?:[\w.~!$&'()*+,=:@-]|%(?!00)[0-9a-f]{2})+)?$/i;

const NOT_BUILT =
  "The console has not been built: `npm start` builds it, and says why where it cannot. The API works without it.";

/**
 * `/`: the console as it was built, to anybody; what it shows it asks the API for. An address that a person opens is answered with the page,
 * whatever its path, for the page reads that; anything else that is not there is not found.
 */
export async function registerConsole(app: AdminApp, { random, consoleFolder }: AdminContext): Promise<void> {
  const page = async (reply: FastifyReply): Promise<FastifyReply> => {
    const html = await readBuilt(consoleFolder);
    if (html === undefined) return reply.code(503).type("text/plain; charset=utf-8").send(NOT_BUILT);
    const nonce = random.token();
    return reply
      .headers({ "content-security-policy": policy(nonce), "cache-control": "no-store" })
      .type("text/html; charset=utf-8")
      .send(html.replace(NONCE_PLACE, nonce));
  };
  await app.register((pages: AdminApp, _options, done) => {
    const root = join(consoleFolder, "assets");
    const forEver = { immutable: true, maxAge: "365d" } as const;
    void pages.register(fastifyStatic, { root, serve: false, preCompressed: true, dotfiles: "deny", ...forEver });
    pages.get("/assets/:file", { config, schema: { ...schema, params: Asset } }, ({ params }, reply) =>
      reply.sendFile(params.file),
    );
    pages.get("/", { config, schema }, (_request, reply) => page(reply));
    pages.get("/*", { config, schema }, (request, reply) => {
      if (isNavigation(request)) return page(reply);
      throw notFound(`GET ${request.url.split("?")[0]}`);
    });
    done();
  });
}

/** Read at each request: a console that is built anew is served without a restart. Undefined where there is none. */
async function readBuilt(folder: string): Promise<string | undefined> {
  try {
    return await readFile(join(folder, "index.html"), "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Scripts from here only. The component library writes variables and sizes into style elements: those with this answer's mark. */
function policy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** Whether a person opened this address (Fetch Metadata Request Headers §2.2), and it can be a page's. */
function isNavigation({ url, headers }: FastifyRequest): boolean {
  const [path = ""] = url.split("?");
  const mode = headers["sec-fetch-mode"];
  const isOpened = mode === undefined ? (headers.accept ?? "").includes("text/html") : mode === "navigate";
  return isOpened && PAGE_PATH.test(path) && !NOT_PAGES.test(plainLetters(path));
}

/** Letters written in percent are letters. */
function plainLetters(path: string): string {
  return path.replace(/%([0-7][0-9a-f])/gi, (_octet, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
