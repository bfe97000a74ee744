import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { SecureContextOptions } from "node:tls";
import type { CertificateRequest } from "@interpres/testkit";
import { attribute } from "@interpres/xmpp/xml";
import { eventually } from "../harness/eventually.ts";
import { askOnce, CLOSED, type OneRequest } from "../harness/one-request.ts";
import { refusalBy } from "../harness/refusal.ts";
import { EDGE, FOREIGN, RoadBed } from "../harness/road-bed.ts";
import { PEER_AUTH, TlsBed } from "../harness/tls-bed.ts";

interface Shown {
  readonly name: string;
  readonly description: string;
  readonly origin: string;
  readonly selectedIn: readonly string[];
  readonly warnings?: readonly { readonly path: string }[];
}

interface Page {
  readonly items: readonly Readonly<Record<string, unknown>>[];
}

/** Whose certificate gets in: the administrator's steps R42 to R48, and real handshakes after each. */
describe("TLS peer subjects on a running node", () => {
  let bed: TlsBed;

  before(async () => {
    bed = await TlsBed.start();
    await bed.federate("contoso.example", "microsoft");
    await bed.federate("aol.com", "aol");
    await bed.federate("hosteddomain.com", "aol");
  });
  after(() => bed?.end());

  const list = async (path: string) => ((await bed.node.admin.ask("GET", path)) as Page).items;
  const options = (domain: string): OneRequest => ({ method: "OPTIONS", from: `x@${domain}`, to: "example.com" });

  async function call(shown: CertificateRequest, domain: string): Promise<string> {
    const { certPem, keyPem } = await bed.authority.issue(shown);
    const keys: SecureContextOptions = { cert: certPem, key: keyPem, ca: bed.node.authorityPem };
    const answer = await askOnce(bed.node.ports.sipTls, keys, options(domain));
    return answer === CLOSED ? CLOSED : answer.slice(0, "SIP/2.0 200".length);
  }

  test("R43: a certificate that is trusted becomes a subject by its CN, once, and selects nothing", async () => {
    const { certPem } = await bed.authority.issue({ cn: "asa.contoso.example" });
    const imported = (await bed.node.admin.ask("POST", "/certificates/trust", { pem: certPem })) as { id: string };
    const shown = (await bed.node.admin.ask("GET", "/tls-peer-subjects/asa.contoso.example")) as Shown;
    assert.deepEqual([shown.origin, shown.selectedIn], ["certificate-import", []]);
    await bed.node.admin.ask("DELETE", `/certificates/trust/${imported.id}`);
    await bed.node.admin.ask("POST", "/certificates/trust", { pem: certPem });
    const subjects = await list("/tls-peer-subjects");
    assert.equal(subjects.filter(({ name }) => name === "asa.contoso.example").length, 1);
    assert.equal(await call({ cn: "asa.contoso.example" }, "contoso.example"), CLOSED);
  });

  test("R44: a subject is defined once, however it is written, and wrong ones write nothing", async () => {
    await bed.node.admin.ask("POST", "/tls-peer-subjects", { name: "once.contoso.example" });
    const before = await list("/tls-peer-subjects");
    const again = await bed.node.admin.try("POST", "/tls-peer-subjects", { name: "ONCE.contoso.example" });
    assert.equal(again.status, 409);
    for (const name of ["", " ", "a\u0000b", 7]) {
      const refused = await bed.node.admin.try("POST", "/tls-peer-subjects", { name });
      assert.equal(refused.status, 400, JSON.stringify(name));
    }
    assert.deepEqual(await list("/tls-peer-subjects"), before);
  });

  test("R48: a subject that is defined but not selected lets nobody in and says so everywhere", async () => {
    const subject = { name: EDGE, description: "Contoso's edge" };
    const defined = (await bed.node.admin.ask("POST", "/tls-peer-subjects", subject)) as Shown;
    assert.deepEqual(defined.selectedIn, []);
    assert.deepEqual(
      defined.warnings?.map(({ path }) => path),
      ["selectedIn"],
    );
    assert.equal(await call({ cn: EDGE }, "contoso.example"), CLOSED);
    const { expected } = await refusalBy("tls-peer-subject", bed.node.admin);
    assert.match(expected ?? "", /sip\.contoso\.example is defined but not selected/);
    const [notice] = await list("/notifications?find=text:contains:sip.contoso.example");
    assert.equal(notice?.link, `/tls-contexts/${PEER_AUTH}`);
  });

  test("R51: once it is selected the same certificate gets in at once, and the notice is gone", async () => {
    await bed.setContext({ peerSubjects: [EDGE] });
    assert.equal(await call({ cn: EDGE }, "contoso.example"), "SIP/2.0 200");
    assert.deepEqual(await list("/notifications?find=text:contains:sip.contoso.example"), []);
    const refused = await bed.node.admin.try("DELETE", `/tls-peer-subjects/${EDGE}`);
    assert.equal(refused.status, 409);
    assert.match(JSON.stringify(refused.body), new RegExp(PEER_AUTH));
  });

  test("R45: the CN must equal the subject: not a DNS name beside it, a wildcard, or a longer name", async () => {
    const others: readonly CertificateRequest[] = [
      { cn: "edge.contoso.example", dnsNames: ["edge.contoso.example", EDGE] },
      { cn: "*.contoso.example" },
      { cn: `${EDGE}.evil.example` },
      { cn: `evil.example, O=CN\\=${EDGE}` },
    ];
    for (const shown of others) assert.equal(await call(shown, "contoso.example"), CLOSED, shown.cn);
  });

  test("R47: a refusal names whom it would have let in, with the description", async () => {
    await call({ cn: "sip.stranger.example" }, "contoso.example");
    const { presented, expected } = await refusalBy("tls-peer-subject", bed.node.admin);
    assert.deepEqual([presented, expected], ["sip.stranger.example", `${EDGE} (Contoso's edge)`]);
  });

  test("R46: the clearing house's gateway speaks for its own domain and for those it hosts, by its CN", async () => {
    const route = { destinationPattern: "aol.com", nextHop: "sipgw.aol.com", nextHopPort: 5061 };
    await bed.node.admin.ask("POST", "/static-routes", { ...route, routeType: "domain", protocol: "tls" });
    assert.equal(await call({ cn: "sipgw.aol.com" }, "aol.com"), CLOSED);
    await bed.select("sipgw.aol.com");
    assert.equal(await call({ cn: "sipgw.aol.com" }, "aol.com"), "SIP/2.0 200");
    assert.equal(await call({ cn: "sipgw.aol.com" }, "hosteddomain.com"), "SIP/2.0 200");
    assert.equal(await call({ cn: "sipgw.aol.com" }, "contoso.example"), "SIP/2.0 403");
  });

  test("R42: behind a security appliance its certificate is expected, and speaks for whom the subject says", async () => {
    await bed.select("asa.example.net");
    assert.equal(await call({ cn: "asa.example.net" }, "contoso.example"), "SIP/2.0 403");
    await bed.node.admin.ask("PUT", "/tls-peer-subjects/asa.example.net", { speaksFor: ["contoso.example"] });
    assert.equal(await call({ cn: "asa.example.net" }, "contoso.example"), "SIP/2.0 200");
  });

  test("R49: both contexts are predefined, and the one that nothing uses says so", async () => {
    const serverAuth = "Default_SIP_Proxy_Server_Auth_TLS_Context";
    const contexts = await list("/tls-contexts");
    assert.deepEqual(
      contexts.map(({ name }) => name),
      [PEER_AUTH, serverAuth],
    );
    const { effective } = await bed.context();
    assert.deepEqual(effective.usedBy, ["sipTls", "outbound"]);
    const put = await bed.node.admin.ask("PUT", `/tls-contexts/${serverAuth}`, { minVersion: "TLSv1.3" });
    assert.deepEqual((put as { readonly effective: { readonly usedBy: unknown } }).effective.usedBy, []);
    assert.match(JSON.stringify(put), /no listener of this release uses .*: it has no effect/);
  });

  test("B15: an alternative name counts only for a subject that asks for it", async () => {
    const shown = { cn: "pool7.contoso.example", dnsNames: ["pool7.contoso.example", "front.contoso.example"] };
    await bed.select("front.contoso.example");
    assert.equal(await call(shown, "contoso.example"), CLOSED);
    await bed.node.admin.ask("PUT", "/tls-peer-subjects/front.contoso.example", { matchAlternativeNames: true });
    assert.equal(await call(shown, "contoso.example"), "SIP/2.0 200");
  });
});

