import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { SipRequest, SipResponse } from "@interpres/sip";
import { answerText, ClearingHouse, HouseDomains, SipPeer, TestCertificateAuthority } from "../src/index.ts";

const CUSTOMER = "imp1.example.com";
const PRESENCE = ["Event: presence", "Accept: application/pidf+xml"];

/** What sets a clearing house apart from other peers (dialect facts, end of section 4), seen by its customer. */
describe("a simulated clearing house", { timeout: 30_000 }, () => {
  /** What came, in order: requests by method, answers by status. */
  let order: string[];
  let notifies: SipRequest[];
  let house: ClearingHouse;
  let customer: SipPeer;
  let stranger: SipPeer;
  let count = 0;

  before(async () => {
    const authority = await TestCertificateAuthority.create();
    const keysOf = async (cn: string) => {
      const { certPem: cert, keyPem: key } = await authority.issue({ cn, dnsNames: [cn] });
      return { cert, key, ca: authority.certPem };
    };
    customer = await SipPeer.start({
      tls: await keysOf(CUSTOMER),
      onRequest: (request, link) => {
        order.push(request.method);
        if (request.method === "NOTIFY") notifies.push(request);
        link.write(answerText(request, { status: "200 OK", toTag: "node", headers: [], body: "" }));
      },
    });
    stranger = await SipPeer.start({ tls: await keysOf("imp2.example.com"), onRequest: () => undefined });
    house = await ClearingHouse.start({
      fqdn: "sip.aol.com",
      tls: await keysOf("sip.aol.com"),
      domains: new HouseDomains("aol.com", ["aim.com"], ["hosteddomain.com"]),
      customer: { fqdn: CUSTOMER, domains: ["example.com"], port: () => customer.port },
    });
  });
  after(async () => {
    await Promise.all([house, customer, stranger].map((each) => each?.close()));
  });

  async function ask(method: string, user: string, content: Asked = {}): Promise<SipResponse> {
    const { headers = [], body = "", from = "alice@example.com", peer = customer } = content;
    order = [];
    notifies = [];
    count += 1;
    const branch = `z9hG4bKc${count}`;
    const lines = [
      `${method} sip:${user} SIP/2.0`,
      `Via: SIP/2.0/TLS ${CUSTOMER}:5061;branch=${branch}`,
      `From: <sip:${from}>;tag=a`,
      `To: <sip:${user}>`,
      `Call-ID: c${count}`,
      `CSeq: 1 ${method}`,
      `Contact: <sip:${from.replace(/@.*/, "")}@${CUSTOMER}:5061;transport=tls>`,
      ...headers,
      `Content-Length: ${Buffer.byteLength(body)}`,
    ];
    const request = { branch, text: `${lines.join("\r\n")}\r\n\r\n${body}` };
    return await peer.request(await peer.ownLink(house.port), request, ({ status }) => order.push(`${status}`));
  }

  test("the NOTIFY overtakes the 200, and the 200 names no event", async () => {
    const answer = await ask("SUBSCRIBE", "ann@aol.com", { headers: PRESENCE });
    assert.deepEqual(order, ["NOTIFY", "200"]);
    assert.equal(answer.first("Event"), undefined);
    assert.equal(answer.expires, 3600);
  });

  test("documents have prefixes, no scheme in the entity, and away or idle as the only activities", async () => {
    const told: string[] = [];
    for (const state of ["available", "busy", "away", "idle", "offline"] as const) {
      await house.setState("ann@aol.com", state);
      await ask("SUBSCRIBE", "ann@aol.com", { headers: PRESENCE });
      const body = Buffer.from(notifies[0]?.body ?? "").toString();
      assert.match(body, /<p:presence .*entity="ann@aol\.com"/);
      told.push(`${/<p:basic>(\w+)</.exec(body)?.[1]} ${/<ep:activity>(\w+)</.exec(body)?.[1] ?? ""}`.trim());
    }
    assert.deepEqual(told, ["open", "open away", "open away", "open idle", "closed"]);
  });

  test("it answers for its own domain and one it hosts, not for others, and aliases are told where their users are", async () => {
    assert.equal((await ask("SUBSCRIBE", "carl@hosteddomain.com", { headers: PRESENCE })).status, 200);
    assert.equal((await ask("SUBSCRIBE", "carl@elsewhere.com", { headers: PRESENCE })).status, 404);
    const alias = await ask("SUBSCRIBE", "ann@aim.com", { headers: PRESENCE });
    assert.deepEqual([alias.status, alias.reason], [404, "Users Of aim.com Are At aol.com"]);
  });

  test("a From domain that was not ordered is 404", async () => {
    const from = "alice@other.example";
    assert.equal((await ask("SUBSCRIBE", "ann@aol.com", { headers: PRESENCE, from })).status, 404);
    assert.ok(house.deviations.includes("SUBSCRIBE comes from other.example"));
  });

  test("messages come in sessions: INVITE is taken, MESSAGE outside of one is 405", async () => {
    const body = "v=0\r\nm=message 5060 sip null\r\na=accept-types:text/plain\r\n";
    assert.equal(
      (await ask("INVITE", "ann@aol.com", { headers: ["Content-Type: application/sdp"], body })).status,
      200,
    );
    assert.equal(
      (await ask("MESSAGE", "ann@aol.com", { headers: ["Content-Type: text/plain"], body: "x" })).status,
      405,
    );
  });

  test("who takes no PIDF is 406", async () => {
    const headers = ["Event: presence", "Accept: text/xml+msrtc.pidf"];
    assert.equal((await ask("SUBSCRIBE", "ann@aol.com", { headers })).status, 406);
  });

  test("another name in the certificate: cut off, and told", async () => {
    await assert.rejects(ask("OPTIONS", "ann@aol.com", { peer: stranger }), /closed the connection/);
    assert.ok(house.deviations.includes(`a certificate for imp2.example.com, not for ${CUSTOMER}`));
  });
});

interface Asked {
  readonly headers?: readonly string[];
  readonly body?: string;
  readonly from?: string;
  readonly peer?: SipPeer;
}
