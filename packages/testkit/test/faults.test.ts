import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { SipResponse } from "@interpres/sip";
import { FAULTS, type FaultName } from "../src/index.ts";
import { ALICE, Counterpart, DOMAIN } from "./counterpart.ts";

const PRESENCE = ["Event: presence", "Accept: application/pidf+xml"];
const SDP = "v=0\r\nm=message 5060 sip null\r\na=accept-types:text/plain\r\n";
const OFFER = { headers: ["Content-Type: application/sdp"], body: SDP };

/** What each fault does on the wire, seen from the other side. */
const shows: Readonly<Record<FaultName, (at: Counterpart) => Promise<void>>> = {
  certificate: async (at) => {
    const names: string[] = [];
    for (const kind of ["wrong-name", "no-client-usage", "no-common-name", "no-alternative-name"]) {
      at.edge.faults.set(`certificate=${kind}`);
      await gone(at);
      names.push((await at.link()).certificateName, ...(await at.link()).certificateUsages);
    }
    assert.deepEqual(names, [
      ...[`other.sip.${DOMAIN}`, "server", "client"],
      ...[`sip.${DOMAIN}`, "server"],
      ...["", "server", "client"],
      ...[`sip.${DOMAIN}`, "server", "client"],
    ]);
    for (const kind of ["expired", "untrusted", "no-server-usage"]) {
      at.edge.faults.set(`certificate=${kind}`);
      await gone(at);
      await assert.rejects(at.link());
    }
    at.edge.faults.set("certificate=none");
    await assert.rejects(at.edge.watch("bob", ALICE));
    at.edge.faults.clear("certificate");
    assert.equal((await at.edge.watch("bob", ALICE)).status, 200);
  },
  connections: async (at) => {
    at.edge.faults.set("connections=3");
    for (let count = 0; count < 6; count += 1) await at.edge.watch(`user${count}`, ALICE);
    assert.equal(new Set(at.arrivals.map(({ link }) => link)).size, 3);
  },
  "their-connection": async (at) => {
    at.edge.faults.set("their-connection");
    await at.ask("SUBSCRIBE", { headers: PRESENCE });
    await arrived(at, "NOTIFY");
    assert.equal(at.arrivals.at(-1)?.link.direction, "outbound");
    at.edge.faults.clear("their-connection");
    await at.ask("SUBSCRIBE", { headers: PRESENCE });
    await arrived(at, "NOTIFY", 2);
    assert.equal(at.arrivals.at(-1)?.link.direction, "inbound");
  },
  routes: async (at) => {
    at.edge.faults.set("routes=2");
    assert.equal((await at.ask("SUBSCRIBE", { headers: PRESENCE })).values("Record-Route").length, 2);
    at.edge.faults.set("routes=0");
    assert.equal((await at.ask("SUBSCRIBE", { headers: PRESENCE })).values("Record-Route").length, 0);
  },
  "header-case": async (at) => {
    const raw: string[] = [];
    for (const style of ["upper", "lower", "compact"]) {
      at.edge.faults.set(`header-case=${style}`);
      raw.push((await at.ask("OPTIONS")).headers.text);
    }
    assert.match(raw[0] ?? "", /\r\nCALL-ID: /);
    assert.match(raw[1] ?? "", /\r\ncontent-length: 0/);
    assert.match(raw[2] ?? "", /\r\nv: .*\r\nf: .*\r\nt: .*\r\ni: .*\r\n.*\r\nl: 0|\r\ni: /s);
  },
  "leading-crlf": async (at) => {
    at.edge.faults.set("leading-crlf");
    assert.match((await octets(at, "leading-crlf")).slice(0, 12), /^\r\n\r\nSIP\/2/);
  },
  pieces: async (at) => {
    at.edge.faults.set("pieces=7");
    assert.equal((await octets(at, "pieces")).length, 7);
    assert.equal((await at.ask("OPTIONS")).status, 200);
  },
  client: async (at) => {
    for (const client of ["lcs-2005", "batched", "no-accept"]) {
      at.edge.faults.set(`client=${client}`);
      await at.edge.watch(client, ALICE);
    }
    const [old, batched, silent] = at.requestsOf("SUBSCRIBE");
    assert.match(old?.first("Accept") ?? "", /^application\/xpidf\+xml/);
    assert.deepEqual(batched?.values("Require"), ["adhoclist", "categoryList"]);
    assert.equal(silent?.first("Accept"), undefined);
  },
  refresh: async (at) => {
    at.edge.faults.set("refresh=600");
    await at.edge.watch("bob", ALICE);
    at.clock.advance(600_000);
    await arrived(at, "SUBSCRIBE", 2);
    const [first, second] = at.requestsOf("SUBSCRIBE");
    assert.deepEqual([second?.callId, second?.to.tag], [first?.callId, "node"]);
  },
  grant: async (at) => {
    at.edge.faults.set("grant=700");
    assert.equal((await at.ask("SUBSCRIBE", { headers: PRESENCE })).expires, 700);
  },
  document: async (at) => {
    const types = {
      categories: /event-categories/,
      "msrtc-pidf": /msrtc\.pidf/,
      xpidf: /xpidf/,
      "utf-16": /pidf\+xml/,
    };
    for (const [kind, type] of Object.entries(types)) {
      at.edge.faults.set(`document=${kind}`);
      await at.ask("SUBSCRIBE", { headers: PRESENCE });
      await arrived(at, "NOTIFY", at.requestsOf("NOTIFY").length + 1);
      assert.match(at.requestsOf("NOTIFY").at(-1)?.first("Content-Type") ?? "", type);
    }
    at.edge.faults.set("document=none");
    const before = at.requestsOf("NOTIFY").length;
    await at.ask("SUBSCRIBE", { headers: PRESENCE });
    await arrived(at, "NOTIFY", before + 1);
    assert.equal(at.requestsOf("NOTIFY").at(-1)?.body.length, 0);
  },
  "notify-first": async (at) => {
    at.edge.faults.set("notify-first");
    await at.ask("SUBSCRIBE", { headers: PRESENCE });
    // It came on the same connection before the answer did.
    assert.equal(at.requestsOf("NOTIFY").length, 1);
  },
  block: async (at) => {
    await at.edge.setState("bob", "available");
    at.edge.faults.set("block");
    await at.ask("SUBSCRIBE", { headers: PRESENCE });
    await arrived(at, "NOTIFY");
    assert.match(Buffer.from(at.requestsOf("NOTIFY")[0]?.body ?? "").toString(), /<basic>closed</);
    assert.equal((await at.ask("INVITE", OFFER)).status, 480);
  },
  delay: async (at) => {
    at.edge.faults.set("delay=INVITE:10");
    const seen: number[] = [];
    const answer = at.ask("INVITE", { ...OFFER, branch: "z9hG4bKlate" }, ({ status }) => seen.push(status));
    await eventually(() => assert.deepEqual(seen, [180]));
    at.clock.advance(10_000);
    assert.equal((await answer).status, 200);
    const cancelled = at.ask("INVITE", { ...OFFER, branch: "z9hG4bKgone" });
    await at.ask("OPTIONS");
    assert.equal((await at.ask("CANCEL", { branch: "z9hG4bKgone-not" })).status, 481);
    const link = await at.link();
    link.write(cancelOf("z9hG4bKgone"));
    assert.equal((await cancelled).status, 487);
  },
  answer: async (at) => {
    at.edge.faults.set("answer=INVITE:606");
    assert.match((await at.ask("INVITE", OFFER)).first("Warning") ?? "", /^309 /);
    at.edge.faults.set("answer=INVITE:504");
    assert.match((await at.ask("INVITE", OFFER)).first("ms-diagnostics-public") ?? "", /^1034;reason=/);
    at.edge.faults.set("answer=MESSAGE:202");
    assert.equal((await at.ask("MESSAGE", { headers: ["Content-Type: text/plain"], body: "x" })).status, 202);
  },
  silent: async (at) => {
    at.edge.faults.set("silent=INVITE");
    let isAnswered = false;
    const never = at.ask("INVITE", OFFER, () => {
      isAnswered = true;
    });
    never.catch(() => undefined);
    assert.equal((await at.ask("OPTIONS")).status, 200);
    assert.equal(isAnswered, false);
  },
  fork: async (at) => {
    at.edge.faults.set("fork=late");
    const heard: SipResponse[] = [];
    const first = await at.ask("INVITE", OFFER, (response) => heard.push(response));
    const tags = () => new Set([...heard, ...at.strays].map(({ to }) => to.tag));
    const accepted = () => [...heard, ...at.strays].filter(({ status }) => status === 200);
    await eventually(() => assert.equal(accepted().length, 2));
    assert.equal(tags().size, 2);
    const late = accepted().find(({ to }) => to.tag !== first.to.tag);
    const bye = { to: late?.to.text ?? "", callId: first.callId, cseq: 2, route: first.values("Record-Route") };
    assert.equal((await at.ask("MESSAGE", bye)).status, 481);
    assert.equal((await at.ask("BYE", bye)).status, 200);
  },
  glare: async (at) => {
    at.edge.faults.set("glare");
    assert.equal((await at.ask("INVITE", OFFER)).status, 200);
    await arrived(at, "INVITE");
    assert.equal(at.requestsOf("INVITE")[0]?.to.uri, `sip:${ALICE}`);
    at.statusOf.set("INVITE", "486 Busy Here");
    assert.equal((await at.ask("INVITE", OFFER)).status, 200);
    await arrived(at, "INVITE", 2);
    assert.equal((await at.ask("OPTIONS")).status, 200);
  },
  media: async (at) => {
    at.edge.faults.set("media=x-ms-message");
    assert.match(Buffer.from((await at.ask("INVITE", OFFER)).body).toString(), /^m=x-ms-message 5060 sip sip:bob@/m);
  },
  "session-timer": async (at) => {
    at.edge.faults.set("session-timer=1800");
    await at.edge.say("bob", ALICE, "Hi");
    assert.equal(at.requestsOf("INVITE")[0]?.first("Session-Expires"), "1800;refresher=uac");
  },
  text: async (at) => {
    const types: (string | undefined)[] = [];
    for (const format of ["html", "rtf", "multipart", "related", "msgr", "iscomposing"]) {
      at.edge.faults.set(`text=${format}`);
      await at.edge.say("bob", ALICE, "Hi");
      types.push(at.requestsOf("MESSAGE").at(-1)?.contentType?.type);
    }
    assert.deepEqual(types, [
      "text/html",
      "text/rtf",
      "multipart/alternative",
      "multipart/related",
      "text/plain",
      "application/im-iscomposing+xml",
    ]);
  },
  idle: async (at) => {
    at.edge.faults.set("idle=600");
    await at.edge.say("bob", ALICE, "Hi");
    at.clock.advance(599_000);
    await at.edge.say("bob", ALICE, "still there?");
    at.clock.advance(599_000);
    await at.ask("OPTIONS");
    assert.equal(at.requestsOf("BYE").length, 0);
    at.clock.advance(1000);
    await arrived(at, "BYE");
  },
  drop: async (at) => {
    at.edge.faults.set("drop=SUBSCRIBE");
    await assert.rejects(at.ask("SUBSCRIBE", { headers: PRESENCE }), /closed the connection/);
    assert.equal((await at.ask("OPTIONS")).status, 200);
  },
};

