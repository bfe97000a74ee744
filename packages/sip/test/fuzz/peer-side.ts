import assert from "node:assert/strict";
import { type Connection, type HeaderLine, isToken, type SipRequest, type SipResponse } from "@interpres/sip";
import { fakeConnection } from "../conformance/fake-transport.ts";
import { peerRequest } from "../conformance/stage.ts";
import { fromEnd, type Scene } from "./scene.ts";

/** RFC 3261 §17.2.2: after Timer J the same branch is another transaction. The shortest memory any server transaction has over UDP is Timer I. */
const TIMER_I_MS = 5000;
const MOST_HEADERS = 8;

/** What may stand behind a message of the peer's, by its word. */
const pieces: ReadonlyMap<string, readonly HeaderLine[]> = new Map<string, readonly HeaderLine[]>([
  ["presence", [["Event", "presence"]]],
  ["event-id", [["Event", "presence;id=7"]]],
  ["winfo", [["Event", "presence.winfo"]]],
  ["e0", [["Expires", "0"]]],
  ["e1", [["Expires", "1"]]],
  ["e600", [["Expires", "600"]]],
  ["huge", [["Expires", "4294967295"]]],
  ["active", [["Subscription-State", "active;expires=600"]]],
  ["pending", [["Subscription-State", "pending"]]],
  ["terminated", [["Subscription-State", "terminated;reason=timeout;retry-after=5"]]],
  ["rejected", [["Subscription-State", "terminated;reason=rejected"]]],
  ["contact", [["Contact", "<sip:alice@192.0.2.9;gruu>"]]],
  ["contacts", [["Contact", "<sip:a@b>, <sip:c@d>"]]],
  ["record", [["Record-Route", "<sip:a.example;lr>;x=1, <sip:b.example;lr>"]]],
  ["strict", [["Record-Route", "<sip:old.example>"]]],
  ["retry", [["Retry-After", "3"]]],
  ["min", [["Min-Expires", "900"]]],
  ["min-se", [["Min-SE", "1800"]]],
  ["timer", [["Supported", "timer"]]],
  ["require-timer", [["Require", "timer"]]],
  ["require", [["Require", "no-such-thing"]]],
  ["se90", [["Session-Expires", "90;refresher=uac"]]],
  ["se1", [["Session-Expires", "1"]]],
  ["se-uas", [["Session-Expires", "1800;refresher=uas"]]],
  ["sdp", [["Content-Type", "application/sdp"]]],
  ["text", [["Content-Type", "text/plain"]]],
  ["conf", [["Content-Type", "application/ms-conf-invite+xml"]]],
  ["pidf", [["Content-Type", "application/pidf+xml"]]],
  ["gzip", [["Content-Encoding", "gzip"]]],
  ["hops0", [["Max-Forwards", "0"]]],
  ["replaces", [["Replaces", "a;from-tag=b;to-tag=c"]]],
  ["route", [["Route", "<sip:imp1.example.com;lr>"]]],
]);

interface Heard {
  readonly request: SipRequest;
  readonly connection: Connection;
}

/** A transaction of the peer's, as we should see it. */
interface Asked {
  /** Over TCP and TLS nothing is remembered behind the answer. */
  readonly isReliable: boolean;
  /** Who gives two requests of one method the same branch has no promise to hold us to. */
  readonly isSpoilt: boolean;
  first?: { readonly status: number; readonly at: number };
}

