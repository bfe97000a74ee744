import { FOREIGN_DOMAIN, type GatewayBed } from "./gateway-bed.ts";
import { answer, header } from "./sip-stream.ts";

const PEER = `sip.${FOREIGN_DOMAIN}`;

/** A dialog in which a local user watches. */
interface WatchedDialog {
  readonly target: string;
  readonly local: string;
  readonly remote: string;
  sequence: number;
}

/** From `from` up to, not including, `to`. */
export interface Contacts {
  readonly from: number;
  readonly to: number;
}

/** A foreign domain whose users local users watch: accepts each watch and tells it at once. */
export class WatchedPeer {
  readonly #bed: GatewayBed;
  readonly #dialogs = new Map<string, WatchedDialog>();
  #left = 0;
  #done: () => void = () => undefined;
  #next: () => void = () => undefined;

  constructor(bed: GatewayBed) {
    this.#bed = bed;
    bed.onRequest((text, reply) => {
      if (text.startsWith("SUBSCRIBE ")) this.#subscribed(text, reply);
      else reply(answer(text, "200 OK"));
    });
    bed.onResponse((text) => {
      if (!header(text, "CSeq").endsWith(" NOTIFY")) return;
      if (!text.startsWith("SIP/2.0 200")) throw new Error(text);
      this.#left -= 1;
      this.#next();
      if (this.#left === 0) this.#done();
    });
  }

  /**
   * `watch` makes a local user watch contact `index`: each from `from` up to, not including, `to`, `window` of them at a
   * time. Milliseconds until the NOTIFY of each is answered.
   */
  async watched(contacts: Contacts, window: number, watch: (index: number) => void): Promise<number> {
    const { from, to } = contacts;
    let next = Math.min(from + window, to);
    this.#next = () => {
      if (next < to) watch(next++);
    };
    const begin = (): void => {
      for (let index = from; index < Math.min(from + window, to); index += 1) watch(index);
    };
    return await this.#timed(to - from, begin).finally(() => {
      this.#next = () => undefined;
    });
  }

  /** One change of each contact. Milliseconds until each NOTIFY is answered. */
  async tellAll(): Promise<number> {
    return await this.#timed(this.#dialogs.size, () => {
      for (const [callId, dialog] of this.#dialogs) this.#notify(callId, dialog, "open");
    });
  }

  #timed(count: number, begin: () => void): Promise<number> {
    this.#left = count;
    const started = performance.now();
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${this.#left} of ${count} are still waiting`)), 60_000);
      this.#done = () => {
        clearTimeout(late);
        resolve(performance.now() - started);
      };
      begin();
    });
  }

  #subscribed(text: string, reply: (text: string) => void): void {
    const contact = `<sip:${PEER}:5061;transport=tls>`;
    const lines = `Contact: ${contact}\r\nExpires: 3600\r\nContent-Length: 0\r\n\r\n`;
    reply(answer(text, "200 OK").replace("Content-Length: 0\r\n\r\n", lines));
    const to = header(text, "To");
    const dialog: WatchedDialog = {
      target: /<([^>]+)>/.exec(header(text, "Contact"))?.[1] ?? "",
      local: to.includes(";tag=") ? to : `${to};tag=load`,
      remote: header(text, "From"),
      sequence: 0,
    };
    const callId = header(text, "Call-ID");
    this.#dialogs.set(callId, dialog);
    this.#notify(callId, dialog, "closed");
  }

  #notify(callId: string, dialog: WatchedDialog, basic: "open" | "closed"): void {
    dialog.sequence += 1;
    const entity = /<([^>]+)>/.exec(dialog.local)?.[1] ?? "";
    const body =
      `<?xml version="1.0" encoding="UTF-8"?><presence xmlns="urn:ietf:params:xml:ns:pidf" entity="${entity}">` +
      `<tuple id="t1"><status><basic>${basic}</basic></status></tuple></presence>`;
    const head = [
      `NOTIFY ${dialog.target} SIP/2.0`,
      `Via: SIP/2.0/TLS ${PEER}:5061;branch=z9hG4bKn${callId.slice(0, 24)}x${dialog.sequence}`,
      "Max-Forwards: 70",
      `From: ${dialog.local}`,
      `To: ${dialog.remote}`,
      `Call-ID: ${callId}`,
      `CSeq: ${dialog.sequence} NOTIFY`,
      `Contact: <sip:${PEER}:5061;transport=tls>`,
      "Event: presence",
      "Subscription-State: active;expires=3600",
      "Content-Type: application/pidf+xml",
      `Content-Length: ${body.length}`,
    ];
    this.#bed.send(`${head.join("\r\n")}\r\n\r\n${body}`);
  }
}
