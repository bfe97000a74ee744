import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import fastifyStatic from "@fastify/static";
import Type from "typebox";
import type { AdminContext } from "../admin-context.ts";
import type { AdminApp } from "../http/authenticate.ts";

const PAGES = fileURLToPath(new URL("../../../web-chat/", import.meta.url));
const CONVERSE = dirname(fileURLToPath(import.meta.resolve("converse.js/dist/converse.min.js")));

/** As little as converse.js can do with: it writes `style` attributes, and draws avatars and unread counts into data and blob URLs. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "media-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

const ChatSettings = Type.Object({ domains: Type.Array(Type.String()) });
const Page = Type.Object({ file: Type.String() });
const schema = { hide: true };
const config = { access: "anybody" } as const;

/** `/chat`: converse.js as it was published, with a page and a few settings of ours; 503 while the service is stopped. */
export async function registerWebChat(app: AdminApp, { webClient }: AdminContext): Promise<void> {
  await app.register((chat: AdminApp, _options, done) => {
    void chat.register(fastifyStatic, { root: PAGES, serve: false, dotfiles: "deny" });
    chat.addHook("onRequest", async (_request, reply) => {
      reply.header("content-security-policy", CONTENT_SECURITY_POLICY);
      if (webClient.sockets.isOpen) return;
      await reply.code(503).sendFile("stopped.html", { maxAge: 0 });
    });
    chat.get("/chat", { config, schema }, (_request, reply) => reply.sendFile("chat.html"));
    chat.get("/chat/settings.json", { config, schema: { ...schema, response: { 200: ChatSettings } } }, async () => ({
      domains: [...webClient.localDomains()],
    }));
    chat.get("/chat/dist/*", { config, schema }, ({ params }, reply) => reply.sendFile(restOf(params), CONVERSE));
    chat.get("/chat/:file", { config, schema: { ...schema, params: Page } }, ({ params }, reply) =>
      reply.sendFile(params.file),
    );
    done();
  });
}

/** What a route's asterisk stands for; the schema library cannot describe a parameter of that name. */
function restOf(params: unknown): string {
  return typeof params === "object" && params !== null && "*" in params ? String(params["*"]) : "";
}
