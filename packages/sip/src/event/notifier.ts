import type { UsagePorts } from "../dialog/usage-ports.ts";
import { answerOnce, reply } from "../transaction/reply.ts";
import type { ServerTransaction } from "../transaction/transaction-user.ts";
import { acceptedType, type EventPackage, grantOf } from "./event-package.ts";
import type {
  AcceptOptions,
  IncomingSubscribe,
  NotifierUser,
  Notifying,
  Watch,
  WatchSnapshot,
} from "./notifier-user.ts";
import { WatchUsage, watchInit } from "./watch-usage.ts";

/** They watch: checks a SUBSCRIBE, makes the watch, takes up those of an earlier run (RFC 6665 §4.2). */
export class Notifier implements Notifying {
  readonly #ports: UsagePorts;
  readonly #packages: readonly EventPackage[];
  #handler: ((incoming: IncomingSubscribe) => void) | undefined;

  constructor(ports: UsagePorts, packages: readonly EventPackage[]) {
    this.#ports = ports;
    this.#packages = packages;
  }

  onSubscribe(handler: (incoming: IncomingSubscribe) => void): void {
    this.#handler = handler;
  }

  /** The value of Allow-Events (RFC 6665 §4.4.4). */
  get allowEvents(): string {
    return this.#packages.map(({ name }) => name).join(", ");
  }

  restore(snapshot: WatchSnapshot, user: NotifierUser): Watch | undefined {
    const eventPackage = this.#packages.find(({ name }) => name === snapshot.event);
    const leftMs = snapshot.expiresAt - this.#ports.clock.now();
    if (leftMs <= 0 || eventPackage === undefined) return undefined;
    const { dialog, eventId, contactUser, state } = snapshot;
    const watch = new WatchUsage(
      { dialog, eventPackage, eventId, contactUser, approval: state, expiresSeconds: leftMs / 1000 },
      user,
      this.#ports,
    );
    watch.resume();
    return watch;
  }

  /** A SUBSCRIBE outside a dialog. */
  receive(transaction: ServerTransaction): void {
    const { request } = transaction;
    const eventPackage = this.#packages.find(({ name }) => name === request.event?.type);
    if (eventPackage === undefined) {
      reply(transaction, 489, { headers: [["Allow-Events", this.allowEvents]] });
      return;
    }
    const contentType = acceptedType(request, eventPackage.contentTypes);
    if (contentType === undefined) {
      reply(transaction, 406, { headers: [["Accept", eventPackage.contentTypes.join(", ")]] });
      return;
    }
    const granted = grantOf(request, eventPackage);
    if (granted === "too-brief") {
      reply(transaction, 423, { headers: [["Min-Expires", `${eventPackage.minExpiresSeconds}`]] });
      return;
    }
    this.#offer(transaction, { eventPackage, contentType, granted });
  }

  #offer(transaction: ServerTransaction, fit: Fit): void {
    if (this.#handler === undefined) {
      reply(transaction, 503);
      return;
    }
    this.#handler({
      request: transaction.request,
      expiresSeconds: fit.granted,
      contentType: fit.contentType,
      accept: (user, options) => this.#accept({ transaction, fit, user, options: options ?? {} }),
      refuse: answerOnce(transaction),
    });
  }

  #accept({ transaction, fit, user, options }: Acceptance): Watch {
    const expiresSeconds = Math.min(options.expiresSeconds ?? fit.granted, fit.granted);
    const watch = new WatchUsage(watchInit(transaction, fit.eventPackage, expiresSeconds), user, this.#ports);
    const send = (): void => watch.answer(transaction, options.status ?? 200);
    if (options.beforeAnswer === undefined) send();
    else options.beforeAnswer(watch.snapshot, send);
    return watch;
  }
}

interface Fit {
  readonly eventPackage: EventPackage;
  readonly contentType: string;
  readonly granted: number;
}

interface Acceptance {
  readonly transaction: ServerTransaction;
  readonly fit: Fit;
  readonly user: NotifierUser;
  readonly options: AcceptOptions;
}
