import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { after, before, describe, test } from "node:test";
import { eventually } from "../harness/eventually.ts";
import { missingPeers } from "../harness/peers.ts";
import { ConsoleBed } from "./console-bed.ts";
import type { ConsolePage } from "./console-page.ts";

const PAGE = "/administration/presence/inter-domain-federation/attached-servers";
const SECRET = "the secret";
const COMPONENT = "contoso.example";

interface Shown {
  readonly links: readonly { readonly state: string }[];
}

describe("Attached Servers in the console", { timeout: 120_000, skip: missingPeers("chromium") }, () => {
  const open = new Set<Socket>();
  const server = createServer((socket) => accept(socket.on("error", () => undefined)));
  let bed: ConsoleBed;
  let console: ConsolePage;
  before(async () => {
    server.on("connection", (socket) => open.add(socket)).listen(0, "127.0.0.1");
    await once(server, "listening");
    bed = await ConsoleBed.start();
    console = await bed.signedIn("/");
  });
  after(async () => {
    await bed?.end();
    for (const socket of open) socket.destroy();
    server.close();
  });

  const state = async () => ((await bed.road.node.admin.ask("GET", "/attachments/corp")) as Shown).links[0]?.state;

  test("one without a secret is refused at its field", async () => {
    await console.choose("Attached Servers");
    await console.heading("Attached Servers").waitFor();
    assert.deepEqual(await console.violations(), []);
    await console.button("Add New").click();
    await console.field("Name").fill("corp");
    await console.field("Host").fill("127.0.0.1");
    await console.field("Port").fill(String((server.address() as AddressInfo).port));
    for (const [label, domain] of [
      ["Its domains", "corp.example"],
      ["Foreign domains", COMPONENT],
    ] as const) {
      await console.field(label).fill(domain);
      await console.page.keyboard.press("Enter");
    }
    await console.button("Save").click();
    await console.status(/is required/);
    assert.equal(await console.field("Secret").getAttribute("aria-invalid"), "true");
  });

  test("with another secret than the server's its link is down, and says why; with the right one it is up", async () => {
    await console.field("Secret").fill("another");
    await console.button("Save").click();
    await console.status("Added: corp");
    await eventually(async () => assert.equal(await state(), "down"));
    await console.page.reload();
    await console.row(COMPONENT).getByText("not-authorized").waitFor();
    await console.field("Secret").fill(SECRET);
    await console.button("Save").click();
    await console.status("Saved: corp");
    await eventually(async () => assert.equal(await state(), "up"));
    await console.page.reload();
    await console.row(COMPONENT).getByText("Up", { exact: true }).waitFor();
    assert.deepEqual(await console.violations(), []);
  });

  test("saved without its secret it stays linked; deleted, the connection ends", async () => {
    await console.field("Description").fill("Head office");
    await console.button("Save").click();
    await console.status("Saved: corp");
    await eventually(async () => assert.equal(await state(), "up"));
    await console.button("Delete").click();
    await console.confirm();
    await console.page.waitForURL(`**${PAGE}`);
    await eventually(() => assert.ok([...open].every(({ readyState }) => readyState !== "open")));
  });
});

/** A server's part of the handshake of XEP-0114 §3, for one component. */
function accept(socket: Socket): void {
  let heard = "";
  socket.on("data", (octets) => {
    heard += octets.toString("utf8");
    const proof = createHash("sha1").update(`one${SECRET}`).digest("hex");
    if (/<stream:stream[^>]*>$/.test(heard))
      socket.write(
        `<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' from='${COMPONENT}' id='one'>`,
      );
    else if (heard.includes(`>${proof}</handshake>`)) socket.write("<handshake/>");
    else if (heard.includes("</handshake>"))
      socket.end(
        "<stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>",
      );
    if (heard.includes("</handshake>")) heard = "";
  });
}
