import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ALICE, DialectBed } from "../fakes/dialect-bed.ts";
import { bodyText, rest, sessionDescription } from "../fakes/played-peer.ts";

/** What an edge says of its own, and is believed by nobody but its own side (dialect facts, section 1.4). */
describe("headers that only insiders may believe", () => {
  const claims = [
    "P-Asserted-Identity: <sip:carol@example.com>",
    "P-Preferred-Identity: <sip:carol@example.com>",
    "ms-edge-proxy-message-trust: ms-source-type=AuthorizedServer;ms-ep-fqdn=edge;ms-source-verified-user=verified",
    "ms-asserted-verification-level: ms-source-verified-user=verified",
  ];

  for (const claim of claims)
    test(`${claim.split(":")[0]}: From alone says who speaks, and nothing of it goes on`, async () => {
      const bed = await DialectBed.start();
      const dialog = await bed.talk({ headers: [claim] });
      const headers = ["Content-Type: text/plain", claim];
      const answer = await bed.peer.ask(dialog, "MESSAGE", { headers, body: "hello" });
      assert.equal(answer?.status, 200);
      assert.doesNotMatch(answer?.headers.text ?? "", /asserted|preferred|edge-proxy/i);
      const [stanza] = bed.alice.take();
      assert.match(stanza ?? "", /from='bob@contoso\.example'/);
      assert.doesNotMatch(stanza ?? "", /carol|verified|asserted/i);
      await bed.say("back");
      assert.doesNotMatch(bed.peer.last("MESSAGE").headers.text, /asserted|preferred|edge-proxy/i);
    });
});

/** Names, tags and identities as they are really written (dialect facts, section 1.5). */
describe("parties of a Microsoft server", () => {
  const froms: readonly (readonly [string, string])[] = [
    ["epid behind the tag", "<sip:bob@contoso.example>;tag=TAG;epid=451e9252b6"],
    ["epid before the tag", "<sip:bob@contoso.example>;epid=451e9252b6;tag=TAG"],
    ["no blank behind the name", '"Bob B."<sip:bob@contoso.example>;tag=TAG;epid=451e9252b6'],
    ["a name in raw UTF-8", '"Bób"<sip:bob@contoso.example>;tag=TAG;epid=451e9252b6'],
  ];
  for (const [rule, from] of froms)
    test(`From with ${rule}: copied octet by octet, and turned round in what we send`, async () => {
      const bed = await DialectBed.start();
      const dialog = bed.peer.dialog(ALICE, from);
      const headers = ["Content-Type: application/sdp"];
      const answer = await bed.peer.ask(dialog, "INVITE", { headers, body: sessionDescription() });
      assert.equal(Buffer.from(answer?.from.text ?? "", "latin1").toString("utf8"), dialog.from);
      bed.peer.send(dialog, "ACK");
      await rest();
      await bed.say("one");
      assert.equal(Buffer.from(bed.peer.last("MESSAGE").to.text, "latin1").toString("utf8"), dialog.from);
    });

  test("To that names an epid of ours: copied, with our tag behind it", async () => {
    const bed = await DialectBed.start();
    const dialog = bed.peer.dialog(ALICE);
    dialog.to = `<sip:${ALICE}>;epid=62c66a7a5d`;
    const headers = ["Content-Type: application/sdp"];
    const answer = await bed.peer.ask(dialog, "INVITE", { headers, body: sessionDescription() });
    assert.match(answer?.to.text ?? "", /^<sip:alice@example\.com>;epid=62c66a7a5d;tag=.+$/);
  });

  test("Contact is a GRUU without host or port of its own: it is where we send, as it is written", async () => {
    const bed = await DialectBed.start();
    await bed.talk();
    await bed.say("one");
    assert.equal(
      bed.peer.last("MESSAGE").requestUri,
      "sip:bob@contoso.example;opaque=user:epid:a1De4AWnzFmb-tN1kxQSMQAA;gruu",
    );
  });

  test("Record-Route with parameters inside and outside its brackets comes back in Route, whole", async () => {
    const routes = [
      "<sip:pool.contoso.com:5061;transport=tls;ms-fe=fe04.contoso.com;opaque=state:F:Ci.R0000100;lr;ms-route-sig=ZXhh-_AA>;ms-rrsig=ZXhhbXBsZQ;tag=3F79BB7B435B0532",
      "<sip:edge.contoso.com:5061;transport=tls;ms-key-info=a+b/c;ms-identity=X;ms-ent-dest=y;ms-role-rs-from;ms-role-rs-to;lr>",
    ];
    const bed = await DialectBed.start();
    await bed.talk({ headers: routes.map((route) => `Record-Route: ${route}`) });
    await bed.say("one");
    assert.deepEqual(bed.peer.last("MESSAGE").all("Route"), routes);
  });
});

