import assert from "node:assert/strict";
import type {
  Answer,
  IncomingInvite,
  IncomingSubscribe,
  RequestOutcome,
  Session,
  SessionUser,
  Subscription,
  Watch,
} from "@interpres/sip";
import { sdp } from "../conformance/session-scene.ts";
import { fromEnd, type Scene } from "./scene.ts";

const BOB = "sip:bob@example.com";
const ALICE = "sip:alice@contoso.example";
const MOST_OF_A_KIND = 20;

type Verb = (words: readonly string[]) => void;

/** What our user does: watches, is watched, talks; and whether each was told of its end once, and of nothing after. */
export class OurSide {
  readonly #scene: Scene;
  readonly #subscriptions: Subscription[] = [];
  readonly #sessions: Session[] = [];
  readonly #watches: Watch[] = [];
  readonly #invites: IncomingInvite[] = [];
  readonly #subscribes: IncomingSubscribe[] = [];
  readonly #asked: Answer[] = [];
  /** Things that were begun and must end once: what each was told at its end. */
  readonly #ends: string[][] = [];
  readonly #verbs: Readonly<Record<string, Verb>>;

  constructor(scene: Scene) {
    this.#scene = scene;
    const { core } = scene.stage;
    core.onPageMessage((_request, answer) => this.#asked.push(answer));
    core.notifier.onSubscribe((incoming) => this.#subscribes.push(incoming));
    core.sessions.onInvite((incoming) => this.#invites.push(incoming));
    this.#verbs = {
      page: () => core.sendMessage({ from: BOB, to: ALICE, contentType: "text/plain", body: "Hi" }, this.#outcome()),
      subscribe: () => this.#subscribe(),
      refresh: ([which]) => fromEnd(this.#subscriptions, which)?.refresh(),
      unsubscribe: ([which]) => fromEnd(this.#subscriptions, which)?.unsubscribe(),
      invite: () => this.#invite(),
      say: ([which]) => this.#say(fromEnd(this.#sessions, which)),
      hangup: ([which]) => fromEnd(this.#sessions, which)?.end(),
      accept: ([which]) => this.#accept(fromEnd(this.#invites, which)),
      refuse: ([which, status]) => fromEnd(this.#invites, which)?.refuse(finalStatus(status)),
      admit: ([which, seconds]) => this.#admit(fromEnd(this.#subscribes, which), seconds),
      deny: ([which, status]) => fromEnd(this.#subscribes, which)?.refuse(finalStatus(status)),
      notify: ([which, state]) => notify(fromEnd(this.#watches, which), state),
      terminate: ([which]) => fromEnd(this.#watches, which)?.terminate("deactivated"),
      reply: ([which, status]) => fromEnd(this.#asked, which)?.(status === "202" ? 202 : finalStatus(status)),
    };
  }

  /** Whether the verb is one of ours. */
  play(verb: string, words: readonly string[]): boolean {
    if (!Object.hasOwn(this.#verbs, verb)) return false;
    this.#verbs[verb]?.(words);
    return true;
  }

  /** Ends what our user began or was asked. */
  leave(): void {
    for (const invite of this.#invites) invite.refuse(480);
    for (const subscribe of this.#subscribes) subscribe.refuse(480);
    for (const answer of this.#asked) answer(480);
    for (const watch of this.#watches) watch.terminate("noresource");
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    for (const session of this.#sessions) session.end();
  }

  checkEnds(): void {
    for (const told of this.#ends) assert.equal(told.length, 1, `ends: ${told.join(", ") || "none"}`);
  }

  #outcome(): (outcome: RequestOutcome) => void {
    const told = this.#begun("request");
    return ({ kind }) => told(kind);
  }

  /** Something that must end: call it with what is said of the end. */
  #begun(what: string): (how: string) => void {
    const told: string[] = [];
    this.#ends.push(told);
    return (how) => {
      told.push(`${what} ${how}`);
      assert.equal(told.length, 1, `ends: ${told.join(", ")}`);
    };
  }

  #subscribe(): void {
    if (this.#subscriptions.length === MOST_OF_A_KIND) return;
    const ended = this.#begun("subscription");
    let isOver = false;
    const alive = () => assert.ok(!isOver, "told of a subscription that had ended");
    const init = { localUri: BOB, remoteUri: ALICE, event: "presence", accept: ["application/pidf+xml"] };
    const user = {
      accepted: alive,
      notified: alive,
      refused: alive,
      changed: alive,
      ended: (cause: string) => {
        isOver = true;
        ended(cause);
      },
    };
    this.#subscriptions.push(this.#scene.stage.core.subscriber.subscribe({ ...init, expiresSeconds: 3600 }, user));
  }

  #invite(): void {
    if (this.#sessions.length === MOST_OF_A_KIND) return;
    const init = { from: BOB, to: ALICE, sdp };
    this.#sessions.push(this.#scene.stage.core.sessions.invite(init, this.#sessionUser()));
  }

  #accept(incoming: IncomingInvite | undefined): void {
    if (incoming === undefined) return;
    const at = this.#invites.indexOf(incoming);
    this.#invites.splice(at, 1);
    this.#sessions.push(incoming.accept(this.#sessionUser(), sdp));
  }

  #sessionUser(): SessionUser {
    const ended = this.#begun("session");
    return {
      established: () => undefined,
      refused: (outcome) => ended(`refused ${outcome.kind}`),
      request: (_request, answer) => this.#asked.push(answer),
      ended,
    };
  }

  #say(session: Session | undefined): void {
    session?.send("MESSAGE", { contentType: "text/plain", body: "Hello" }, this.#outcome());
  }

  #admit(incoming: IncomingSubscribe | undefined, seconds: string | undefined): void {
    if (incoming === undefined) return;
    this.#subscribes.splice(this.#subscribes.indexOf(incoming), 1);
    const expiresSeconds = Math.max(1, Math.min(Math.trunc(Number(seconds)) || 600, incoming.expiresSeconds));
    const ended = this.#begun("watch");
    const user = { refreshed: () => undefined, ended, changed: () => undefined };
    const watch = incoming.accept(user, incoming.expiresSeconds === 0 ? {} : { expiresSeconds });
    this.#watches.push(watch);
    notify(watch, "active");
  }
}

function notify(watch: Watch | undefined, state: string | undefined): void {
  const known = state === "pending" || state === "terminated" ? state : "active";
  watch?.notify({ state: known, contentType: "application/pidf+xml", body: "<presence/>" });
}

function finalStatus(word: string | undefined): number {
  const status = Math.trunc(Number(word));
  return status >= 300 && status <= 699 ? status : 480;
}
