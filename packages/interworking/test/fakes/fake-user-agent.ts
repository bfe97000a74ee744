import {
  type AcceptOptions,
  type AnswerOptions,
  buildRequest,
  buildResponse,
  type DialogSnapshot,
  type HeaderLine,
  type IncomingInvite,
  type IncomingSubscribe,
  type InviteInit,
  type NotifierUser,
  type NotifyInit,
  type PageMessage,
  type PageMessageHandler,
  type RequestOutcome,
  type Session,
  type SessionRequest,
  type SessionUser,
  type SipRequest,
  type SubscribeInit,
  type SubscriberUser,
  type Subscription,
  type SubscriptionSnapshot,
  type UserAgent,
  type Watch,
  type WatchSnapshot,
} from "@interpres/sip";

const dialog = {
  callId: "c1",
  localTag: "l",
  remoteTag: "r",
  localUri: "",
  remoteUri: "",
  localSequence: 1,
  remoteTarget: "",
  routeSet: [],
  localFromText: "",
  remoteToText: "",
};

/** A request of a peer, as the parser would give it. */
export function request(
  method: string,
  init: {
    readonly from: string;
    readonly to: string;
    readonly headers?: readonly HeaderLine[];
    readonly body?: string;
  },
): SipRequest {
  return buildRequest({
    method,
    requestUri: init.to,
    headers: [
      ["Via", "SIP/2.0/TLS peer.example:5061;branch=z9hG4bK1"],
      ["From", `<${init.from}>;tag=f1`],
      ["To", `<${init.to}>`],
      ["Call-ID", "call-1"],
      ["CSeq", `1 ${method}`],
      ...(init.headers?.some(([name]) => name === "Max-Forwards") === true ? [] : [["Max-Forwards", "69"] as const]),
      ...(init.headers ?? []),
    ],
    body: init.body ?? "",
  });
}

/** The final response a peer gave. */
export function answered(status: number, headers: readonly HeaderLine[] = []): RequestOutcome {
  const asked = request("MESSAGE", { from: "sip:alice@example.com", to: "sip:bill@contoso.example" });
  const reason = `R${status}`;
  return { kind: "answered", status, reason, response: buildResponse(asked, status, { reason, headers }) };
}

/** One subscription of ours, played by the test. */
export class FakeSubscription implements Subscription {
  readonly init: SubscribeInit;
  readonly user: SubscriberUser;
  snapshot: SubscriptionSnapshot | undefined;
  refreshes = 0;
  state: "open" | "unsubscribing" | "abandoned" = "open";

  constructor(init: SubscribeInit, user: SubscriberUser) {
    this.init = init;
    this.user = user;
  }

  refresh(): void {
    this.refreshes += 1;
  }

  unsubscribe(): void {
    this.state = "unsubscribing";
  }

  abandon(): void {
    this.state = "abandoned";
  }

  /** A NOTIFY of the peer. */
  notify(
    state: "active" | "pending" | "terminated",
    body = "",
    more: { readonly reason?: string; readonly retryAfterSeconds?: number; readonly language?: string } = {},
  ): void {
    this.snapshot ??= { init: this.init, dialog, state: "active", expiresAt: 0 };
    const { from, to } = { from: this.init.remoteUri, to: this.init.localUri };
    const { language, ...said } = more;
    const headers: readonly HeaderLine[] = language === undefined ? [] : [["Content-Language", language]];
    this.user.notified({
      state,
      ...said,
      contentType: "application/pidf+xml",
      body: Buffer.from(body),
      request: request("NOTIFY", { from, to, headers }),
    });
    this.user.changed(this.snapshot);
    if (state === "terminated") this.user.ended("terminated");
  }

  /** A final refusal of a SUBSCRIBE. */
  refuse(
    status: number,
    more: {
      readonly minExpiresSeconds?: number;
      readonly retryAfterSeconds?: number;
      readonly cause?: "response" | "timeout" | "transport" | "route";
    } = {},
  ): void {
    this.user.refused({ status, reason: "", cause: "response", subscription: "ended", ...more });
    this.user.ended("refused");
  }
}

/** One watch of theirs. */
export class FakeWatch implements Watch {
  readonly user: NotifierUser;
  readonly notified: NotifyInit[] = [];
  snapshot: WatchSnapshot;
  state: "open" | "terminated" | "abandoned" = "open";

  /** The two addresses are To and From of the SUBSCRIBE. */
  constructor(user: NotifierUser, { localUri, remoteUri }: Pick<DialogSnapshot, "localUri" | "remoteUri">) {
    this.user = user;
    const named = { ...dialog, localUri, remoteUri };
    this.snapshot = { dialog: named, event: "presence", contactUser: "alice", state: "active", expiresAt: 0 };
  }

  notify(notify: NotifyInit): void {
    this.notified.push(notify);
    if (notify.state === "terminated") this.user.ended("unsubscribed");
    else this.snapshot = { ...this.snapshot, state: notify.state };
  }

  terminate(reason: string): void {
    this.state = "terminated";
    this.notified.push({ state: "terminated", reason });
    this.user.ended("terminated");
  }

  abandon(): void {
    this.state = "abandoned";
  }

  /** What was told since the last call: `state reason basic activity`. */
  told(): readonly string[] {
    return this.notified.splice(0).map(({ state, reason, body }) => {
      const xml = typeof body === "string" ? body : "";
      const basic = [...xml.matchAll(/<basic>(\w+)/g)].map((match) => match[1]);
      const activity = /<(?:ep:activity>|rpid:activities><rpid:)([\w-]+)/.exec(xml)?.[1];
      return [state, reason, ...basic, activity].filter((word) => word !== undefined).join(" ");
    });
  }
}

