import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { attribute, child } from "@interpres/xmpp/xml";
import { eventually } from "../harness/eventually.ts";
import { freePorts } from "../harness/peers.ts";
import { RawEdge } from "../harness/raw-edge.ts";
import { FOREIGN, LOCAL, RoadBed } from "../harness/road-bed.ts";

const ALICE = `alice@${LOCAL}`;
const BOB = `bob@${FOREIGN}`;
const RECEIPTS = "urn:xmpp:receipts";

/** RFC 5438 and XEP-0184 on a running node: what is told of a message after the node was away still reaches its sender. */
describe("receipts over a restart", () => {
  let bed: RoadBed;
  before(async () => {
    const [sipTls = 0, xmppClient = 0, admin = 0] = await freePorts(3);
    bed = await RoadBed.start({ ports: { sipTls, xmppClient, admin }, integrationType: "standard" });
    await bed.node.admin.ask("PUT", `/sip-federated-domains/${FOREIGN}/dialect`, { receipts: "imdn" });
  });
  after(() => bed?.end());

  /** The id by which bob's side may tell of the message. */
  const asked = (): string | undefined => {
    const sent = bed.edge.requests.find(({ message }) => message.contentType?.type === "message/cpim")?.message;
    return /imdn\.Message-ID: (\S+)/.exec(Buffer.from(sent?.body ?? "").toString())?.[1];
  };

  test("alice's message asks in CPIM; bob's notice, after SIGTERM, is her receipt", async () => {
    const alice = await bed.signIn("alice");
    alice.send("<presence/>");
    alice.send(`<message to='${BOB}' type='chat' id='asks'><body>hello</body><request xmlns='${RECEIPTS}'/></message>`);
    await eventually(() => assert.notEqual(asked(), undefined));
    const messageId = asked() ?? "";
    assert.equal(await bed.node.stop("SIGTERM"), 0);
    await bed.node.start();
    const again = await bed.signIn("alice");
    again.send("<presence/>");
    const raw = await RawEdge.connect(bed);
    const answer = await raw.ask("MESSAGE", `sip:${ALICE}`, {
      headers: ["Content-Type: message/cpim"],
      body: noticeOf(messageId),
    });
    assert.equal(answer.status, 200);
    const told = await again.waitFor((stanza) => child(stanza, "received", RECEIPTS) !== undefined);
    assert.equal(attribute(child(told, "received", RECEIPTS) ?? told, "id"), "asks");
  });
});

function noticeOf(messageId: string): string {
  const status = "<delivery-notification><status><delivered/></status></delivery-notification>";
  const imdn = `<imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>${messageId}</message-id><datetime>x</datetime>${status}</imdn>`;
  return `From: <im:${BOB}>\r\nTo: <im:${ALICE}>\r\n\r\nContent-Type: message/imdn+xml\r\nContent-Disposition: notification\r\n\r\n${imdn}`;
}
