import assert from "node:assert/strict";
import type {
  Answer,
  HeaderLine,
  IncomingInvite,
  RequestOutcome,
  Session,
  SessionUser,
  SipRequest,
} from "@interpres/sip";
import { type PeerRequest, Stage, type StageOptions } from "./stage.ts";

export const sdp = "v=0\r\nm=message 5060 sip null\r\n";

export class Party implements SessionUser {
  readonly heard: string[] = [];
  readonly pending: { readonly request: SipRequest; readonly answer: Answer }[] = [];
  /** Status for requests of the peer; undefined lets them wait in `pending`. */
  answers: number | undefined = 200;

  established(remoteSdp: Uint8Array): void {
    this.heard.push(`established ${remoteSdp.length}`);
  }

  refused(outcome: RequestOutcome): void {
    this.heard.push(outcome.kind === "failed" ? `refused ${outcome.cause}` : `refused ${outcome.status}`);
  }

  request(request: SipRequest, answer: Answer): void {
    this.heard.push(`request ${request.method}`);
    if (this.answers === undefined) this.pending.push({ request, answer });
    else answer(this.answers);
  }

  ended(by: string): void {
    this.heard.push(`ended ${by}`);
  }
}

export class Call {
  readonly stage: Stage;
  readonly user = new Party();
  readonly session: Session;
  readonly outcomes: string[] = [];

  constructor(options: StageOptions = {}) {
    this.stage = new Stage(options);
    const init = { from: "sip:bob@example.com", to: "sip:alice@contoso.example", sdp };
    this.session = this.stage.core.sessions.invite(init, this.user);
  }

  get transport() {
    return this.stage.transport;
  }

  answer(status: number, tag = "peer"): void {
    const headers: HeaderLine[] = [["Contact", "<sip:alice@contoso.example;gruu>"]];
    headers.push(["Record-Route", "<sip:a.example;lr>;x=1, <sip:b.example;lr>"]);
    this.stage.answer(status, { toTag: tag, headers, body: status === 200 ? "v=0" : "" }, "INVITE");
  }

  established(): this {
    this.answer(200);
    this.user.heard.length = 0;
    return this;
  }

  send(body: string): void {
    const done = (outcome: RequestOutcome): void => {
      this.outcomes.push(outcome.kind === "failed" ? outcome.cause : `${outcome.status}`);
    };
    this.session.send("MESSAGE", { contentType: "text/plain", body }, done);
  }

  peer(parts: PeerRequest): number | undefined {
    const { callId, localTag } = this.session.id;
    const to = `<sip:bob@example.com>;tag=${localTag}`;
    this.stage.request({ callId, to, ...parts });
    return this.transport.responses.at(-1)?.status;
  }
}

export class Answered {
  readonly stage: Stage;
  readonly user = new Party();
  readonly incoming: IncomingInvite[] = [];
  readonly #callId = "their-call";

  constructor(headers: readonly HeaderLine[] = [], options: StageOptions = {}) {
    this.stage = new Stage(options);
    this.stage.core.sessions.onInvite((incoming) => this.incoming.push(incoming));
    this.peer({ method: "INVITE", headers: [["Content-Type", "application/sdp"], ...headers], body: sdp });
  }

  get transport() {
    return this.stage.transport;
  }

  get toTag(): string {
    return this.transport.responses.find(({ to }) => to.tag !== undefined)?.to.tag ?? "";
  }

  accept(): Session {
    const session = this.incoming[0]?.accept(this.user, "v=0");
    assert.ok(session);
    return session;
  }

  peer(parts: PeerRequest): number | undefined {
    this.stage.request({ callId: this.#callId, ...parts });
    return this.transport.responses.at(-1)?.status;
  }

  within(parts: PeerRequest): number | undefined {
    return this.peer({ to: `<sip:bob@example.com>;tag=${this.toTag}`, ...parts });
  }

  established(): Session {
    const session = this.accept();
    this.within({ method: "ACK" });
    this.user.heard.length = 0;
    return session;
  }
}