describe("faults of a simulated edge, seen from the other side", { timeout: 60_000 }, () => {
  let at: Counterpart;

  before(async () => {
    at = await Counterpart.start();
  });
  beforeEach(async () => {
    await at.close();
    at = await Counterpart.start();
  });
  after(() => at.close());

  for (const [name, show] of Object.entries(shows))
    test(`${name}: ${FAULTS[name as FaultName].does}`, async () => {
      await show(at);
    });

  test("a Route that was changed is 403 with diagnostics, and told", async () => {
    const answer = await at.ask("SUBSCRIBE", { headers: PRESENCE });
    const route = answer.values("Record-Route").map((value) => value.replace(";lr", ";LR"));
    const within = { headers: PRESENCE, to: answer.to.text, callId: answer.callId, cseq: 2 };
    const refused = await at.ask("SUBSCRIBE", { ...within, route });
    assert.equal(refused.status, 403);
    assert.match(refused.first("ms-diagnostics-public") ?? "", /source="sip\.contoso\.example"/);
    assert.ok(at.edge.deviations.includes("SUBSCRIBE came with an altered Route"));
  });

  test("a NOTIFY without a final response is told", async () => {
    const impatient = await Counterpart.start({ waitMs: 50 });
    try {
      impatient.silent.add("NOTIFY");
      await impatient.ask("SUBSCRIBE", { headers: PRESENCE });
      await eventually(() =>
        assert.match(impatient.edge.deviations.join(), /^no final response to NOTIFY .* in 50 ms$/),
      );
    } finally {
      await impatient.close();
    }
  });

  test("what is no SIP is told", async () => {
    (await at.link()).write("Good morning\r\n\r\n");
    await eventually(() => assert.equal(at.edge.deviations.length, 1));
  });

  test("after a crash it knows no dialog", async () => {
    const answer = await at.ask("SUBSCRIBE", { headers: PRESENCE });
    at.edge.crash();
    await gone(at);
    const within = { to: answer.to.text, callId: answer.callId, cseq: 2, route: answer.values("Record-Route") };
    assert.equal((await at.ask("SUBSCRIBE", { headers: PRESENCE, ...within })).status, 481);
  });

  test("a discovered partner is throttled: the request number 21 of a second is 503 with Retry-After", async () => {
    const throttled = await Counterpart.start({ partner: "discovered" });
    try {
      for (let count = 0; count < 20; count += 1) assert.equal((await throttled.ask("OPTIONS")).status, 200);
      const refused = await throttled.ask("OPTIONS");
      assert.deepEqual([refused.status, refused.first("Retry-After")], [503, "1"]);
      assert.deepEqual(throttled.edge.deviations, ["OPTIONS is 1 too many within a second"]);
      throttled.clock.advance(1001);
      assert.equal((await throttled.ask("OPTIONS")).status, 200);
    } finally {
      await throttled.close();
    }
  });

  test("typing goes on every five seconds until something is said", async () => {
    await at.edge.say("bob", ALICE, "Well …");
    await at.edge.keepTyping("bob", ALICE);
    at.clock.advance(5000);
    await arrived(at, "INFO", 2);
    at.clock.advance(5000);
    await arrived(at, "INFO", 3);
    await at.edge.say("bob", ALICE, "… no.");
    at.clock.advance(20_000);
    await at.ask("OPTIONS");
    assert.equal(at.requestsOf("INFO").length, 3);
  });

  test("a first text that the 200 to INVITE acknowledges is not repeated, another is", async () => {
    at.headersOf.set("INVITE", ["Supported: ms-text-format"]);
    await at.edge.say("bob", ALICE, "Hi");
    assert.equal(at.requestsOf("MESSAGE").length, 0);
    at.headersOf.clear();
    await at.edge.say("bill", ALICE, "Hi");
    assert.equal(at.requestsOf("MESSAGE").length, 1);
    assert.deepEqual(at.edge.deviations.filter((each) => each.includes("ms-text-format")).length, 1);
  });

  test("a 200 without ACK, and the late one of a fork without BYE, are owed", async () => {
    at.edge.faults.set("fork=late");
    await at.ask("INVITE", OFFER);
    assert.deepEqual([...at.edge.unfinished], ["not-acknowledged", "late-answer-kept"]);
  });

  test("a session that was told to be dead is owed a BYE", async () => {
    const answer = await at.ask("INVITE", OFFER);
    const within = { to: answer.to.text, callId: answer.callId, route: answer.values("Record-Route") };
    (await at.link()).write(ackOf(answer));
    at.edge.faults.set("answer=MESSAGE:481");
    await at.ask("MESSAGE", { ...within, cseq: 2, headers: ["Content-Type: text/plain"], body: "x" });
    assert.deepEqual([...at.edge.unfinished], ["dead-session-kept"]);
    await at.ask("BYE", { ...within, cseq: 3 });
    assert.deepEqual([...at.edge.unfinished], []);
  });

  test("a watcher who accepts a Microsoft format gets it, one who takes none is 406", async () => {
    await at.ask("SUBSCRIBE", { headers: ["Event: presence", "Accept: application/pidf+xml, text/xml+msrtc.pidf"] });
    await arrived(at, "NOTIFY");
    assert.equal(at.requestsOf("NOTIFY")[0]?.contentType?.type, "text/xml+msrtc.pidf");
    assert.equal((await at.ask("SUBSCRIBE", { headers: ["Event: presence", "Accept: text/html"] })).status, 406);
  });
});

