import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { connect } from "node:tls";
import type { XmppClient } from "@interpres/testkit";
import { attribute, child } from "@interpres/xmpp/xml";
import { eventually } from "../harness/eventually.ts";
import { ADMINISTRATOR } from "../harness/node-process.ts";
import { freePorts, missingPeers } from "../harness/peers.ts";
import { FOREIGN, LOCAL, RoadBed } from "../harness/road-bed.ts";
import type { ProgramRun } from "../harness/run-program.ts";
import { isPresence } from "../harness/stanzas.ts";
import { SshClient } from "./ssh-client.ts";

const ALICE = `alice@${LOCAL}`;
const BOB = `bob@${FOREIGN}`;
const OLD = "imp1.example.com";
const NEW = "imp1.example.org";
const AUDITOR = { name: "reader", password: "only-reading" };

/** The administrator's shell (contract section 5), with the OpenSSH client, on a node that federates. */
describe("the shell over SSH", { skip: missingPeers("ssh", "sshpass") }, () => {
  let bed: RoadBed;
  let alice: XmppClient;
  let ssh: SshClient;

  before(async () => {
    const [sipTls = 0, xmppClient = 0, admin = 0, shell = 0] = await freePorts(4);
    bed = await RoadBed.start({ ports: { sipTls, xmppClient, admin, shell } });
    ssh = new SshClient(() => bed.node.ports.shell);
    alice = await online(bed);
    await bed.edge.setState("bob", "available");
    alice.send(`<presence type='subscribe' to='${BOB}'/>`);
    await alice.waitFor((stanza) => isPresence(stanza, undefined, BOB));
    await bed.edge.watch("bob", ALICE);
    await alice.waitFor((stanza) => attribute(stanza, "type") === "subscribe");
    alice.send(`<presence type='subscribed' to='${BOB}'/>`);
    await eventually(() => assert.match(bed.edge.seen.at(-1)?.body ?? "", /<basic>open<\/basic>/));
  });

  after(async () => {
    ssh.remove();
    await bed.end();
  });

  const run = (command: string, input?: string): Promise<ProgramRun> => ssh.exec(ADMINISTRATOR, command, input);

  test("the host key is made at the first start and readable by its owner only", () => {
    assert.equal(statSync(join(bed.node.dataDirectory, "shell-host-key")).mode & 0o777, 0o600);
  });

  test("a wrong password and an unknown name are turned away", async () => {
    const unknown = { name: "nobody", password: ADMINISTRATOR.password };
    for (const who of [{ ...ADMINISTRATOR, password: "wrong" }, unknown]) {
      const { code, out } = await ssh.exec(who, "show version active");
      assert.deepEqual([code, out], [5, ""]);
    }
    await eventually(() => assert.match(bed.node.output, /admin\.sign-in-refused/));
  });

  test("a sign-in is in the audit", async () => {
    await run("show version active");
    const audit = (await bed.node.admin.ask("GET", "/audit")) as { readonly items: readonly Record<string, unknown>[] };
    const entry = audit.items.find(({ resource }) => resource === "shell");
    assert.deepEqual([entry?.actor, entry?.action], ["admin", "sign-in"]);
  });

  const shows = [
    {
      command: "show network eth0",
      says: /^Ethernet 0\nDHCP +: \w+ +Status +: up\nIP Address +: [\d.]+ +IP Mask +: \d{3}(\.\d{3}){3}\n/,
    },
    { command: "show network eth0", says: /\nDNS\nPrimary +: 127\.0\.0\.1:\d+ +Secondary +: Not Configured\n/ },
    { command: "show network eth0", says: /\nDomain +: example\.com\nGateway +: / },
    { command: "show network eth0 detail", says: /\nMAC Address +: [0-9a-f:]{17}\n/ },
    {
      command: "show status",
      says: /^Host Name +: imp1\.example\.com\n(.*\n)*Users +: 1, 1 sessions\nSIP Domains +: 1\n/,
    },
    { command: "show version active", says: /^Active Version +: \d+\.\d+\.\d+\n/ },
    {
      command: "show cert list own",
      says: /^sip: imp1\.example\.com, signed by CN=Interpres CA.*, valid until \d{4}-/m,
    },
    { command: "show cert list trust", says: /Contoso CA, self-signed, valid until/ },
    {
      command: "utils network host sip.contoso.example",
      says: /^External Resolution:\nsip\.contoso\.example has address 127\.0\.0\.1$/m,
    },
    {
      command: "utils network host _sipfederationtls._tcp.contoso.example srv",
      says: /has SRV record 1 1 \d+ sip\.contoso\.example\.$/m,
    },
    { command: "utils service list", says: /^sip-proxy\[STARTED\]$/m },
    { command: "help", says: /^set network domain NAME /m },
  ];
  for (const { command, says } of shows)
    test(`${command} shows ${says.source.slice(0, 40)}`, async () => {
      const { code, out, err } = await run(command);
      assert.deepEqual([code, err], [0, ""]);
      assert.match(out, says);
    });

  test("exit status and standard error tell what did not work", async () => {
    const cases = [
      { command: "frobnicate", status: 2, err: /could be show, set, utils/ },
      { command: "show network eth9", status: 2, err: /could be eth0/ },
      { command: "utils network host nowhere.example", status: 1, err: /^$/ },
      { command: "utils service start sip-", status: 1, err: /ambiguous: sip-federation, sip-proxy/ },
      { command: "set network domain 192.0.2.1", status: 1, err: /not an IP address/ },
    ];
    for (const { command, status, err } of cases) {
      const ended = await run(command);
      assert.equal(ended.code, status, command);
      assert.match(ended.err, err);
    }
  });

  test("an auditor reads and changes nothing", async () => {
    await bed.node.admin.ask("POST", "/administrators", { ...AUDITOR, role: "auditor" });
    assert.equal((await ssh.exec(AUDITOR, "show status")).code, 0);
    for (const command of ["utils service stop sip-proxy", "set network domain x.example", "utils system restart"]) {
      const { code, err } = await ssh.exec(AUDITOR, command, "y\nyes\n");
      assert.equal(code, 1);
      assert.match(err, /needs the role/);
    }
  });

  test("a service stops, starts and restarts by each of its names", async () => {
    assert.match((await run("utils service stop Cisco SIP Proxy")).out, /sip-proxy\[STOPPED\]/);
    await assert.rejects(presentedName(bed), /ECONNREFUSED/);
    assert.match((await run("utils service start sip-p")).out, /sip-proxy\[STARTED\]/);
    assert.match((await run("utils service restart sip-proxy")).out, /sip-proxy\[STARTED\]/);
    assert.equal(await presentedName(bed), OLD);
  });

  test("a session without a terminal takes commands from a pipe", async () => {
    const session = ssh.open(ADMINISTRATOR, ["-T"]);
    session.end("show version active\nutils service list\nquit\nshow status\n");
    const { code, out } = await session.ended();
    assert.equal(code, 0);
    assert.match(out, /^Active Version.*\n.*\nconfig\[STARTED\]\n/);
    assert.doesNotMatch(out, /Host Name|admin:/);
  });

  test("at a terminal: prompt, completion, help, history, Ctrl-C, Ctrl-D", async () => {
    const session = ssh.open(ADMINISTRATOR, ["-tt"]);
    await session.shows(/admin: /);
    session.type("sh\tver\t\t\r");
    await session.shows(/show version active.*\r\nActive Version/s);
    session.type("utils s\t");
    await session.shows(/service {2}system/);
    session.type("er?");
    await session.shows(/\?\r\n +service +list, start\|stop\|restart/);
    session.type("\u0003\u001b[A\r");
    await session.shows(/\^C\r\n[\s\S]*Active Version/);
    session.type("utils network host nowhere.example\u0001\u000b\u0004");
    assert.equal((await session.ended()).code, 0);
  });

  test("set network domain, answered with n, changes nothing", async () => {
    const session = ssh.open(ADMINISTRATOR, ["-tt"]);
    await session.shows(/admin: /);
    session.type("set network domain example.org\r");
    const warning = await session.shows(/Continue \(y\/n\)\? /);
    assert.match(warning, /Node FQDN +: imp1\.example\.com -> imp1\.example\.org/);
    assert.match(warning, /WARNING: example\.org is not the SIP proxy domain example\.com/);
    assert.match(warning, /contoso\.example \(microsoft\)/);
    session.type("n\r");
    await session.shows(/Nothing was changed\.\r\n.*admin: /s);
    session.type("quit\r");
    await session.ended();
    assert.match((await run("show network eth0")).out, /\nDomain +: example\.com\n/);
    assert.equal(await presentedName(bed), OLD);
  });

  test("answered with y: the node has another name, on its terminal and on the wire", async () => {
    const session = ssh.open(ADMINISTRATOR, ["-tt"]);
    await session.shows(/admin: /);
    session.type("set network domain example.org\r");
    await session.shows(/Continue \(y\/n\)\? /);
    session.type("y\r");
    await session.shows(/sip-proxy stopped\r\n[\s\S]*sip-proxy running\r\n/);
    const closing = await session.shows(/This node is now imp1\.example\.org\.[\s\S]*admin: /);
    assert.match(closing, /_sipfederationtls\._tcp\.example\.com\. IN SRV 0 0 \d+ imp1\.example\.org\./);
    assert.match(closing, /contoso\.example[\s\S]*subject name of our certificate is imp1\.example\.org/);
    session.type("quit\r");
    assert.equal((await session.ended()).code, 0);
    assert.match((await run("show network eth0")).out, /\nDomain +: example\.org\n/);
    assert.match((await run("show cert list own")).out, /^sip: imp1\.example\.org, /m);
    await showsNewName(bed);
  });

  test("the dialogs of before go on: each side still sees the other", async () => {
    alice = await online(bed);
    await bed.edge.setState("bob", "busy");
    await alice.waitFor((stanza) => isPresence(stanza, undefined, BOB) && child(stanza, "show") !== undefined);
    alice.send("<presence><show>dnd</show></presence>");
    await eventually(() => assert.match(bed.edge.seen.at(-1)?.body ?? "", /<ep:activity>busy<\/ep:activity>/));
    assert.deepEqual(bed.edge.deviations, []);
  });

  test("the name outlives the process, whose settings file still says the old one", async () => {
    assert.equal(await bed.node.stop(), 0);
    await bed.node.start();
    assert.match((await run("show network eth0")).out, /\nDomain +: example\.org\n/);
    alice = await online(bed);
    await showsNewName(bed);
  });

  test("utils system restart asks for the whole word, then starts the node anew under the same host key", async () => {
    const { pid } = bed.node;
    assert.equal((await run("utils system restart", "no\n")).code, 1);
    assert.equal((await run("utils system restart", "yes\n")).code, 0);
    await bed.node.restarted();
    assert.equal(bed.node.pid, pid);
    await eventually(async () => assert.match((await run("show status")).out, /Up Time +: 0 days 00:00:0\d/));
  });
});

