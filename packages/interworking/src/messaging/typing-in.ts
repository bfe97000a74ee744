import type { Clock, Timer } from "@interpres/runtime";
import type { BareJid, LocalDomain } from "@interpres/xmpp";
import type { Composing } from "../model/composing.ts";
import { chatStateMessage } from "./sip-to-message.ts";

/** Pairs in which someone is typing right now; more than this are not shown. */
const MAX_TYPING = 10_000;

/**
 * Shows local users that a contact is writing, and takes it back when no more is heard (RFC 3994 §3.3); in the chat states
 * of RFC 7573 §6, table 3.
 */
export class TypingIn {
  readonly #clock: Clock;
  readonly #local: Pick<LocalDomain, "deliver" | "isLooking">;
  readonly #typing = new Map<string, Timer>();

  constructor(ports: { readonly clock: Clock; readonly local: Pick<LocalDomain, "deliver" | "isLooking"> }) {
    this.#clock = ports.clock;
    this.#local = ports.local;
  }

  /** A notice of the contact's side. */
  notice(contact: BareJid, user: BareJid, composing: Composing): void {
    const key = `${user} ${contact}`;
    const isShown = this.#clear(key);
    if (composing.state === "idle") {
      if (isShown) this.#show(contact, user, "active");
      return;
    }
    if (this.#typing.size >= MAX_TYPING || !this.#local.isLooking(user, contact)) return;
    if (!isShown) this.#show(contact, user, "composing");
    const timer = this.#clock.after(composing.refreshSeconds * 1000, () => {
      this.#typing.delete(key);
      this.#show(contact, user, "active");
    });
    this.#typing.set(key, timer);
  }

  /** He closed the conversation: told where a client is that could show it (RFC 7573 §6.1). */
  left(contact: BareJid, user: BareJid): void {
    this.#clear(`${user} ${contact}`);
    if (this.#local.isLooking(user, contact)) this.#show(contact, user, "gone");
  }

  /** Her message is there: that ends the typing without a word. */
  spoke(contact: BareJid, user: BareJid): void {
    if (this.#typing.size > 0) this.#clear(`${user} ${contact}`);
  }

  stop(): void {
    for (const timer of this.#typing.values()) timer.cancel();
    this.#typing.clear();
  }

  #clear(key: string): boolean {
    this.#typing.get(key)?.cancel();
    return this.#typing.delete(key);
  }

  #show(contact: BareJid, user: BareJid, state: "composing" | "active" | "gone"): void {
    this.#local.deliver(chatStateMessage(contact, user, state), ignore);
  }
}

/** Nobody waits for the fate of a typing notice. */
function ignore(): void {
  return;
}
