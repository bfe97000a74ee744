import assert from "node:assert/strict";
import { createSecureContext } from "node:tls";
import { silentLogger, silentMetrics, systemClock, systemRandom } from "@interpres/runtime";
import { unbroken } from "@interpres/testkit";
import { xml } from "@xmpp/client";
import { defaultXmppSettings } from "../../src/settings.ts";
import { hashPassword } from "../../src/stream/scram-keys.ts";
import { XmppServer } from "../../src/xmpp-server.ts";
import { InMemoryRepositories } from "../in-memory-repositories.ts";
import { openDoor } from "../websocket-door.ts";
import { FakeGateway } from "../world.ts";
import { JsClient } from "./js-client.ts";

const PASSWORD = "correct horse";

/** A server and the xmpp.js clients of it, by one transport. */
export class JsBed {
  readonly repositories = new InMemoryRepositories();
  readonly gateway = new FakeGateway();
  readonly server: XmppServer;
  service = "";
  readonly #clients: JsClient[] = [];
  readonly #listen: () => Promise<string>;
  #close: () => Promise<void> = async () => undefined;

  constructor(transport: "STARTTLS" | "WebSocket", certificate: { readonly certPem: string; readonly keyPem: string }) {
    const { certPem: cert, keyPem: key } = certificate;
    const context = createSecureContext({ cert, key });
    this.server = new XmppServer({
      clock: systemClock,
      random: systemRandom,
      log: silentLogger,
      metrics: silentMetrics,
      repositories: this.repositories,
      localDomains: () => ["local.example"],
      settings: () => defaultXmppSettings,
      version: "0",
      secureContext: () => context,
      decoySecret: new Uint8Array(32),
    });
    this.server.serveForeign(this.gateway);
    this.#listen = async () => {
      if (transport === "STARTTLS") {
        const { port } = await this.server.listen({ host: "127.0.0.1", port: 0, security: "starttls" }, unbroken);
        return `xmpp://127.0.0.1:${port}`;
      }
      const door = await openDoor(this.server.webSockets, certificate);
      this.#close = door.close;
      return door.url;
    };
  }

  async start(): Promise<void> {
    const scram = await hashPassword(PASSWORD);
    assert.ok(scram !== undefined);
    for (const jid of ["alice@local.example", "carol@local.example"])
      await this.repositories.accounts.put({ jid, enabled: true, scram });
    await this.server.load();
    await this.listen();
  }

  async listen(): Promise<void> {
    this.service = await this.#listen();
  }

  async login(username: string, resource: string): Promise<JsClient> {
    const client = new JsClient(this.service, { username, resource, password: PASSWORD });
    this.#clients.push(client);
    await client.client.start();
    await client.client.iqCaller.get(xml("query", "jabber:iq:roster"));
    await client.client.send(xml("presence"));
    await client.presence(`${username}@local.example/${resource}`);
    return client;
  }

  async stop(): Promise<void> {
    await this.server.stop();
    await this.#close();
  }

  async end(): Promise<void> {
    for (const { client } of this.#clients) client.reconnect.stop();
    await this.stop();
    for (const { client } of this.#clients) await client.stop();
  }
}