/** Alice anew: the node may have ended her session. */
async function online(bed: RoadBed): Promise<XmppClient> {
  const alice = await bed.signIn("alice");
  alice.send("<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq><presence/>");
  await alice.waitFor((stanza) => attribute(stanza, "id") === "roster");
  return alice;
}

/** To whoever connects, and to the peer the node calls: in the certificate and in Contact. */
async function showsNewName(bed: RoadBed): Promise<void> {
  assert.equal(await presentedName(bed), NEW);
  const alice = await online(bed);
  const before = bed.edge.requests.length;
  const texts = bed.edge.texts.length;
  alice.send(`<message to='${BOB}' type='chat'><body>Under a new name</body></message>`);
  await eventually(() => assert.equal(bed.edge.texts.length, texts + 1));
  const invite = bed.edge.requests.slice(before).find(({ message }) => message.method === "INVITE");
  assert.equal(invite?.certificateName, NEW);
  assert.match(invite?.message.first("Contact") ?? "", /@imp1\.example\.org[:;>]/);
  await bed.edge.hangUp();
}

/** Common name of the certificate on the SIP port. */
function presentedName(bed: RoadBed): Promise<string> {
  const at = { host: "127.0.0.1", port: bed.node.ports.sipTls, rejectUnauthorized: false };
  return new Promise((resolve, reject) => {
    const socket = connect({ ...bed.edgeKeys, ...at }, () => {
      const { CN } = socket.getPeerCertificate().subject;
      socket.destroy();
      resolve(String(CN));
    });
    socket.once("error", reject);
  });
}