function ackOf({ callId, to }: SipResponse): string {
  return `ACK sip:bob@${DOMAIN} SIP/2.0\r\nVia: SIP/2.0/TLS imp1.example.com:5061;branch=z9hG4bKack\r\nFrom: <sip:${ALICE}>;tag=a\r\nTo: ${to.text}\r\nCall-ID: ${callId}\r\nCSeq: 1 ACK\r\nContent-Length: 0\r\n\r\n`;
}

function cancelOf(branch: string): string {
  return `CANCEL sip:bob@${DOMAIN} SIP/2.0\r\nVia: SIP/2.0/TLS imp1.example.com:5061;branch=${branch}\r\nFrom: <sip:${ALICE}>;tag=a\r\nTo: <sip:bob@${DOMAIN}>\r\nCall-ID: gone\r\nCSeq: 1 CANCEL\r\nContent-Length: 0\r\n\r\n`;
}

/** The octets of one answer as they came. */
async function octets(at: Counterpart, callId: string): Promise<string> {
  return await at.raw(
    `OPTIONS sip:bob@${DOMAIN} SIP/2.0\r\nVia: SIP/2.0/TLS imp1.example.com:5061;branch=z9hG4bKraw\r\nFrom: <sip:${ALICE}>;tag=a\r\nTo: <sip:bob@${DOMAIN}>\r\nCall-ID: ${callId}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n`,
  );
}

async function arrived(at: Counterpart, method: string, count = 1): Promise<void> {
  await eventually(() => assert.equal(at.requestsOf(method).length, count));
}

/** The connection that was there is closed. */
async function gone(at: Counterpart): Promise<void> {
  const link = at.known;
  await eventually(() => assert.notEqual(link?.isOpen, true));
}

async function eventually(check: () => void): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      check();
      return;
    } catch (error) {
      if (tries > 400) throw error;
      await pause(10);
    }
  }
}