/** What the peer says: its requests, its repeats, its answers; and whether we answered each of them once. */
export class PeerSide {
  readonly #scene: Scene;
  readonly #heard: Heard[] = [];
  #connection = fakeConnection();
  #branches = 0;
  readonly #asked = new Map<string, Asked>();
  #answersRead = 0;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  /** Whether the verb is one of ours. */
  play(verb: string, words: readonly string[]): boolean {
    const { transport } = this.#scene.stage;
    switch (verb) {
      case "request":
        this.#request(words);
        return true;
      case "again":
        this.#again(words[0]);
        return true;
      case "answer":
        this.#answer(words);
        return true;
      case "over":
        this.#connection = fakeConnection(words[0] === "udp" || words[0] === "tcp" ? words[0] : "tls");
        return true;
      case "dead":
        if (!transport.deadHosts.delete("edge.contoso.example")) transport.deadHosts.add("edge.contoso.example");
        return true;
      case "broken":
        transport.close(words[0] === "in" ? this.#connection : transport.outbound);
        return true;
      default:
        return false;
    }
  }

  /** No transaction of the peer's has two different final answers. */
  check(): void {
    const { transport, clock } = this.#scene.stage;
    for (; this.#answersRead < transport.responses.length; this.#answersRead += 1) {
      const response = transport.responses[this.#answersRead];
      if (response === undefined || response.status < 200) continue;
      const asked = this.#asked.get(transactionOf(response));
      assert.ok(asked !== undefined, "an answer to nobody");
      asked.first ??= { status: response.status, at: clock.now() };
      if (asked.isSpoilt) continue;
      assert.equal(response.status, asked.first.status, `two final answers to ${transactionOf(response)}`);
    }
  }

  /**
   * `request METHOD where branch cseq piece...`: where 0 is outside any dialog, n the n-th last dialog; branch 0 is new,
   * n that of the n-th last request.
   */
  #request([method = "", where = "0", branch = "0", cseq = "1", ...more]: readonly string[]): void {
    if (!isToken(method)) return;
    const dialog = where === "0" ? {} : this.#within(Number(where) - 1);
    const same = branch === "0" ? undefined : fromEnd(this.#heard, String(Number(branch) - 1));
    this.#branches += 1;
    const via = same?.request.first("Via") ?? `SIP/2.0/TLS edge.contoso.example:5061;branch=z9hG4bK-${this.#branches}`;
    const callId = same?.request.callId ?? `call-${this.#branches}`;
    const number = Math.max(0, Math.min(0x7fffffff, Math.trunc(Number(cseq)) || 0));
    const parts = { method, via, callId, cseq: number, headers: headersOf(more), ...bodyOf(more), ...dialog };
    const request = peerRequest(parts);
    const isSpoilt = same?.request.method === method;
    if (isSpoilt) this.#asked.set(transactionOf(request), { isReliable: false, isSpoilt });
    this.#receive({ request, connection: this.#connection });
  }

  #again(word: string | undefined): void {
    const heard = fromEnd(this.#heard, word);
    if (heard !== undefined) this.#receive(heard);
  }

  #receive(heard: Heard): void {
    this.#expect(heard);
    this.#heard.push(heard);
    this.#scene.stage.transport.receive(heard.request, heard.connection);
  }

  /** Where a repeat may rightly be a new transaction, what was answered before counts no more. */
  #expect({ request, connection }: Heard): void {
    const key = transactionOf(request);
    const before = this.#asked.get(key);
    if (before?.isSpoilt) return;
    const isOver = before?.first !== undefined && this.#scene.stage.clock.now() - before.first.at >= TIMER_I_MS;
    const isReliable = connection.protocol !== "udp";
    if (before === undefined || before.isReliable || isOver) this.#asked.set(key, { isReliable, isSpoilt: false });
  }

  /** `answer STATUS back tag piece...`: to the n-th last request of ours. */
  #answer([status, back, tag = "peer", ...more]: readonly string[]): void {
    const { stage } = this.#scene;
    const sent = fromEnd(stage.transport.requests, back);
    const code = Math.trunc(Number(status));
    if (sent === undefined || !(code >= 100 && code <= 699) || !isToken(tag)) return;
    stage.answerTo(sent.request, code, { toTag: tag, headers: headersOf(more), ...bodyOf(more) });
  }

  /** Names a dialog that one of our messages began: of those we asked for, or of those we answered. */
  #within(back: number): { readonly callId?: string; readonly to?: string; readonly from?: string } {
    const { requests, responses } = this.#scene.stage.transport;
    const asked = requests
      .map(({ request }) => request)
      .map(({ callId, from, to }) => ({ callId, us: from, them: to }));
    const answered = responses.map(({ callId, to, from }) => ({ callId, us: to, them: from }));
    const dialog = fromEnd([...answered, ...asked], String(back));
    if (dialog === undefined) return {};
    const tagged = dialog.them.tag === undefined ? `${dialog.them.text};tag=peer` : dialog.them.text;
    return { callId: dialog.callId, to: dialog.us.text, from: tagged };
  }
}

/** RFC 3261 §17.2.3. */
function transactionOf(message: SipRequest | SipResponse): string {
  const { topVia, cseq } = message;
  return `${topVia.branch} ${cseq.method}`;
}

function headersOf(words: readonly string[]): readonly HeaderLine[] {
  return words.slice(0, MOST_HEADERS).flatMap((word) => pieces.get(word) ?? []);
}

function bodyOf(words: readonly string[]): { readonly body?: string } {
  if (words.includes("sdp")) return { body: "v=0\r\nm=message 5060 sip null\r\n" };
  return words.some((word) => word === "text" || word === "pidf" || word === "conf") ? { body: "Hello" } : {};
}
