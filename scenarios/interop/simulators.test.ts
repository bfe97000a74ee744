import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { freePorts, missingPeers, missingRoot } from "../harness/peers.ts";
import { eventsOf, simulator } from "../simulators/sim-bed.ts";
import { LOCAL, NODE_FQDN } from "./interop-bed.ts";
import { KamailioPeer } from "./kamailio-peer.ts";
import { SipUser } from "./sip-user.ts";

const DOMAIN = "kam.example";
const FQDN = "sip.kam.example";
const ALICE = `alice@${LOCAL}`;
const BOB = `bob@${DOMAIN}`;
const OPEN = `<?xml version="1.0"?><presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:${BOB}"><tuple id="t"><status><basic>open</basic></status></tuple></presence>`;
/** Its sanity check answers Proxy-Require with 420 (MS-SIP 3.5.5.1), so the watcher asks without. */
const NO_EXTENSIONS = ["--fault", "client=no-accept"];
/** What Kamailio and a client over TCP do otherwise than a Microsoft peer. */
const LENIENT = ["epid-lost", "request-via", "contact-transport"];
const skip = missingPeers("kamailio", "unshare") || missingRoot();

/** No node at all: the simulated edge in front of a server that none of us wrote. */
describe("interpres-sim edge against Kamailio", { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), "interpres-sim-"));
  let kamailio: KamailioPeer;
  let bob: SipUser;
  let port: number;

  before(async () => {
    const made = await simulator(["certificate", FQDN, "--ca-dir", folder]).ended();
    assert.equal(made.code, 0, made.err);
    const [certPem, keyPem, authorityPem] = [`${FQDN}.pem`, `${FQDN}-key.pem`, "ca.pem"].map((name) =>
      readFileSync(join(folder, name), "utf8"),
    );
    [port = 0] = await freePorts(1);
    const certificate = { certPem: certPem ?? "", keyPem: keyPem ?? "" };
    kamailio = await KamailioPeer.prepare({ certificate, authorityPem: authorityPem ?? "", nodePort: port });
    await kamailio.start();
    bob = await SipUser.connect(kamailio.tcpPort, BOB);
    await bob.request("REGISTER", BOB, { headers: ["Expires: 600"] });
  });

  after(async () => {
    bob?.close();
    await kamailio?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  function play(steps: readonly string[], words: readonly string[] = []) {
    const script = join(folder, "script.yaml");
    writeFileSync(script, steps.map((step) => `- '${step}'\n`).join(""));
    const who = ["edge", "--domain", LOCAL, "--fqdn", NODE_FQDN, "--user", "alice", "--listen", `127.0.0.1:${port}`];
    const peer = ["--peer", `127.0.0.1:${kamailio.tlsPort}`, "--peer-name", FQDN, "--peer-domain", DOMAIN];
    return simulator([...who, ...peer, "--ca-dir", folder, "--script", script, "--json", ...NO_EXTENSIONS, ...words]);
  }

  test("presence passes both ways through its presence server and its proxy, and a refusal comes as expected", async () => {
    const headers = ["Event: presence", "Expires: 600", "Content-Type: application/pidf+xml"];
    assert.match((await bob.request("PUBLISH", BOB, { headers, body: OPEN })).start, / 200 /);
    const sim = play(
      [
        `watch alice ${BOB}`,
        `wait presence ${BOB} open`,
        `wait watcher ${BOB}`,
        "state alice busy",
        `unwatch alice ${BOB}`,
        `say alice nobody@${DOMAIN} "Anybody?" -> 404`,
      ],
      LENIENT.flatMap((rule) => ["--allow", rule]),
    );
    await sim.shows(/"event":"presence"/);
    const accept = ["Event: presence", "Accept: application/pidf+xml", "Expires: 600"];
    assert.match((await bob.request("SUBSCRIBE", ALICE, { headers: accept })).start, / 200 /);
    await bob.received(({ body }) => /<ep:activity>busy</.test(body));
    const run = await sim.ended();
    assert.equal(run.code, 0, run.out + run.err);
  });

  test("strictly observed it is no Microsoft peer: the observer says in what", async () => {
    const run = await play([`watch alice ${BOB}`, `wait presence ${BOB}`]).ended();
    assert.equal(run.code, 1);
    const told = new Set(eventsOf(run).flatMap(({ rule }) => (rule === undefined ? [] : [rule])));
    assert.deepEqual([...told].sort(), ["epid-lost", "request-via"]);
  });
});
