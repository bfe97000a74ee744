import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PeerRequest } from "./stage.ts";
import { Stage } from "./stage.ts";

interface Row {
  readonly rule: string;
  readonly request: PeerRequest;
  readonly status: number;
  /** A header of the answer and its value. */
  readonly header?: readonly [string, string];
}

const allow = "INVITE, ACK, CANCEL, BYE, MESSAGE, INFO, OPTIONS, SUBSCRIBE, NOTIFY, UPDATE";
const sdp = "v=0\r\n";

const rows: readonly Row[] = [
  { rule: "§8.2.1 a method that is not ours", request: { method: "REGISTER" }, status: 405, header: ["Allow", allow] },
  { rule: "§8.2.1 REFER is not ours", request: { method: "REFER" }, status: 405, header: ["Allow", allow] },
  { rule: "§8.2.1 SERVICE is not ours", request: { method: "SERVICE" }, status: 405, header: ["Allow", allow] },
  { rule: "§8.2.1 NEGOTIATE is not ours", request: { method: "NEGOTIATE" }, status: 405, header: ["Allow", allow] },
  { rule: "§8.2.1 PUBLISH is not ours", request: { method: "PUBLISH" }, status: 405, header: ["Allow", allow] },
  { rule: "§8.2.1 a method nobody knows", request: { method: "FROB" }, status: 501, header: ["Allow", allow] },
  { rule: "§8.2.1 methods are case-sensitive", request: { method: "options" }, status: 501 },
  { rule: "§8.2.2.1 a foreign scheme", request: { method: "OPTIONS", requestUri: "tel:+4930" }, status: 416 },
  {
    rule: "§8.2.2.3 an extension we lack",
    request: {
      method: "INVITE",
      headers: [
        ["Require", "timer, 100rel"],
        ["Require", "gruu"],
      ],
    },
    status: 420,
    header: ["Unsupported", "100rel, gruu"],
  },
  {
    rule: "§8.2.2.3 Proxy-Require is not for us",
    request: { method: "OPTIONS", headers: [["Proxy-Require", "ms-benotify"]] },
    status: 200,
  },
  {
    rule: "§8.2.2.3 the method comes before Require",
    request: { method: "PUBLISH", headers: [["Require", "nonsense"]] },
    status: 405,
  },
  {
    rule: "§8.2.3 a content coding we lack",
    request: {
      method: "MESSAGE",
      headers: [
        ["Content-Encoding", "gzip"],
        ["Content-Type", "text/plain"],
      ],
      body: "x",
    },
    status: 415,
    header: ["Accept-Encoding", "identity"],
  },
  {
    rule: "§8.2.3 an optional body may be what it likes",
    request: {
      method: "MESSAGE",
      headers: [
        ["Content-Encoding", "gzip"],
        ["Content-Disposition", "x;handling=optional"],
        ["Content-Type", "a/b"],
      ],
      body: "x",
    },
    status: 200,
  },
  {
    rule: "§8.2.3 INVITE with a body that is no offer",
    request: { method: "INVITE", headers: [["Content-Type", "application/unknown"]], body: "x" },
    status: 415,
    header: ["Accept", "application/sdp"],
  },
  {
    rule: "§21.4.7 INVITE whose Accept leaves us no answer",
    request: { method: "INVITE", headers: [["Accept", "text/x"]] },
    status: 406,
  },
  {
    rule: "§8.1.1.8 INVITE with two Contacts",
    request: { method: "INVITE", headers: [["Contact", "<sip:a@b.example>, <sip:c@d.example>"]] },
    status: 400,
  },
  {
    rule: "§8.1.1.8 SUBSCRIBE with Contact *",
    request: {
      method: "SUBSCRIBE",
      headers: [
        ["Contact", "*"],
        ["Event", "presence"],
      ],
    },
    status: 400,
  },
  {
    rule: "§8.1.1.8 INVITE with one Contact goes on to the user",
    request: { method: "INVITE", headers: [["Content-Type", "application/sdp"]], body: sdp },
    status: 486,
  },
  { rule: "§12.2.2 BYE of no dialog", request: { method: "BYE", to: "<sip:bob@example.com>;tag=gone" }, status: 481 },
  {
    rule: "§12.2.2 INVITE of no dialog",
    request: { method: "INVITE", to: "<sip:bob@example.com>;tag=gone" },
    status: 481,
  },
  {
    rule: "§12.2.2 MESSAGE of no dialog",
    request: { method: "MESSAGE", to: "<sip:bob@example.com>;tag=gone" },
    status: 481,
  },
  { rule: "§15.1.2 BYE outside a dialog", request: { method: "BYE" }, status: 481 },
  {
    rule: "RFC 6665 §4.1.3 NOTIFY nobody asked for",
    request: {
      method: "NOTIFY",
      headers: [
        ["Event", "presence"],
        ["Subscription-State", "active"],
      ],
    },
    status: 481,
  },
  { rule: "§11.2 OPTIONS", request: { method: "OPTIONS" }, status: 200, header: ["Allow", allow] },
  { rule: "§11.2 OPTIONS: Supported", request: { method: "OPTIONS" }, status: 200, header: ["Supported", "timer"] },
  {
    rule: "§11.2 OPTIONS: Accept",
    request: { method: "OPTIONS" },
    status: 200,
    header: ["Accept", "application/sdp, text/plain, application/pidf+xml"],
  },
  {
    rule: "RFC 6665 §4.4.4 OPTIONS: Allow-Events",
    request: { method: "OPTIONS" },
    status: 200,
    header: ["Allow-Events", "presence"],
  },
];