/** A session of either direction, played by the test. */
export class FakeSession implements Session {
  readonly user: SessionUser;
  readonly id = { callId: "c", localTag: "l", remoteTag: "r" };
  readonly sent: {
    readonly method: string;
    readonly request: SessionRequest;
    readonly done: (outcome: RequestOutcome) => void;
  }[] = [];
  state: Session["state"] = "calling";
  readonly init: InviteInit | undefined;

  constructor(user: SessionUser, init?: InviteInit) {
    this.user = user;
    this.init = init;
  }

  send(method: "MESSAGE" | "INFO", request: SessionRequest, done: (outcome: RequestOutcome) => void): void {
    this.sent.push({ method, request, done });
  }

  end(): void {
    this.state = "ended";
  }

  /** `sdp`: what the other side says it takes. */
  establish(sdp = ""): void {
    this.state = "established";
    this.user.established(Buffer.from(sdp));
  }
}

export interface Answered {
  readonly status: number;
  readonly options?: AnswerOptions | undefined;
}

/** A SIP stack without SIP: what was asked of it, and the peer's part played by the test. */
export class FakeUserAgent implements UserAgent {
  readonly subscriptions: FakeSubscription[] = [];
  readonly restored: FakeSubscription[] = [];
  readonly watches: FakeWatch[] = [];
  readonly invited: FakeSession[] = [];
  readonly pages: { readonly message: PageMessage; readonly done: (outcome: RequestOutcome) => void }[] = [];
  #onSubscribe: (incoming: IncomingSubscribe) => void = () => undefined;
  #onInvite: (incoming: IncomingInvite) => void = () => undefined;
  #onPage: PageMessageHandler = () => undefined;

  readonly subscriber = {
    subscribe: (init: SubscribeInit, user: SubscriberUser): Subscription => {
      const subscription = new FakeSubscription(init, user);
      this.subscriptions.push(subscription);
      return subscription;
    },
    restore: (snapshot: SubscriptionSnapshot, user: SubscriberUser): Subscription => {
      const subscription = new FakeSubscription(snapshot.init, user);
      subscription.snapshot = snapshot;
      this.restored.push(subscription);
      return subscription;
    },
  };

  readonly notifier = {
    onSubscribe: (handler: (incoming: IncomingSubscribe) => void): void => {
      this.#onSubscribe = handler;
    },
    restore: (snapshot: WatchSnapshot, user: NotifierUser): Watch => {
      const watch = new FakeWatch(user, snapshot.dialog);
      watch.snapshot = snapshot;
      this.watches.push(watch);
      return watch;
    },
  };

  readonly sessions = {
    onInvite: (handler: (incoming: IncomingInvite) => void): void => {
      this.#onInvite = handler;
    },
    invite: (init: InviteInit, user: SessionUser): Session => {
      const session = new FakeSession(user, init);
      this.invited.push(session);
      return session;
    },
  };

  sendMessage(message: PageMessage, done: (outcome: RequestOutcome) => void): void {
    this.pages.push({ message, done });
  }

  onPageMessage(handler: PageMessageHandler): void {
    this.#onPage = handler;
  }

  /** A SUBSCRIBE of a peer; the answers and the watch are filled in when they come. */
  subscribe(
    from: string,
    to: string,
    expiresSeconds = 3600,
  ): { readonly answers: Answered[]; watch: FakeWatch | undefined } {
    return this.subscribeBy(request("SUBSCRIBE", { from, to }), expiresSeconds);
  }

  subscribeBy(
    incoming: SipRequest,
    expiresSeconds = 3600,
  ): { readonly answers: Answered[]; watch: FakeWatch | undefined } {
    const seen: { readonly answers: Answered[]; watch: FakeWatch | undefined } = { answers: [], watch: undefined };
    this.#onSubscribe({
      request: incoming,
      expiresSeconds,
      contentType: "application/pidf+xml",
      accept: (user: NotifierUser, options: AcceptOptions = {}) => {
        const watch = new FakeWatch(user, { localUri: incoming.to.uri, remoteUri: incoming.from.uri });
        seen.watch = watch;
        this.watches.push(watch);
        const send = (): void => void seen.answers.push({ status: options.status ?? 200 });
        if (options.beforeAnswer === undefined) send();
        else options.beforeAnswer(watch.snapshot, send);
        return watch;
      },
      refuse: (status, options) => seen.answers.push({ status, options }),
    });
    return seen;
  }

  /** An INVITE of a peer. */
  invite(incoming: SipRequest): { readonly answers: Answered[]; session: FakeSession | undefined } {
    const seen: { readonly answers: Answered[]; session: FakeSession | undefined } = {
      answers: [],
      session: undefined,
    };
    this.#onInvite({
      request: incoming,
      accept: (user: SessionUser, sdp: string, headers) => {
        const session = new FakeSession(user);
        session.state = "answering";
        seen.session = session;
        seen.answers.push({ status: 200, options: { body: sdp, ...(headers === undefined ? {} : { headers }) } });
        return session;
      },
      refuse: (status, options) => seen.answers.push({ status, options }),
      onCancelled: () => undefined,
    });
    return seen;
  }

  /** A MESSAGE of a peer outside a dialog. */
  page(incoming: SipRequest): Answered[] {
    const answers: Answered[] = [];
    this.#onPage(incoming, (status, options) => answers.push({ status, options }));
    return answers;
  }
}
