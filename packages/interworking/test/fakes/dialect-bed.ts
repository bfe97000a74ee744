import assert from "node:assert/strict";
import { type Dialect, dialects } from "@interpres/federation";
import type { SipResponse } from "@interpres/sip";
import { FakeClock } from "@interpres/testkit";
import { MemoryLink } from "./memory-link.ts";
import { type Content, type PlayedDialog, PlayedPeer, rest, sessionDescription } from "./played-peer.ts";
import { type Client, WholeSite } from "./whole-site.ts";

export const ALICE = "alice@example.com";

const DOMAINS = { microsoft: "contoso.example", aol: "aol.com", standard: "partner.example" } as const;

/** An organisation of alice and carol, with its real XMPP server, gateway and SIP stack, and a peer that the test plays. */
export class DialectBed {
  readonly clock: FakeClock;
  readonly site: WholeSite;
  readonly peer: PlayedPeer;
  /** At her desk, her roster read. */
  readonly alice: Client;
  /** Of the peer: bob's address. */
  readonly bob: string;

  private constructor({ clock, site, peer }: Pick<DialectBed, "clock" | "site" | "peer">) {
    this.clock = clock;
    this.site = site;
    this.peer = peer;
    this.bob = peer.user;
    this.alice = site.signIn(`${ALICE}/desk`);
  }

  static async start(kind: keyof typeof DOMAINS = "microsoft", override: Partial<Dialect> = {}): Promise<DialectBed> {
    const clock = new FakeClock();
    const [link, theirs] = MemoryLink.pair();
    const other = DOMAINS[kind];
    const dialect = { ...dialects[kind], ...override };
    const site = new WholeSite({
      domain: "example.com",
      users: ["alice", "carol"],
      other,
      link,
      clock,
      seed: 11,
      dialect,
    });
    await site.start();
    const bed = new DialectBed({ clock, site, peer: new PlayedPeer(theirs, `bob@${other}`) });
    await rest();
    bed.alice.take();
    return bed;
  }

  /** Alice lets bob see her, before he asks. */
  async letIn(): Promise<void> {
    this.alice.send(`<presence type='subscribed' to='${this.bob}'/>`);
    await rest();
  }

  /** Bob's SUBSCRIBE; its dialog and answer. */
  async watch(content: Content = {}): Promise<{ readonly dialog: PlayedDialog; readonly answer: SipResponse }> {
    const dialog = this.peer.dialog(ALICE);
    const headers = content.headers ?? ["Event: presence", "Accept: application/pidf+xml", "Expires: 7200"];
    const answer = await this.peer.ask(dialog, "SUBSCRIBE", { ...content, headers });
    assert.ok(answer !== undefined, "no answer to SUBSCRIBE");
    return { dialog, answer };
  }

  /** Alice asks to see bob; the peer says that his state is `body`. */
  async see(body: string, contentType = "application/pidf+xml"): Promise<PlayedDialog> {
    this.alice.send(`<presence type='subscribe' to='${this.bob}'/>`);
    await rest();
    const dialog = this.peer.answered(this.peer.last("SUBSCRIBE"));
    this.alice.take();
    await this.notify(dialog, body, contentType);
    return dialog;
  }

  async notify(dialog: PlayedDialog, body: string, contentType = "application/pidf+xml"): Promise<SipResponse> {
    const headers = ["Event: presence", "subscription-state: active", `Content-Type: ${contentType}`];
    const answer = await this.peer.ask(dialog, "NOTIFY", { headers, body });
    assert.ok(answer !== undefined, "no answer to NOTIFY");
    return answer;
  }

  /** Bob's INVITE. */
  async invite(content: Content = {}): Promise<{ readonly dialog: PlayedDialog; readonly answer: SipResponse }> {
    const dialog = this.peer.dialog(ALICE);
    const { headers = [], body = sessionDescription() } = content;
    const all = ["Content-Type: application/sdp", ...headers];
    const answer = await this.peer.ask(dialog, "INVITE", { headers: body === "" ? headers : all, body });
    assert.ok(answer !== undefined, "no answer to INVITE");
    return { dialog, answer };
  }

  /** A session that bob began, acknowledged. */
  async talk(content: Content = {}): Promise<PlayedDialog> {
    const { dialog, answer } = await this.invite(content);
    assert.equal(answer.status, 200);
    this.peer.send(dialog, "ACK");
    await rest();
    return dialog;
  }

  /** Bob's words in a session; the status they got. */
  async says(dialog: PlayedDialog, body: string, contentType = "text/plain; charset=UTF-8"): Promise<number> {
    const headers = [`Content-Type: ${contentType}`];
    return (await this.peer.ask(dialog, "MESSAGE", { headers, body }))?.status ?? 0;
  }

  /** Alice's words to bob. */
  async say(words: string, id = "m1"): Promise<void> {
    this.alice.send(`<message type='chat' to='${this.bob}' id='${id}'><body>${words}</body></message>`);
    await rest();
  }
}