describe("TLS peer subjects when we call", () => {
  let bed: RoadBed;
  before(async () => {
    bed = await RoadBed.start();
  });
  after(() => bed?.end());

  test("R45: a server whose CN nobody selected gets nothing from us, and the sender hears of it", async () => {
    await bed.node.admin.ask("PUT", `/tls-contexts/${PEER_AUTH}`, { peerSubjects: [] });
    const alice = await bed.signIn("alice");
    alice.send(`<message to='bob@${FOREIGN}' type='chat' id='m1'><body>hello</body></message>`);
    const answer = await alice.waitFor((stanza) => attribute(stanza, "id") === "m1");
    assert.equal(attribute(answer, "type"), "error");
    await eventually(async () => {
      const { presented } = await refusalBy("tls-peer-subject", bed.node.admin);
      assert.match(presented ?? "", new RegExp(EDGE));
    });
    assert.deepEqual(bed.edge.seen, []);
  });
});

describe("the trust store of a running node", () => {
  let bed: RoadBed;
  before(async () => {
    bed = await RoadBed.start();
  });
  after(() => bed?.end());

  test("removing the authority of a connected peer says so, and ends its connection", async () => {
    const alice = await bed.signIn("alice");
    alice.send("<presence/>");
    await bed.edge.watch("bob", "alice@example.com");
    const open = async () => ((await bed.node.admin.ask("GET", "/connections")) as Page).items.length;
    assert.ok((await open()) > 0);
    const trusted = ((await bed.node.admin.ask("GET", "/certificates/trust")) as Page).items;
    for (const { id } of trusted) {
      const removed = await bed.node.admin.ask("DELETE", `/certificates/trust/${String(id)}`);
      assert.match(JSON.stringify(removed), new RegExp(`connections of ${EDGE} were verified with it`));
    }
    await eventually(async () => assert.equal(await open(), 0));
    const { presented } = await refusalBy("certificate-untrusted", bed.node.admin);
    assert.match(presented ?? "", /removed from the trust store/);
  });
});
