import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FlowEvent, silentLogger, systemClock, systemRandom } from "@interpres/runtime";
import { type InterpresNode, readNodeSettings, startNode } from "@interpres/server";
import {
  CallFlow,
  ClearingHouse,
  type FakeDnsServer,
  FakeZone,
  HouseDomains,
  MicrosoftEdge,
  TestCertificateAuthority,
} from "@interpres/testkit";
import { AdminClient } from "../harness/admin-client.ts";
import { selectPeerSubjects } from "../harness/peer-subjects.ts";

export const LOCAL = "example.com";
export const FOREIGN = "contoso.example";
export const PASSWORD = "demo";
const FQDN = `imp1.${LOCAL}`;
const EDGE = "sip.contoso.example";
const HOUSE = "sip.aol.example";
const HOSTED = ["hosteddomain.com"];
const TOKEN = "demo";

/** Everything the demo runs in one process: a node, two simulated foreign enterprises, and DNS for all of them. */
export interface DemoBed {
  readonly node: InterpresNode;
  readonly edge: MicrosoftEdge;
  readonly house: ClearingHouse;
  readonly flow: CallFlow;
  readonly admin: AdminClient;
  end(): Promise<void>;
}

/** Rejects when something cannot start; what had started has ended by then, and nothing is left behind. */
export async function startDemo(): Promise<DemoBed> {
  await using started = new AsyncDisposableStack();
  const directory = mkdtempSync(join(tmpdir(), "interpres-demo-"));
  started.defer(() => rmSync(directory, { recursive: true, force: true }));
  const zone = new FakeZone();
  const dns = await zone.listen();
  started.defer(() => dns.close());
  // They outlive the node, which takes leave of them.
  const peers = started.use(new AsyncDisposableStack());
  const flow = new CallFlow(laneOf);
  const node = await startNode(await demoSettings(directory, dns), {
    clock: systemClock,
    random: systemRandom,
    log: silentLogger,
    tap: flow,
    onDeath: (error) => {
      throw error;
    },
  });
  started.defer(() => node.stop());
  const ca = readFileSync(join(directory, "data", "ca.pem"), "utf8");
  const admin = new AdminClient({ url: node.adminUrl, token: TOKEN, ca });
  const nodePort = (): number => node.ports.sipTls ?? 0;
  const { edge, house, authority } = await startPeers({ ca, nodePort }, peers);
  zone.host(EDGE, "127.0.0.1").service(`_sipfederationtls._tcp.${FOREIGN}`, EDGE, edge.port);
  zone.host(HOUSE, "127.0.0.1").service("_sipfederationtls._tcp.aol.com", HOUSE, house.port);
  zone.host(FQDN, "127.0.0.1").service(`_sipfederationtls._tcp.${LOCAL}`, FQDN, nodePort());
  await configure(admin, authority.certPem);
  const all = started.move();
  return { node, edge, house, flow, admin, end: () => all.disposeAsync() };
}

/** The two foreign enterprises, which end with `peers`. */
async function startPeers(
  { ca, nodePort }: { readonly ca: string; readonly nodePort: () => number },
  peers: AsyncDisposableStack,
) {
  const authority = await TestCertificateAuthority.create("Demo CA of the foreign side");
  const keysOf = async (cn: string) => {
    const { certPem, keyPem } = await authority.issue({ cn, dnsNames: [cn] });
    return { cert: certPem, key: keyPem, ca };
  };
  const edge = await MicrosoftEdge.start({ domain: FOREIGN, fqdn: EDGE, tls: await keysOf(EDGE), nodePort });
  peers.defer(() => edge.close());
  const house = await ClearingHouse.start({
    fqdn: HOUSE,
    tls: await keysOf(HOUSE),
    domains: new HouseDomains("aol.com", ["aim.com"], HOSTED),
    customer: { fqdn: FQDN, domains: [LOCAL], port: nodePort },
  });
  peers.defer(() => house.close());
  return { edge, house, authority };
}

/** The usual ports where they are free, so that any client finds the demo; others where they are not. */
async function demoSettings(directory: string, dns: FakeDnsServer) {
  const listener = async (port: number) => ({ host: "127.0.0.1", port: await freePort(port) });
  const settings = {
    node: { fqdn: FQDN },
    listeners: {
      sipTls: await listener(5061),
      xmppClient: await listener(5222),
      admin: await listener(8443),
      shell: await listener(8022),
    },
    dns: { servers: [`127.0.0.1:${dns.port}`] },
    bootstrap: { localDomain: LOCAL, apiToken: TOKEN, administrator: { name: "admin", password: PASSWORD } },
  };
  return readNodeSettings({ yaml: JSON.stringify(settings), environment: {}, workingDirectory: directory });
}

function freePort(wanted: number): Promise<number> {
  return new Promise((resolve) => {
    const trial = createServer();
    trial.once("error", () => resolve(0));
    trial.listen(wanted, "127.0.0.1", () => trial.close(() => resolve(wanted)));
  });
}

/** What an administrator would do, through the same API. */
async function configure(admin: AdminClient, foreignCa: string): Promise<void> {
  for (const [user, displayName] of [
    ["alice", "Alice Example"],
    ["carol", "Carol Example"],
  ] as const)
    await admin.ask("POST", "/users", { jid: `${user}@${LOCAL}`, displayName, password: PASSWORD });
  await admin.ask("POST", "/certificates/trust", { pem: foreignCa });
  for (const name of [EDGE, HOUSE]) await admin.ask("POST", "/tls-peer-subjects", { name, description: "Demo" });
  await selectPeerSubjects(admin, EDGE, HOUSE);
  await admin.ask("POST", "/sip-federated-domains", {
    domain: FOREIGN,
    integrationType: "microsoft",
    description: "Contoso",
  });
  for (const domain of ["aol.com", ...HOSTED])
    await admin.ask("POST", "/sip-federated-domains", {
      domain,
      integrationType: "aol",
      description: "Clearing house",
    });
}

/** The foreign domain that a SIP message is about, or the bare JID of a client. */
function laneOf(event: FlowEvent): string {
  if (event.leg === "xmpp") return event.remote.replace(/\/.*/, "");
  return event.text().includes(FOREIGN) ? FOREIGN : "aol.com";
}