describe("requests outside dialogs (RFC 3261 §8.2, §11, §12.2.2)", () => {
  for (const { rule, request, status, header } of rows) {
    test(rule, () => {
      const stage = answering();
      stage.request(request);
      assert.deepEqual(stage.transport.statuses(), [status]);
      if (header !== undefined) assert.equal(stage.transport.lastResponse().first(header[0]), header[1]);
    });
  }

  test("§8.2.6.2 every answer but 100 has a To tag", () => {
    const stage = answering();
    for (const { request } of rows) stage.request(request);
    for (const response of stage.transport.responses) assert.notEqual(response.to.tag, undefined);
  });

  test("§8.2.3 an invitation of a kind that its user knows is the user's to refuse", () => {
    const stage = new Stage({ settings: { invitationTypes: ["application/invitation"] } });
    stage.core.sessions.onInvite((incoming) => incoming.refuse(488));
    stage.request({ method: "INVITE", headers: [["Content-Type", "application/invitation"]], body: "x" });
    stage.request({ method: "INVITE", headers: [["Content-Type", "application/unknown"]], body: "x" });
    assert.deepEqual(stage.transport.statuses(), [488, 415]);
  });

  const spent = [
    { method: "MESSAGE", status: 483 },
    { method: "SUBSCRIBE", status: 483 },
    { method: "INVITE", status: 483 },
    { method: "OPTIONS", status: 200 },
  ];
  for (const { method, status } of spent) {
    test(`§8.1.1.6 Max-Forwards 0: ${method} is answered ${status}`, () => {
      const stage = answering();
      const request = { method, headers: [["Event", "presence"]] } as const;
      const whole = new Stage().request(request).with({ replace: [["Max-Forwards", "0"]] });
      stage.transport.receive(whole);
      assert.deepEqual(stage.transport.statuses(), [status]);
    });
  }

  const malformed = [
    { rule: "a header missing", remove: ["CSeq"], replace: [] },
    { rule: "a CSeq of another method", remove: [], replace: [["CSeq", "1 INVITE"] as const] },
  ];
  for (const { rule, remove, replace } of malformed) {
    test(`§8.1.1 ${rule} is answered 400 without state`, () => {
      const stage = answering();
      stage.transport.receive(new Stage().request({ method: "OPTIONS" }).with({ remove, replace }));
      assert.deepEqual(stage.transport.statuses(), [400]);
      assert.equal(stage.transactions.size.servers, 0);
    });
  }

  test("§7.1 another SIP version is answered 505", () => {
    const stage = answering();
    const text =
      "OPTIONS sip:bob@example.com SIP/7.0\r\nVia: SIP/7.0/TLS x;branch=z9hG4bKa\r\nFrom: <sip:a@b.example>;tag=1\r\n" +
      "To: <sip:bob@example.com>\r\nCall-ID: a\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n";
    stage.transport.inject(Buffer.from(text));
    assert.deepEqual(stage.transport.statuses(), [505]);
  });
});

function answering(): Stage {
  const stage = new Stage();
  stage.core.onPageMessage((_request, answer) => answer(200));
  stage.core.sessions.onInvite((incoming) => incoming.refuse(486));
  return stage;
}
