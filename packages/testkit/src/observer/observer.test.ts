import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { MessageProblem, parseMessage } from "@interpres/sip";
import { type Deviation, Observer, RULES, type RuleName } from "./observer.ts";
import type { Expectations, ObservingPeer } from "./rule.ts";

/** One message of a conversation: `>` this side sent it, `<` the other side did. */
interface Line {
  readonly way: ">" | "<";
  readonly text: string;
}

/** A conversation in which something was changed, and the rule that must object. */
interface Broken {
  readonly rule: RuleName;
  readonly by?: ObservingPeer;
  /** Names the message that is changed: the first that matches. */
  readonly at: RegExp;
  readonly replace: readonly [RegExp | string, string];
}

const ROUTE = "<sip:sip.contoso.example:5061;transport=tls;opaque=state:T;lr;ms-route-sig=aB-_9>;tag=0A";
const GRUU = "sip:bob@contoso.example;opaque=user:epid:a1De;gruu";
const ALICE = "sip:alice@example.com";
const HER_CONTACT = "sip:alice@imp1.example.com:5061;transport=tls";
const OFFER = (uri: string): string =>
  `v=0\r\no=- 0 0 IN IP4 192.0.2.1\r\ns=session\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=message 5060 sip ${uri}\r\na=accept-types:text/plain text/html\r\n`;
