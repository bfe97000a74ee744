import { FOREIGN_DOMAIN, type GatewayBed, LOCAL_DOMAIN } from "./gateway-bed.ts";
import { answer, header } from "./sip-stream.ts";

const PEER = `sip.${FOREIGN_DOMAIN}`;

/** One watcher's dialog as the foreign side keeps it. */
interface WatchDialog {
  remoteTarget: string;
  to: string;
  /** SUBSCRIBEs sent. */
  sequence: number;
  answers: number;
  notifies: number;
}

/** A foreign domain whose users each watch one local user; knows each dialog and counts what comes in it. */
export class WatchLoad {
  readonly #bed: GatewayBed;
  readonly #users: number;
  readonly #dialogs: WatchDialog[];
  /** How often each watched user has changed; each SUBSCRIBE and each change is one NOTIFY. */
  #changes = 0;
  #arrived: (index: number) => void = () => undefined;

  constructor(bed: GatewayBed, counts: { readonly watchers: number; readonly users: number }) {
    this.#bed = bed;
    this.#users = counts.users;
    this.#dialogs = Array.from({ length: counts.watchers }, (_, index) => ({
      remoteTarget: `sip:user${index % counts.users}@${LOCAL_DOMAIN}`,
      to: `<sip:user${index % counts.users}@${LOCAL_DOMAIN}>`,
      sequence: 0,
      answers: 0,
      notifies: 0,
    }));
    bed.onResponse((text) => this.#answered(text));
    bed.onRequest((text, reply) => this.#requested(text, reply));
  }

  /**
   * Each watcher from `from` up to, not including, `to` sends SUBSCRIBE, `window` of them at a time, and waits for 200 and
   * NOTIFY. Milliseconds until all are done.
   */
  async subscribe(from: number, to: number, window: number): Promise<number> {
    let next = Math.min(from + window, to);
    return await this.#timed(to - from, {
      begin: () => {
        for (let index = from; index < Math.min(from + window, to); index += 1) this.#subscribe(index);
      },
      isDone: (dialog) => dialog.answers === dialog.sequence && dialog.notifies >= this.#due(dialog),
      next: () => {
        if (next < to) this.#subscribe(next++);
      },
    });
  }

  /** `change` makes each user change once. Milliseconds until each watcher has one NOTIFY. */
  async notifyAll(change: () => void): Promise<number> {
    return await this.#timed(this.#dialogs.length, {
      begin: () => {
        this.#changes += 1;
        change();
      },
      isDone: (dialog) => dialog.notifies >= this.#due(dialog),
      next: () => undefined,
    });
  }

  /** How many watchers have had more or fewer NOTIFYs than one for each SUBSCRIBE and each change. */
  get miscounted(): number {
    return this.#dialogs.filter((dialog) => dialog.notifies !== this.#due(dialog)).length;
  }

  /** NOTIFYs that a watcher should have had. */
  #due({ sequence }: WatchDialog): number {
    return sequence + this.#changes;
  }

  #timed(
    total: number,
    round: { readonly begin: () => void; readonly isDone: (dialog: WatchDialog) => boolean; readonly next: () => void },
  ): Promise<number> {
    let left = total;
    const started = performance.now();
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${left} of ${total} watchers are still waiting`)), 60_000);
      this.#arrived = (index) => {
        const dialog = this.#dialogs[index];
        if (dialog === undefined || !round.isDone(dialog)) return;
        round.next();
        left -= 1;
        if (left > 0) return;
        clearTimeout(late);
        resolve(performance.now() - started);
      };
      round.begin();
    });
  }

  #subscribe(index: number): void {
    const dialog = this.#dialogs[index];
    if (dialog === undefined) return;
    dialog.sequence += 1;
    const head = [
      `SUBSCRIBE ${dialog.remoteTarget} SIP/2.0`,
      `Via: SIP/2.0/TLS ${PEER}:5061;branch=z9hG4bKs${index}x${dialog.sequence}`,
      "Max-Forwards: 70",
      `From: <sip:f${index}@${FOREIGN_DOMAIN}>;tag=f${index}`,
      `To: ${dialog.to}`,
      `Call-ID: s${index}@${PEER}`,
      `CSeq: ${dialog.sequence} SUBSCRIBE`,
      `Contact: <sip:f${index}@${PEER}:5061;transport=tls>`,
      "Event: presence",
      "Accept: application/pidf+xml",
      "Expires: 3600",
      "Content-Length: 0",
    ];
    this.#bed.send(`${head.join("\r\n")}\r\n\r\n`);
  }

  #answered(text: string): void {
    const index = indexOf(text);
    const dialog = this.#dialogs[index];
    if (dialog === undefined) return;
    if (!text.startsWith("SIP/2.0 20")) throw new Error(text);
    dialog.to = header(text, "To");
    dialog.remoteTarget = /<([^>]+)>/.exec(header(text, "Contact"))?.[1] ?? dialog.remoteTarget;
    dialog.answers += 1;
    this.#arrived(index);
  }

  #requested(text: string, reply: (text: string) => void): void {
    reply(answer(text, "200 OK"));
    const index = text.startsWith("NOTIFY ") ? indexOf(text) : -1;
    const dialog = this.#dialogs[index];
    if (dialog === undefined) return;
    if (!header(text, "Subscription-State").startsWith("active")) throw new Error(text);
    dialog.notifies += 1;
    this.#arrived(index);
  }

  /** The local user that watcher `index` watches. */
  userOf(index: number): number {
    return index % this.#users;
  }
}

function indexOf(text: string): number {
  return Number(/^s(\d+)@/.exec(header(text, "Call-ID"))?.[1] ?? -1);
}
