import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { XmppClient } from "@interpres/testkit";
import { RawEdge } from "../harness/raw-edge.ts";
import { FOREIGN, LOCAL, RoadBed } from "../harness/road-bed.ts";
import { isBody } from "../harness/stanzas.ts";

const ALICE = `alice@${LOCAL}`;
const SDP = "Content-Type: application/sdp";
const HEAD = "v=0\r\no=- 0 0 IN IP4 192.0.2.7\r\ns=session\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n";
const CHAT = `${HEAD}m=message 5060 sip null\r\na=accept-types:text/plain \r\n`;
const DIAGNOSIS = /^1027;reason="[^"]+";source="imp1\.example\.com"$/;

interface Row {
  readonly what: string;
  readonly headers: readonly string[];
  readonly body: string;
  readonly warning: RegExp;
}

const invitations: readonly Row[] = [
  {
    what: "an audio call",
    headers: [SDP],
    body: `${HEAD}m=audio 5062 RTP/AVP 0\r\n`,
    warning: /^304 imp1\.example\.com ".*no calls/,
  },
  {
    what: "a video call, offered in two versions",
    headers: ["Content-Type: multipart/alternative;boundary=cut"],
    body: parts(["application/sdp", `${HEAD}m=video 5064 RTP/AVP 34\r\n`], ["application/sdp", HEAD]),
    warning: /^304 .*no calls/,
  },
  {
    what: "shared applications",
    headers: [SDP],
    body: `${HEAD}m=applicationsharing 5066 TCP/RTP/AVP 127\r\n`,
    warning: /^304 .*no sharing/,
  },
  {
    what: "a file",
    headers: ["Content-Type: multipart/mixed;boundary=cut"],
    body: parts(["application/sdp", `${HEAD}m=data 6891 TCP *\r\n`], ["application/ms-filetransfer+xml", "<request/>"]),
    warning: /^304 .*no files/,
  },
  {
    what: "a conference",
    headers: ["Content-Type: application/ms-conf-invite+xml"],
    body: '<Conferencing version="2.0"><focus-uri>sip:x@contoso.example;gruu;opaque=app:conf:focus:id:1</focus-uri></Conferencing>',
    warning: /^399 .*no conferences/,
  },
  {
    what: "a conversation of three",
    headers: [SDP, "EndPoints: <sip:a@contoso.example>, <sip:b@contoso.example>, <sip:alice@example.com>"],
    body: CHAT,
    warning: /^399 .*no conferences/,
  },
  { what: "a conference's own call", headers: [SDP, "TriggeredInvite: TRUE"], body: CHAT, warning: /^399 / },
  { what: "nothing at all", headers: [], body: "", warning: /^399 .*An offer/ },
];

/** What a Microsoft client may ask for and does not get (dialect facts, sections 0.1 and 3.9). */
describe("refusals towards a Microsoft edge", () => {
  let bed: RoadBed;
  let edge: RawEdge;
  let alice: XmppClient;

  before(async () => {
    bed = await RoadBed.start();
    alice = await bed.signIn("alice");
    alice.send("<presence/>");
    edge = await RawEdge.connect(bed);
  });

  after(() => bed?.end());

  for (const { what, headers, body, warning } of invitations) {
    test(`an invitation to ${what} is 488, with Warning and diagnosis`, async () => {
      const response = await edge.ask("INVITE", `sip:${ALICE}`, { headers, body });
      assert.equal(response.status, 488);
      assert.match(response.first("Warning") ?? "", warning);
      assert.match(response.first("ms-diagnostics-public") ?? "", DIAGNOSIS);
    });
  }

  test("a conference that insists is 420, and names what it insists on", async () => {
    const headers = [SDP, "Require: com.microsoft.rtc-multiparty"];
    const response = await edge.ask("INVITE", `sip:${ALICE}`, { headers, body: CHAT });
    assert.equal(response.status, 420);
    assert.deepEqual(response.values("Unsupported"), ["com.microsoft.rtc-multiparty"]);
  });

  test("a body of INVITE that nobody knows is 415, with what we take (RFC 3261 §21.4.13)", async () => {
    const headers = ["Content-Type: application/x-unheard-of"];
    const response = await edge.ask("INVITE", `sip:${ALICE}`, { headers, body: "x" });
    assert.equal(response.status, 415);
    assert.deepEqual(response.values("Accept"), ["application/sdp"]);
  });

  for (const method of ["REFER", "SERVICE", "NEGOTIATE"]) {
    test(`${method} is 405, with what we allow`, async () => {
      const response = await edge.ask(method, `sip:${ALICE}`);
      assert.equal(response.status, 405);
      assert.ok(response.values("Allow").includes("MESSAGE"));
    });
  }

  const others = [
    { what: "to nobody, by the translator", method: "INVITE", user: "nobody", headers: [SDP], number: 1003 },
    { what: "of an event, by the SIP stack", method: "SUBSCRIBE", user: "alice", headers: ["Event: x"], number: 1027 },
    { what: "of a method, by admission", method: "PUBLISH", user: "alice", headers: ["Event: presence"], number: 1017 },
  ];
  for (const { what, method, user, headers, number } of others) {
    test(`a refusal ${what}, has its diagnosis too`, async () => {
      const body = method === "INVITE" ? CHAT : "";
      const response = await edge.ask(method, `sip:${user}@${LOCAL}`, { headers, body });
      const diagnosis = new RegExp(`^${number};reason="${response.reason}";source="imp1\\.example\\.com"$`);
      assert.match(response.all("ms-diagnostics-public").join(), diagnosis);
    });
  }

  test("within a conversation: other bodies are 415, a call is 488, and the conversation stands", async () => {
    const conversation = await talk();
    const ink = [
      ["application/x-ms-ink", "ink:x"],
      ["image/gif", "GIF89a"],
      ["text/x-vcard", "BEGIN:VCARD"],
    ] as const;
    for (const [type, body] of ink) {
      const response = await conversation("MESSAGE", type, body);
      assert.equal(response.status, 415, type);
      assert.ok(response.values("Accept").includes("text/plain"), type);
    }
    const call = await conversation("INVITE", "application/sdp", `${CHAT}m=audio 5062 RTP/AVP 0\r\n`);
    assert.equal(call.status, 488);
    assert.match(call.first("Warning") ?? "", /^304 .*no calls/);
    assert.equal((await conversation("MESSAGE", "text/plain", "still talking")).status, 200);
    await alice.waitFor(isBody("still talking"));
  });

  /** Opens a conversation with alice; what it returns speaks in it. */
  async function talk() {
    const dialog = { fromTag: "chat", callId: "chat@sip.contoso.example", from: `bob@${FOREIGN}` };
    const accepted = await edge.ask("INVITE", `sip:${ALICE}`, { ...dialog, headers: [SDP], body: CHAT });
    assert.equal(accepted.status, 200);
    const toTag = accepted.to.tag ?? "";
    edge.send("ACK", `sip:${ALICE}`, { ...dialog, toTag });
    let cseq = 1;
    return (method: string, type: string, body: string) => {
      cseq += 1;
      const headers = [`Content-Type: ${type}`];
      return edge.ask(method, `sip:${ALICE}`, { ...dialog, toTag, cseq: `${cseq}`, headers, body });
    };
  }
});

function parts(...bodies: readonly (readonly [string, string])[]): string {
  const each = bodies.map(([type, body]) => `--cut\r\nContent-Type: ${type}\r\n\r\n${body}\r\n`);
  return `${each.join("")}--cut--\r\n`;
}
