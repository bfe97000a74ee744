import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import { reverseNameOf } from "@interpres/runtime";
import { within } from "@interpres/testkit";
import { eventually } from "../harness/eventually.ts";
import { PlainPeer } from "../harness/plain-peer.ts";
import { LOCAL, RoadBed } from "../harness/road-bed.ts";

const ALICE = `alice@${LOCAL}`;
const PARTNER = "partner.example";
/** Only Linux has all of 127.0.0.0/8 on loopback. */
const options = process.platform === "linux" ? {} : { skip: "needs more than one loopback address" };

/** A partner without TLS, whose hosts are let in by their names, as DNS tells them (facts B2.2). */
describe("R4: hosts without a certificate are tested by reverse DNS", options, () => {
  let bed: RoadBed;

  before(async () => {
    bed = await RoadBed.start({ withTcpAndUdp: "tcp-and-udp" });
    await bed.signIn("alice");
    await bed.node.admin.ask("POST", "/sip-federated-domains", { domain: PARTNER, integrationType: "standard" });
    const gateway = await peerAt("127.0.0.1");
    const route = {
      destinationPattern: PARTNER,
      nextHop: `gw.${PARTNER}`,
      nextHopPort: gateway.port,
      protocol: "tcp",
    };
    bed.zone.host(`gw.${PARTNER}`, "127.0.0.1");
    await bed.node.admin.ask("POST", "/static-routes", route);
    await bed.edge.watch("bob", ALICE);
  });

  after(() => bed?.end());

  async function peerAt(localAddress: string): Promise<PlainPeer> {
    const nodePort = bed.node.ports.sipTcp ?? 0;
    return bed.own(await PlainPeer.start({ user: `carol@${PARTNER}`, nodePort, localAddress }));
  }

  test("a host within the partner's domain is let in when name and address lead to each other", async () => {
    bed.zone.pointer("127.0.0.2", `fe2.${PARTNER}`).host(`fe2.${PARTNER}`, "127.0.0.2");
    assert.equal(await (await peerAt("127.0.0.2")).subscribe(ALICE), 200);
  });

  test("a name that does not lead back is not believed", async () => {
    bed.zone.pointer("127.0.0.3", `fe3.${PARTNER}`).host(`fe3.${PARTNER}`, "192.0.2.3");
    assert.equal(await (await peerAt("127.0.0.3")).subscribe(ALICE), "closed");
  });

  test("while DNS is silent about one, nobody else waits", async () => {
    const silent = ["127.0.0.4", "127.0.0.14", "127.0.0.24", "127.0.0.34"];
    const waiting = silent.map(async (address) => {
      bed.zone.fault(reverseNameOf(address), "silent");
      return await (await peerAt(address)).subscribe(ALICE);
    });
    let isOver = false;
    const over = Promise.all(waiting).finally(() => {
      isOver = true;
    });
    await eventually(() => assert.ok(bed.zone.queries.filter((asked) => asked.startsWith("PTR")).length >= 6));
    for (let asked = 0; asked < 20; asked += 1) assert.equal((await bed.edge.refresh("bob", ALICE)).status, 200);
    assert.equal(isOver, false, "the silent ones were not waited for");
    assert.deepEqual(await over, ["closed", "closed", "closed", "closed"]);
  });

  test("a late answer is waited for", async () => {
    bed.zone.pointer("127.0.0.5", `fe5.${PARTNER}`).host(`fe5.${PARTNER}`, "127.0.0.5");
    bed.zone.delay(reverseNameOf("127.0.0.5"), 700);
    assert.equal(await (await peerAt("127.0.0.5")).subscribe(ALICE), 200);
  });

  test("over UDP what came too early is heard when it is sent again", async () => {
    bed.zone.pointer("127.0.0.6", `fe6.${PARTNER}`).host(`fe6.${PARTNER}`, "127.0.0.6");
    const socket = bed.own(createSocket("udp4"));
    socket.bind(0, "127.0.0.6");
    await once(socket, "listening");
    const answer = once(socket, "message") as Promise<[Buffer]>;
    const repeat = setInterval(
      () => socket.send(optionsRequest(socket.address().port), bed.node.ports.sipUdp ?? 0, "127.0.0.1"),
      100,
    );
    const [octets] = await within(answer, 5000, "no answer over UDP").finally(() => clearInterval(repeat));
    assert.match(octets.toString(), /^SIP\/2\.0 200 /);
  });
});

function optionsRequest(port: number): string {
  return [
    `OPTIONS sip:${LOCAL} SIP/2.0`,
    `Via: SIP/2.0/UDP 127.0.0.6:${port};branch=z9hG4bKoptions;rport`,
    "Max-Forwards: 70",
    `From: <sip:probe@${PARTNER}>;tag=1`,
    `To: <sip:${LOCAL}>`,
    "Call-ID: options",
    "CSeq: 1 OPTIONS",
    "Content-Length: 0",
    "",
    "",
  ].join("\r\n");
}
