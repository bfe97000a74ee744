import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type ClearingHouse, HouseDomains, type MicrosoftEdge, type XmppClient } from "@interpres/testkit";
import { eventually } from "../harness/eventually.ts";
import { PEER_AUTH } from "../harness/peer-subjects.ts";
import { RecordCounter } from "../harness/record-counter.ts";
import { refusalBy } from "../harness/refusal.ts";
import { EDGE, LOCAL, RoadBed } from "../harness/road-bed.ts";
import { isBody, isPresence } from "../harness/stanzas.ts";

const ALICE = `alice@${LOCAL}`;
const [OCS, OCS_EDGE, ROB] = ["fabrikam.example", "sip.fabrikam.example", "rob@fabrikam.example"];
const [HOUSE, CARL] = ["sip.oscar.aol.com", "carl@aol.com"];
const SRV = "_sipfederationtls._tcp";
const CBC = "TLS_RSA_WITH_AES_128_CBC_SHA";
const MODERN = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
];
/** As OCS and the clearing house spoke in their day. Their RC4 and 3DES are gone from the TLS library; of their suites AES-CBC is left. */
const OLD = { minVersion: "TLSv1", maxVersion: "TLSv1", ciphers: "AES128-SHA:@SECLEVEL=0" } as const;

/** An OCS edge and a clearing house that know TLS 1.0 only, both at one node and under its one context, beside a peer of today (facts R49–R53, E10). */
describe("peers of the old TLS, together at one node", () => {
  let bed: RoadBed;
  let alice: XmppClient;
  let ocs: MicrosoftEdge;
  let house: ClearingHouse;
  let toOcs: RecordCounter;

  before(async () => {
    bed = await RoadBed.start();
    bed.zone.negativeTtlSeconds = 1;
    ocs = await bed.addEdge(OCS_EDGE, OCS, OLD);
    house = await bed.addHouse(HOUSE, new HouseDomains("aol.com", ["aim.com"], []), OLD);
    toOcs = bed.own(await RecordCounter.start(() => ocs.port));
    bed.zone.host(OCS_EDGE, "127.0.0.1").service(`${SRV}.${OCS}`, OCS_EDGE, toOcs.port);
    bed.zone.host(HOUSE, "127.0.0.1").service(`${SRV}.aol.com`, HOUSE, house.port);
    for (const [domain, integrationType] of [
      [OCS, "microsoft"],
      ["aol.com", "aol"],
    ])
      await bed.node.admin.ask("POST", "/sip-federated-domains", { domain, integrationType });
    alice = await bed.signIn("alice");
    alice.send("<presence/>");
  });

  after(() => bed?.end());

  test("a context that does not ask for TLS 1.0 lets neither in", async () => {
    const since = Date.now();
    await assert.rejects(ocs.watch("rob", ALICE));
    await assert.rejects(house.watch(CARL, ALICE));
    const { presented } = await refusalBy("tls-version", bed.node.admin, since);
    assert.match(presented ?? "", /^TLSv1\b/);
    assert.deepEqual([await connectionsOf(OCS_EDGE), await connectionsOf(HOUSE)], [[], []]);
  });

  test("R53: one that asks for it, without empty fragments, serves both: each watches and is watched, each talks and is talked to", async () => {
    const { effective } = (await bed.node.admin.ask("PUT", PEER_AUTH, {
      ciphers: [...MODERN, CBC],
      minVersion: "TLSv1",
      disableEmptyTlsFragments: true,
    })) as { readonly effective: object };
    assert.partialDeepStrictEqual(effective, { minVersion: "TLSv1", emptyFragmentsDisabled: true });
    for (const [peer, contact, user] of [
      [ocs, ROB, "rob"],
      [house, CARL, CARL],
    ] as const) {
      await peer.setState(user, "available");
      alice.send(`<presence type='subscribe' to='${contact}'/>`);
      await alice.waitFor((stanza) => isPresence(stanza, undefined, contact));
      assert.equal((await peer.watch(user, ALICE)).status, 200);
      alice.send(`<message to='${contact}' type='chat'><body>hello ${user}</body></message>`);
      await eventually(() => assert.equal(peer.texts.at(-1)?.text, `hello ${user}`));
      await peer.say(user, ALICE, `hello from ${user}`);
      await alice.waitFor(isBody(`hello from ${user}`));
    }
    assert.deepEqual([ocs.deviations, house.deviations], [[], []]);
  });

  test("R53: both by TLS 1.0 and a suite of its day, in both directions; a peer of today does not notice", async () => {
    const old = { version: "TLSv1", cipher: CBC };
    const both = ["outbound", "inbound"].map((direction) => ({ direction, ...old }));
    assert.deepEqual(await connectionsOf(OCS_EDGE), both);
    assert.deepEqual(await connectionsOf(HOUSE), both);
    assert.equal((await bed.edge.watch("bob", ALICE)).status, 200);
    const today = (await connectionsOf(EDGE)).map(({ version }) => version);
    assert.deepEqual([...new Set(today)], ["TLSv1.3"]);
  });

  test("R52: to OCS one more message is one more record", async () => {
    const before = toOcs.records.client;
    alice.send(`<message to='${ROB}' type='chat'><body>one more</body></message>`);
    await eventually(() => assert.equal(ocs.texts.at(-1)?.text, "one more"));
    assert.equal(toOcs.records.client, before + 1);
  });

  async function connectionsOf(name: string): Promise<readonly Connected[]> {
    const { items } = (await bed.node.admin.ask("GET", "/connections")) as { readonly items: readonly Connection[] };
    return items
      .filter(({ peer }) => peer === name)
      .map(({ direction, tls }) => ({ direction, version: tls?.version, cipher: tls?.cipher }));
  }
});

interface Connected {
  readonly direction: string;
  readonly version: string | undefined;
  readonly cipher: string | undefined;
}

interface Connection {
  readonly peer: string | null;
  readonly direction: string;
  readonly tls: { readonly version: string; readonly cipher: string } | null;
}
