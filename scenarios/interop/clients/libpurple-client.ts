import { join } from "node:path";
import { freePorts, peerFolder } from "../../harness/peers.ts";
import { PythonClient } from "./python-client.ts";

/** Plug-ins for SIP: `prpl-simple` is RFC 3428 and 3856, `prpl-sipe` (of pidgin-sipe) does as clients of Microsoft's servers do. */
export type LibpurplePlugin = "prpl-simple" | "prpl-sipe";

/** libpurple, the library under Pidgin, at a SIP server on loopback over TCP. */
export class LibpurpleClient extends PythonClient {
  readonly #folder: ReturnType<typeof peerFolder>;

  private constructor(words: readonly string[], folder: ReturnType<typeof peerFolder>) {
    super(words);
    this.#folder = folder;
  }

  /** Registers and publishes that the user is available. */
  static async signIn(plugin: LibpurplePlugin, address: string, serverPort: number): Promise<LibpurpleClient> {
    const folder = peerFolder();
    const [port = 0] = await freePorts(1);
    // The sign-in name behind the comma is what pidgin-sipe shows to its server.
    const user = plugin === "prpl-sipe" ? `${address},${address.split("@")[0]}` : address;
    const script = join(import.meta.dirname, "libpurple_client.py");
    const words = [script, plugin, user, `127.0.0.1:${serverPort}`, folder.path, String(port)];
    const client = new LibpurpleClient(words, folder);
    await client.ready();
    return client;
  }

  async show(state: "available" | "offline"): Promise<void> {
    this.tell({ state });
  }

  override async end(): Promise<void> {
    await super.end();
    this.#folder.remove();
  }
}
