import { createHash, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";
import { type Browser, chromium, type Page } from "playwright-core";
import { peerFolder } from "./peers.ts";

const CHROMIUM = "/usr/bin/chromium";
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export interface Viewport {
  readonly width: number;
  readonly height: number;
}

/** Debian's Chromium without a window, in a folder of its own. It accepts the one key of the node, and resolves no name but `localhost`. */
export class Chromium {
  /** Everything a page was about to ask for, by URL; WebSockets too. */
  readonly asked: string[] = [];
  /** What pages complained of on their console. */
  readonly complaints: string[] = [];
  readonly #browser: Browser;
  readonly #folder: ReturnType<typeof peerFolder>;

  private constructor(browser: Browser, folder: ReturnType<typeof peerFolder>) {
    this.#browser = browser;
    this.#folder = folder;
  }

  /** `port` of the node's HTTPS. */
  static async start(port: number): Promise<Chromium> {
    const folder = peerFolder();
    const args = [
      ...FLAGS,
      `--ignore-certificate-errors-spki-list=${await keyHash(port)}`,
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
      `--log-net-log=${join(folder.path, "net.json")}`,
    ];
    return new Chromium(await chromium.launch({ executablePath: CHROMIUM, args }), folder);
  }

  /** A page with storage of its own; `any-key`: for a node that gets another certificate while the page looks at it. */
  async page(viewport: Viewport, trust: "its-key" | "any-key" = "its-key"): Promise<Page> {
    const ignoreHTTPSErrors = trust === "any-key";
    const context = await this.#browser.newContext({ viewport: { ...viewport }, locale: "en-GB", ignoreHTTPSErrors });
    const page = await context.newPage();
    page.on("request", (request) => this.asked.push(request.url()));
    page.on("websocket", (socket) => this.asked.push(socket.url()));
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(message.text());
    });
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    return page;
  }

  /** Ends it, and answers with each host that a page reached out for, by Chromium's own network log. */
  async end(): Promise<ReadonlySet<string>> {
    await this.#browser.close();
    const log = readFileSync(join(this.#folder.path, "net.json"), "utf8");
    this.#folder.remove();
    return hostsIn(log);
  }

  /** Ends it, where nobody has. */
  async abort(): Promise<void> {
    await this.#browser.close();
    this.#folder.remove();
  }
}

/** Requests of the browser for itself have no page as initiator; those of the address bar go where the test sent it. */
function hostsIn(log: string): ReadonlySet<string> {
  const { events } = JSON.parse(log) as { readonly events: readonly { readonly params?: Record<string, unknown> }[] };
  const urls = events
    .map(({ params = {} }) => params)
    .filter(({ initiator }) => /^https?:/.test(String(initiator)))
    .map(({ url }) => new URL(String(url)));
  return new Set(urls.map(({ host }) => host));
}

/** Base64 of SHA-256 over the public key the node shows, as the switch wants it. */
function keyHash(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "localhost", port, rejectUnauthorized: false }, () => {
      const { raw } = socket.getPeerCertificate();
      socket.destroy();
      const key = new X509Certificate(raw).publicKey.export({ type: "spki", format: "der" });
      resolve(createHash("sha256").update(key).digest("base64"));
    });
    socket.once("error", reject);
  });
}
