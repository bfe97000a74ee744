import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { attribute } from "@interpres/xmpp/xml";
import { CommandLine } from "../harness/command-line.ts";
import { eventually } from "../harness/eventually.ts";
import { RoadBed } from "../harness/road-bed.ts";
import { reasonOf } from "../harness/stanzas.ts";

const JABBER = "jabber.example";
const XMPP_ONLY = `${JABBER} publishes an XMPP server and no SIP server, and this server federates by SIP only`;

interface Decided {
  readonly peer?: string;
  readonly kind: string;
  readonly decisions: readonly { readonly rule: string; readonly inputs: Readonly<Record<string, string>> }[];
}

/** RFC 7247 §5: a domain nobody added is refused, and everybody who asks learns which network it is in. */
describe("domains of other networks", () => {
  let bed: RoadBed;
  before(async () => {
    bed = await RoadBed.start();
    bed.zone.service(`_xmpp-server._tcp.${JABBER}`, `xmpp.${JABBER}`, 5269);
  });
  after(() => bed?.end());

  test("its sender is told, and Why tells the administrator", async () => {
    const alice = await bed.signIn("alice");
    alice.send(`<message to='bob@${JABBER}' type='chat' id='lost'><body>hello</body></message>`);
    const error = await alice.waitFor((stanza) => attribute(stanza, "id") === "lost");
    assert.equal(reasonOf(error), XMPP_ONLY);
    alice.send(`<presence to='bob@${JABBER}' type='subscribe' id='asked'/>`);
    const refused = await alice.waitFor((stanza) => attribute(stanza, "id") === "asked");
    assert.equal(reasonOf(refused), XMPP_ONLY);
    await eventually(async () => {
      const { items } = (await bed.node.admin.ask("GET", `/decisions?peer=${JABBER}`)) as { items: readonly Decided[] };
      assert.deepEqual(items.map(({ kind }) => kind).sort(), ["message", "subscription"]);
      for (const { decisions } of items) assert.equal(decisions[0]?.inputs.network, "xmpp");
    });
  });

  test("route explain and the doctor tell it", async () => {
    const line = new CommandLine(bed.node);
    const explained = await line.run(["route", "explain", `bob@${JABBER}`]);
    assert.match(
      explained.out,
      /not-federated[\s\S]*_xmpp-server\._tcp\.jabber\.example[\s\S]*xmpp\.jabber\.example:5269/,
    );
    const doctor = await line.run(["doctor", JABBER]);
    assert.equal(doctor.code, 1);
    assert.ok(doctor.out.includes(`${JABBER} was not added; ${XMPP_ONLY}`), doctor.out);
  });
});