/** Keep-alives and the methods that servers and clients ask each other (dialect facts, section 1.6). */
describe("a connection with a Microsoft server", () => {
  test("ms-keep-alive: offered and never answered", async () => {
    const bed = await DialectBed.start();
    const { answer } = await bed.invite({ headers: ["ms-keep-alive: UAC;hop-hop=yes"] });
    assert.equal(answer.first("ms-keep-alive"), undefined);
  });

  test("OPTIONS: 200 with what we allow, take and tell", async () => {
    const bed = await DialectBed.start();
    const answer = await bed.peer.ask(bed.peer.dialog(ALICE), "OPTIONS");
    assert.equal(answer?.status, 200);
    for (const method of ["INVITE", "MESSAGE", "INFO", "SUBSCRIBE", "OPTIONS", "BYE", "CANCEL", "NOTIFY", "ACK"])
      assert.ok(answer?.values("Allow").includes(method), method);
    assert.ok(answer?.values("Accept").includes("application/sdp"));
    assert.deepEqual(answer?.values("Allow-Events"), ["presence"]);
  });

  const others: readonly (readonly [string, number])[] = [
    ["NEGOTIATE", 405],
    ["SERVICE", 405],
    ["PUBLISH", 405],
    ["REFER", 405],
    ["REGISTER", 405],
    ["FROBNICATE", 501],
  ];
  for (const [method, status] of others)
    test(`${method}: ${status} with Allow, and the connection goes on`, async () => {
      const bed = await DialectBed.start();
      const answer = await bed.peer.ask(bed.peer.dialog(ALICE), method, { headers: ["Compression: LZ77-8K"] });
      assert.equal(answer?.status, status);
      assert.ok(answer?.values("Allow").includes("MESSAGE"));
      assert.equal((await bed.invite()).answer.status, 200);
    });

  test("BENOTIFY: no answer, in a dialog or out of one, and nothing of it is believed", async () => {
    const bed = await DialectBed.start();
    bed.alice.send(`<presence type='subscribe' to='${bed.bob}'/>`);
    await rest();
    const dialog = bed.peer.answered(bed.peer.last("SUBSCRIBE"));
    bed.alice.take();
    const headers = ["Event: presence", "subscription-state: active", "Content-Type: application/pidf+xml"];
    const body =
      '<presence xmlns="urn:ietf:params:xml:ns:pidf"><tuple id="0"><status><basic>open</basic></status></tuple></presence>';
    assert.equal(await bed.peer.ask(dialog, "BENOTIFY", { headers, body }), undefined);
    assert.equal(await bed.peer.ask(bed.peer.dialog(ALICE), "BENOTIFY", { headers, body }), undefined);
    assert.deepEqual(bed.alice.take(), []);
  });

  test("a request that is refused says why in ms-diagnostics-public, one that is not says nothing", async () => {
    const bed = await DialectBed.start();
    const nobody = await bed.peer.ask(bed.peer.dialog("nobody@example.com"), "SUBSCRIBE", {
      headers: ["Event: presence"],
    });
    assert.equal(nobody?.first("ms-diagnostics-public"), '1003;reason="User Not Found";source="sip.example.com"');
    const { answer } = await bed.watch();
    assert.equal(answer.first("ms-diagnostics-public"), undefined);
    assert.equal(bodyText(answer), "");
  });
});
