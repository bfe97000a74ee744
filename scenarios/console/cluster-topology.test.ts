import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { connect } from "node:tls";
import type { MicrosoftEdge, XmppClient } from "@interpres/testkit";
import { missingPeers } from "../harness/peers.ts";
import type { RoadBed } from "../harness/road-bed.ts";
import { fateOf, SECOND, secondEdge, shown } from "../services/services-bed.ts";
import { ConsoleBed, WIDE } from "./console-bed.ts";
import { ConsolePage } from "./console-page.ts";

const CARL = `carl@${SECOND}`;

describe("Cluster Topology in the console", { timeout: 180_000, skip: missingPeers("chromium") }, () => {
  let bed: ConsoleBed;
  let console: ConsolePage;
  let edge: MicrosoftEdge;
  let alice: XmppClient;
  before(async () => {
    bed = await ConsoleBed.start();
    alice = await bed.road.arrive("alice");
    edge = await secondEdge(bed.road);
    console = await bed.signedIn("/");
    await console.choose("Cluster Topology");
    await console.heading("Cluster Topology").waitFor();
  });
  after(() => bed?.end());

  const node = async () => (await bed.road.node.admin.ask("GET", "/nodes/imp1")) as { readonly fqdn: string };

  test("a new proxy domain is kept, and what else has to change with it is said", async () => {
    assert.deepEqual(await console.violations(), []);
    await console.field("SIP Proxy Domain").fill("proxies.example");
    await console.button("Save").click();
    await console.status(/is not in proxies\.example: change it too/);
    const cluster = await bed.road.node.admin.ask("GET", "/cluster");
    assert.equal((cluster as { readonly sipProxyDomain: string }).sipProxyDomain, "proxies.example");
  });

  test("what is no domain is refused at its field", async () => {
    await console.field("SIP Proxy Domain").fill("no domain");
    await console.button("Save").click();
    await console.page.locator("[aria-invalid=true]").waitFor();
    await console.field("SIP Proxy Domain").fill("example.com");
    await console.button("Save").click();
    await console.status("Saved.");
  });

  test("changes wait for a restart once that is chosen, and count at once when it is taken back", async () => {
    await console.field("Saved changes").selectOption("When the service restarts");
    await console.button("Save").click();
    await console.status("Saved.");
    await bed.road.node.admin.ask("POST", "/sip-federated-domains", { domain: SECOND, integrationType: "microsoft" });
    assert.notEqual(await fateOf(alice, edge, CARL), "arrived");
    await console.field("Saved changes").selectOption("At once");
    await console.button("Save").click();
    await console.status("Saved.");
    assert.equal(await fateOf(alice, edge, CARL), "arrived");
  });

  test("a node shows its services and its users, and restarts as a whole after a question", async () => {
    await console.page.getByRole("link", { name: "imp1", exact: true }).click();
    await console.heading("Node imp1").waitFor();
    await console.page.getByRole("table", { name: "Assigned Users" }).getByText("alice@example.com").waitFor();
    await console.page.getByRole("table", { name: "Services" }).getByText("Running").first().waitFor();
    assert.deepEqual(await console.violations(), []);
    const before = (await shown(bed.road, "sip-proxy")).startedAt;
    await console.button("Restart Node").click();
    await console.confirm();
    await console.status("Restarted: imp1");
    assert.notEqual((await shown(bed.road, "sip-proxy")).startedAt, before);
    alice = await bed.road.arrive("alice");
    assert.equal(await fateOf(alice, edge, CARL), "arrived");
  });

  test("another domain of the node is looked at first, and cancelled it changes nothing", async () => {
    await console.field("Network Domain").fill("no domain");
    await console.button("Set Network Domain").click();
    await console.page.locator("[aria-invalid=true]").waitFor();
    await console.field("Network Domain").fill("corp.example");
    await console.button("Set Network Domain").click();
    const dialog = console.page.getByRole("dialog", { name: "Network domain" });
    await dialog.getByText("corp.example is not the SIP proxy domain example.com").waitFor();
    await dialog.getByText("New certificate: sip, for imp1.corp.example").waitFor();
    await dialog
      .getByText(/^contoso\.example: /)
      .first()
      .waitFor();
    assert.deepEqual(await console.violations(), []);
    await dialog.getByRole("button", { name: "Cancel" }).click();
    assert.equal((await node()).fqdn, "imp1.example.com");
  });

  test("after OK the node has its name, and peers are shown its new certificate", async () => {
    const hers = new ConsolePage(await bed.browser.page(WIDE, "any-key"), bed.origin);
    await hers.open("/administration/system/cluster-topology/edit/imp1");
    await hers.signIn();
    await hers.field("Network Domain").fill("corp.example");
    await hers.button("Set Network Domain").click();
    await hers.confirm();
    await hers.status("imp1.example.com is imp1.corp.example now.");
    await hers.page.getByText("_sipfederationtls._tcp.example.com", { exact: false }).first().waitFor();
    assert.equal((await node()).fqdn, "imp1.corp.example");
    assert.match(await nameShownTo(bed.road), /^CN=imp1\.corp\.example$/m);
  });
});

/** The subject of the certificate that callers on the SIP port are shown. */
function nameShownTo({ node: { ports }, edgeKeys }: RoadBed): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect({ ...edgeKeys, host: "127.0.0.1", port: ports.sipTls, rejectUnauthorized: false }, () => {
    resolve(socket.getPeerX509Certificate()?.subject ?? "");
    socket.destroy();
  });
  socket.once("error", reject);
  return promise;
}
