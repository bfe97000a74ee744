import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { CommandLine } from "../harness/command-line.ts";
import { eventually } from "../harness/eventually.ts";
import { NodeProcess } from "../harness/node-process.ts";
import { freePorts, missingPeers, PeerProcess, peerFolder } from "../harness/peers.ts";
import { EDGE, FOREIGN, LOCAL, NODE_FQDN } from "../harness/road-bed.ts";

const NAME = `_sipfederationtls._tcp.${LOCAL}`;
const SRV = `${NAME},${NODE_FQDN}`;

/** A name server that nobody here wrote, with the records of an enterprise and of its partner (facts R17 to R22). */
describe("DNS by dnsmasq", { skip: missingPeers("dnsmasq") }, () => {
  const folder = peerFolder();
  let dns: PeerProcess | undefined;
  let dnsPort = 0;
  let node: NodeProcess;
  let cli: CommandLine;

  before(async () => {
    [dnsPort = 0] = await freePorts(1);
    await serve([]);
    node = new NodeProcess({ dnsServer: `127.0.0.1:${dnsPort}` });
    await node.start();
    cli = new CommandLine(node);
    await node.admin.ask("POST", "/sip-federated-domains", { domain: FOREIGN, integrationType: "microsoft" });
  });

  after(async () => {
    await node.remove();
    await dns?.stop();
    folder.remove();
  });

  /** dnsmasq with these lines of its own configuration. */
  async function serve(lines: readonly string[]): Promise<void> {
    await dns?.stop();
    const config = join(folder.path, "dnsmasq.conf");
    const own = [
      `port=${dnsPort}`,
      "listen-address=127.0.0.1",
      "bind-interfaces",
      "no-resolv",
      "no-hosts",
      "log-queries",
    ];
    writeFileSync(config, [...own, "log-facility=-", "local=/#/", "user=", "group=", ...lines, ""].join("\n"));
    dns = new PeerProcess(["/usr/sbin/dnsmasq", "--keep-in-foreground", `--conf-file=${config}`, "--pid-file"], {
      log: join(folder.path, `dnsmasq-${lines.length}.log`),
    });
    await dns.printed(/started, version/);
  }

  async function states(...domain: readonly string[]): Promise<readonly string[]> {
    const { out } = await cli.run(["dns", "check", ...domain, "--json"]);
    const { items } = JSON.parse(out) as {
      readonly items: readonly { readonly name: string; readonly state: string }[];
    };
    return items.map(({ name, state }) => `${name} ${state}`);
  }

  async function notices(): Promise<readonly string[]> {
    const path = "/notifications?find=text:contains:DNS record";
    const { items } = (await node.admin.ask("GET", path)) as { readonly items: readonly { readonly text: string }[] };
    return items.map(({ text }) => text);
  }

  test("R17, R19: nothing is published: the check says so, and the watch by itself", async () => {
    assert.deepEqual(await states(), [`${NAME} missing`, `${NODE_FQDN} missing`]);
    await eventually(async () => assert.equal((await notices()).length, 2));
  });

  test("R19: the text of `dns records`, published, is what peers need", async () => {
    const zone = await cli.do("dns", "records");
    const record = /^(\S+)\. \d+ IN SRV (\d+) (\d+) (\d+) (\S+)\.$/m.exec(zone);
    assert.ok(record, zone);
    const [, name, priority, weight, port, target] = record;
    await serve([`srv-host=${name},${target},${port},${priority},${weight}`, `host-record=${target},127.0.0.1`]);
    assert.deepEqual(await states(), [`${NAME} ok`, `${NODE_FQDN} ok`]);
    assert.equal((await cli.run(["dns", "check"])).code, 0);
    assert.deepEqual(await notices(), []);
  });

  test("R39: a record that leads elsewhere, or nowhere, is told apart", async () => {
    await serve([`srv-host=${NAME},old.${LOCAL},5061`, `host-record=old.${LOCAL},127.0.0.1`]);
    assert.deepEqual(await states(), [`${NAME} mismatched`, `${NODE_FQDN} missing`]);
    await serve([`srv-host=${SRV},${node.ports.sipTls}`]);
    assert.deepEqual(await states(), [`${NAME} unreachable`, `${NODE_FQDN} missing`]);
    assert.match((await notices()).join("\n"), /its target imp1\.example\.com has no address/);
  });

  test("R20, R22: the partner is seen as the node sees him, and a route explained by it", async () => {
    const service = `_sipfederationtls._tcp.${FOREIGN}`;
    await serve([
      `srv-host=${SRV},5061`,
      `srv-host=${service},${EDGE},5061,10,20`,
      `host-record=${EDGE},192.0.2.1,2001:db8::1`,
    ]);
    assert.deepEqual((await states(FOREIGN)).slice(0, 2), [`${service} ok`, `${EDGE} ok`]);
    const { out } = await cli.run(["dns", "check", FOREIGN]);
    assert.match(out, /10 20 5061 sip\.contoso\.example\./);
    await eventually(async () => {
      const explained = await cli.do("route", "explain", `sip:bob@${FOREIGN}`);
      assert.match(explained, /sip\.contoso\.example +5061 +tls +192\.0\.2\.1 2001:db8::1/);
    });
  });
});