const PIDF = (entity: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:ep="urn:ietf:params:xml:ns:pidf:status:rpid-status" entity="${entity}"><tuple id="0"><status><basic>open</basic><ep:activities><ep:activity>busy</ep:activity></ep:activities></status></tuple></presence>`;

/** Headers of a request of this side, in a dialog it began unless `ours` says it is of the other. */
function ours(method: string, number: number, more: readonly string[], to = `<${ALICE}>`): readonly string[] {
  return [
    `${method} ${to.includes("tag=") ? HER_CONTACT : ALICE} SIP/2.0`,
    `Via: SIP/2.0/TLS sip.contoso.example:5061;branch=z9hG4bKo${method}${number};ms-internal-info="x=="`,
    "Via: SIP/2.0/TLS 192.0.2.56:50202;ms-received-cid=B20",
    `From: "Bob"<sip:bob@contoso.example>;tag=b;epid=451e9252b6`,
    `To: ${to}`,
    `CSeq: ${number} ${method}`,
    ...more,
  ];
}

function theirs(method: string, number: number, more: readonly string[], uri = GRUU): readonly string[] {
  return [
    `${method} ${uri} SIP/2.0`,
    `Via: SIP/2.0/TLS imp1.example.com:5061;branch=z9hG4bKt${method}${number}`,
    `CSeq: ${number} ${method}`,
    ...more,
  ];
}

/** The answer to a request of either side. */
function answer(status: string, request: readonly string[], more: readonly string[] = [], toTag = ""): string[] {
  const echoed = request.filter((line) => /^(Via|From|CSeq|Call-ID):/.test(line));
  const to = request.find((line) => line.startsWith("To:")) ?? "";
  return [`SIP/2.0 ${status}`, ...echoed, `${to}${toTag}`, ...more];
}

function line(way: Line["way"], callId: string, [lines, body = ""]: readonly [readonly string[], string?]): Line {
  const head = [...lines, `Call-ID: ${callId}`, `Content-Length: ${Buffer.byteLength(body)}`];
  return { way, text: `${head.join("\r\n")}\r\n\r\n${body}` };
}

/** Bob watches Alice, she is told of; Alice watches Bob; Bob talks to Alice; Alice talks to Bob. */
function conversation(): readonly Line[] {
  const recorded = `Record-Route: ${ROUTE}`;
  const ourContact = `Contact: <${GRUU}>`;
  const theirContact = `Contact: <${HER_CONTACT}>`;
  const withTag = `<${ALICE}>;tag=a`;
  const toBob = ['To: "Bob"<sip:bob@contoso.example>;tag=b;epid=451e9252b6', `From: <${ALICE}>;tag=a`];
  const subscribe = ours("SUBSCRIBE", 1, ["Event: presence", "Expires: 3600", recorded, ourContact]);
  const notify = theirs("NOTIFY", 1, [
    ...toBob,
    `Route: ${ROUTE}`,
    theirContact,
    "Event: presence",
    "Subscription-State: active;expires=3600",
    "Content-Type: application/pidf+xml",
  ]);
  const watch = theirs(
    "SUBSCRIBE",
    1,
    [
      `From: <${ALICE}>;tag=w`,
      "To: <sip:carol@contoso.example>",
      theirContact,
      "Event: presence",
      "Accept: application/pidf+xml",
    ],
    "sip:carol@contoso.example",
  );
  const invite = ours("INVITE", 1, [recorded, ourContact, "Content-Type: application/sdp"]);
  const text = ours("MESSAGE", 2, ["Content-Type: text/plain"], withTag);
  const reply = theirs("MESSAGE", 1, [...toBob, `Route: ${ROUTE}`, "Content-Type: text/plain;charset=UTF-8"]);
  const typing = theirs("INFO", 2, [...toBob, `Route: ${ROUTE}`, "Content-Type: application/xml"]);
  const offered = theirs(
    "INVITE",
    1,
    [`From: <${ALICE}>;tag=s`, "To: <sip:dan@contoso.example>", theirContact, "Content-Type: application/sdp"],
    "sip:dan@contoso.example",
  );
  const inSession = [`From: <${ALICE}>;tag=s`, "To: <sip:dan@contoso.example>;tag=d", `Route: ${ROUTE}`];
  const later = theirs(
    "MESSAGE",
    2,
    [...inSession, "Content-Type: text/plain;charset=UTF-8"],
    "sip:dan@contoso.example;gruu",
  );
  const contact = "Contact: <sip:dan@contoso.example;gruu>";
  const sdp = "Content-Type: application/sdp";
  return [
    line(">", "1", [subscribe]),
    line("<", "1", [answer("200 OK", subscribe, [recorded, theirContact, "Expires: 3600"], ";tag=a")]),
    line("<", "1", [notify, PIDF(ALICE)]),
    line(">", "1", [answer("200 OK", notify)]),
    line("<", "2", [watch]),
    line(">", "2", [answer("200 OK", watch, [recorded, "Contact: <sip:carol@contoso.example;gruu>"], ";tag=c")]),
    line(">", "3", [invite, OFFER("null")]),
    line("<", "3", [answer("200 OK", invite, [recorded, theirContact, sdp], ";tag=a"), OFFER(ALICE)]),
    line(">", "3", [ours("ACK", 1, [], withTag)]),
    line(">", "3", [text, "Hello"]),
    line("<", "3", [answer("200 OK", text)]),
    line("<", "3", [reply, "Hi"]),
    line(">", "3", [answer("200 OK", reply)]),
    line("<", "3", [typing, `<KeyboardActivity><status status="type"/></KeyboardActivity>`]),
    line(">", "3", [answer("200 OK", typing)]),
    line("<", "4", [offered, OFFER("null")]),
    line(">", "4", [answer("200 OK", offered, [recorded, contact, sdp], ";tag=d"), OFFER("sip:dan@contoso.example")]),
    line("<", "4", [theirs("ACK", 1, inSession, "sip:dan@contoso.example;gruu")]),
    line("<", "4", [later, "Hello Dan"]),
    line(">", "4", [answer("200 OK", later)]),
  ];
}

const broken: readonly Broken[] = [
  { rule: "via-altered", at: /^SIP.*200.*CSeq: 2 MESSAGE/s, replace: [";ms-received-cid=B20", ""] },
  { rule: "from-to-altered", at: /^SIP.*CSeq: 2 MESSAGE/s, replace: [";epid=451e9252b6", ""] },
  { rule: "record-route-altered", at: /^SIP.*CSeq: 1 INVITE.*tag=a/s, replace: [">;tag=0A", ">"] },
  { rule: "tag-echoed", at: /^SIP.*CSeq: 1 SUBSCRIBE/s, replace: ["Expires:", "Supported: ms-benotify\r\nExpires:"] },
  { rule: "keep-alive-answered", at: /^SIP.*CSeq: 1 INVITE/s, replace: ["Contact:", "ms-keep-alive: UAS\r\nContact:"] },
  { rule: "contact-transport", at: /^SIP.*CSeq: 1 INVITE/s, replace: [/(Contact: .*);transport=tls/, "$1"] },
  {
    rule: "contact-transport",
    at: /^INVITE sip:dan/,
    replace: ["imp1.example.com:5061;transport", "192.0.2.9:5061;transport"],
  },
  {
    rule: "contact-name",
    by: "clearing-house",
    at: /^NOTIFY/,
    replace: ["alice@imp1.example.com", "alice@imp2.example.com"],
  },
  { rule: "answered-twice", at: /^SIP.*CSeq: 2 MESSAGE/s, replace: [/^.*$/s, "$&$&"] },
  { rule: "benotify-answered", at: /^SIP.*CSeq: 2 MESSAGE/s, replace: ["2 MESSAGE", "2 BENOTIFY"] },
  { rule: "expires-granted", at: /^SIP.*CSeq: 1 SUBSCRIBE/s, replace: ["Expires: 3600", "Expires: 7200"] },
  { rule: "expires-granted", at: /^SIP.*CSeq: 1 SUBSCRIBE/s, replace: ["Expires: 3600\r\n", ""] },
  { rule: "refusal-unexplained", at: /^SIP.*CSeq: 2 MESSAGE/s, replace: ["200 OK", "415 Unsupported Media Type"] },
  { rule: "session-answer", at: /^SIP.*CSeq: 1 INVITE/s, replace: ["5060 sip sip:alice", "5060 sip sip:other"] },
  {
    rule: "session-answer",
    at: /^SIP.*CSeq: 1 INVITE/s,
    replace: ["accept-types:text/plain text/html", "accept-types:text/xhtml text/html"],
  },
  { rule: "request-via", at: /^NOTIFY/, replace: ["branch=z9hG4bK", "branch=abcdefg"] },
  { rule: "request-via", at: /^NOTIFY/, replace: ["TLS imp1.example.com", "TLS 192.0.2.9"] },
  { rule: "certificate-name", by: "clearing-house", at: /^NOTIFY/, replace: [/^/, "\r\n\r\n"] },
  { rule: "certificate-usages", at: /^NOTIFY/, replace: [/^/, "\r\n"] },
  {
    rule: "from-domain",
    by: "clearing-house",
    at: /^SUBSCRIBE sip:carol/,
    replace: ["<sip:alice@example.com>", "<sip:alice@fabrikam.example>"],
  },
  { rule: "route-altered", at: /^MESSAGE sip:bob/, replace: ["state:T;lr", "state:T;LR"] },
  { rule: "route-altered", at: /^MESSAGE sip:dan/, replace: [/Route: .*\r\n/, ""] },
  { rule: "target-altered", at: /^NOTIFY/, replace: [";opaque=user:epid:a1De;gruu SIP", ";gruu SIP"] },
  { rule: "epid-lost", at: /^NOTIFY/, replace: [";tag=b;epid=451e9252b6", ";tag=b"] },
  { rule: "sequence-number", at: /^INFO/, replace: ["CSeq: 2", "CSeq: 1"] },
  { rule: "benotify", at: /^NOTIFY/, replace: [/NOTIFY/g, "BENOTIFY"] },
  { rule: "extension-required", at: /^INVITE sip:dan/, replace: ["Contact:", "Require: 100rel\r\nContact:"] },
  {
    rule: "accept-other",
    at: /^SUBSCRIBE sip:carol/,
    replace: ["application/pidf+xml", "application/pidf+xml, text/xml+msrtc.pidf"],
  },
  { rule: "event-package", at: /^NOTIFY/, replace: ["Event: presence", "Event: presence.winfo"] },
  { rule: "subscription-state", at: /^NOTIFY/, replace: [/Subscription-State: .*\r\n/, ""] },
  { rule: "document-type", at: /^NOTIFY/, replace: ["application/pidf+xml", "application/xpidf+xml"] },
  { rule: "document-flavour", at: /^NOTIFY/, replace: [/<\?xml.*\?>/, ""] },
  { rule: "document-flavour", at: /^NOTIFY/, replace: [/<tuple.*tuple>/, "$&$&"] },
  { rule: "document-flavour", at: /^NOTIFY/, replace: [">open<", ">closed<"] },
  { rule: "document-flavour", at: /^NOTIFY/, replace: [">busy<", ">steering<"] },
  { rule: "document-flavour", at: /^NOTIFY/, replace: [`entity="sip:`, `entity="`] },
  { rule: "document-flavour", at: /^NOTIFY/, replace: ["</presence>", "<note>busy</note></presence>"] },
  { rule: "session-offer", at: /^INVITE sip:dan/, replace: ["5060 sip null", "5060 sip sip:alice@example.com"] },
  { rule: "page-mode", at: /^MESSAGE sip:dan/, replace: [";tag=d", ""] },
  { rule: "message-type", at: /^MESSAGE sip:bob/, replace: ["text/plain;", "text/rtf;"] },
  { rule: "message-type", at: /^MESSAGE sip:bob/, replace: ["UTF-8", "iso-8859-1"] },
  { rule: "unconfirmed-session", at: /^ACK sip:dan/, replace: [/ACK/g, "CANCEL"] },
  { rule: "overlapping", at: /^SIP.*TLS imp1.*CSeq: 1 MESSAGE/s, replace: ["200 OK", "100 Trying"] },
  { rule: "idle-behind-text", at: /^INFO/, replace: [`status="type"`, `status="idle"`] },
  {
    rule: "dead-session",
    at: /^SIP.*TLS imp1.*CSeq: 1 MESSAGE/s,
    replace: ["200 OK", "481 Call Leg/Transaction Does Not Exist"],
  },
];

describe("observer", () => {
  for (const peer of ["edge", "clearing-house"] as const)
    test(`a correct conversation has nothing that a strict ${peer} objects to`, () => {
      assert.deepEqual(observed(conversation(), peer), []);
    });

  for (const { rule, by = "edge", at, replace } of broken)
    test(`${rule}: objects where ${at} has ${replace[0]} made ${JSON.stringify(replace[1])}`, () => {
      const all = conversation();
      const index = all.findIndex(({ text }) => at.test(text));
      assert.ok(index >= 0, `no message is like ${at}`);
      const found = observed(changed(all, index, replace), by);
      assert.deepEqual([...new Set(found.map((each) => each.rule))], [rule], JSON.stringify(found));
    });

  test("each rule has a counterpart here that breaks it", () => {
    assert.deepEqual([...new Set(broken.map(({ rule }) => rule))].sort(), Object.keys(RULES).sort());
  });

  test("the second dialog of a fork counts its requests for itself", () => {
    const contact = "Contact: <sip:dan@contoso.example;gruu>";
    const target = "sip:dan@contoso.example;gruu";
    const invite = theirs("INVITE", 1, [`From: <${ALICE}>;tag=s`, "To: <sip:dan@contoso.example>"], target);
    const bye = (tag: string): readonly string[] =>
      theirs("BYE", 2, [`From: <${ALICE}>;tag=s`, `To: <sip:dan@contoso.example>;tag=${tag}`], target);
    const forked = [
      line("<", "9", [invite]),
      line(">", "9", [answer("200 OK", invite, [contact], ";tag=d1")]),
      line(">", "9", [answer("200 OK", invite, [contact], ";tag=d2")]),
      line("<", "9", [bye("d1")]),
      line("<", "9", [bye("d2").map((each) => each.replace("z9hG4bKt", "z9hG4bKu"))]),
      line("<", "9", [bye("d2").map((each) => each.replace("z9hG4bKt", "z9hG4bKv"))]),
    ];
    const found = observed(forked, "edge").filter(({ rule }) => rule === "sequence-number");
    assert.deepEqual(
      found.map(({ detail }) => detail),
      ["BYE has the number 2 after 2"],
    );
  });

  test("a rule that is allowed does not object", () => {
    const all = conversation();
    const index = all.findIndex(({ text }) => text.startsWith("MESSAGE sip:dan"));
    const paged = changed(all, index, [";tag=d", ""]);
    assert.deepEqual(observed(paged, "edge", new Set(["page-mode"])), []);
  });
});

/** Changes one message, and what its length says of the body. */
function changed(all: readonly Line[], index: number, [from, to]: Broken["replace"]): readonly Line[] {
  return all.map((each, at) => {
    if (at !== index) return each;
    const text = each.text.replace(from, to);
    const body = text.slice(text.indexOf("\r\n\r\n", 5) + 4);
    const isRepeated = to === "$&$&" && String(from).startsWith("/^");
    return {
      ...each,
      text: isRepeated ? text : text.replace(/Content-Length: \d+/, `Content-Length: ${Buffer.byteLength(body)}`),
    };
  });
}

/** The clearing house's customer is registered; behind two line ends a message comes under a stranger's certificate, behind one under one for servers only. */
function observed(all: readonly Line[], peer: ObservingPeer, allowed = new Set<string>()): readonly Deviation[] {
  const expected: Expectations = { fqdn: "imp1.example.com", domains: ["example.com"] };
  const observer = new Observer({ peer, allowed, ...(peer === "edge" ? {} : { expected: () => expected }) });
  return all.flatMap(({ way, text }, index) =>
    parts(text).flatMap((part) => {
      const message = parseMessage(Buffer.from(part), "stream");
      assert.ok(!(message instanceof MessageProblem), `${JSON.stringify(message)}\n${part}`);
      const certificateName = part.startsWith("\r\n\r\n") ? "sip.fabrikam.example" : "imp1.example.com";
      const isServerOnly = /^\r\n[A-Z]/.test(part);
      const certificateUsages = isServerOnly ? (["server"] as const) : (["server", "client"] as const);
      const link = { isOpen: true, certificateName, certificateUsages };
      return observer.observe({ direction: way === ">" ? "sent" : "received", at: index, message, link });
    }),
  );
}

/** Two answers without bodies that stand behind each other. */
function parts(text: string): readonly string[] {
  const second = text.indexOf("SIP/2.0 ", text.indexOf("\r\n\r\n"));
  return text.startsWith("SIP/2.0") && second > 0 ? [text.slice(0, second), text.slice(second)] : [text];
}
