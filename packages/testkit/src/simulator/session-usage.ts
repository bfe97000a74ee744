import { randomBytes } from "node:crypto";
import type { Timer } from "@interpres/runtime";
import type { SipResponse } from "@interpres/sip";
import { DEAD_SESSION } from "../observer/session-rules.ts";
import { established, type Incoming, type PeerDialog } from "./peer-dialogs.ts";
import type { UsageParts } from "./presence-usage.ts";

const TYPING_MS = 5000;
const NOTHING = { headers: [], body: "" };

/** The other side did not take a session. */
export class InviteRefusedError extends Error {
  override readonly name = "InviteRefusedError";
  /** Undefined when there was no final response. */
  readonly status: number | undefined;

  constructor(why: string, status?: number) {
    super(`the node refused the INVITE: ${why}`);
    this.status = status;
  }
}

/** IM sessions of a simulator, of either side. */
export class SessionUsage {
  readonly #parts: UsageParts;
  readonly #idle = new Map<PeerDialog, Timer>();
  readonly #typing = new Map<PeerDialog, Timer>();
  /** Tags of second devices that answered late, by Call-ID: whatever is said to them, they take BYE only. */
  readonly #forks = new Map<string, string>();

  constructor(parts: UsageParts) {
    this.#parts = parts;
  }

  /**
   * `user` says `text` in the session there is, else by INVITE and, where that did not deliver it, MESSAGE. Resolves with the
   * answer that told the fate of the text. Throws `InviteRefusedError`.
   */
  async say(user: string, remoteUri: string, text: string): Promise<SipResponse> {
    const { wire, dialogs } = this.#parts;
    const known = dialogs.find("session", user, remoteUri);
    const { dialog, delivered } = known === undefined ? await this.#invite(user, remoteUri, text) : { dialog: known };
    if (delivered !== undefined) return delivered;
    this.#stopTyping(dialog);
    this.#touch(dialog);
    const response = await wire.send(dialog, "MESSAGE", wire.style.message(text));
    if (DEAD_SESSION.includes(response.status)) this.#ended(dialog);
    return response;
  }

  /** One typing notice in the session there is. */
  async type(user: string, remoteUri: string, status: "type" | "idle"): Promise<SipResponse> {
    const { wire } = this.#parts;
    return await wire.send(this.#session(user, remoteUri), "INFO", wire.style.typing(status));
  }

  /** Typing that goes on: a notice now and every five seconds until something is said. */
  async keepTyping(user: string, remoteUri: string): Promise<SipResponse> {
    const dialog = this.#session(user, remoteUri);
    const response = await this.type(user, remoteUri, "type");
    this.#typeAgain(dialog);
    return response;
  }

  /** Ends every session. */
  async hangUp(): Promise<void> {
    for (const dialog of this.#parts.dialogs.all("session")) await this.#bye(dialog);
  }

  /** INVITE of the other side, a first or a later one. */
  invited(incoming: Incoming, user: string): void {
    const { wire, dialogs, tell } = this.#parts;
    const known = dialogs.of(incoming.request);
    const dialog = known ?? dialogs.answer("session", wire.style.party(user), incoming);
    const content = {
      headers: [`Allow: ${wire.style.allow}`, "Content-Type: application/sdp"],
      body: wire.style.description(dialog.user),
    };
    if (known === undefined) {
      this.ring(incoming, dialog.localTag);
      tell({ event: "session", state: "begun", user: dialog.user, with: dialog.remoteUri });
    }
    const fork = known === undefined ? wire.faults.value("fork") : undefined;
    const otherTag = randomBytes(5).toString("hex");
    if (fork !== undefined) wire.answer(incoming, { status: "183 Session Progress", toTag: otherTag });
    wire.accept(incoming, dialog, content);
    if (fork === "late") this.#forkedLate(incoming, { ...dialog, localTag: otherTag }, content);
    if (known === undefined && wire.faults.has("glare")) void this.#inviteToo(dialog);
    this.#touch(dialog);
  }

  /** Whether the other side takes it too is its choice. */
  async #inviteToo({ user, remoteUri }: PeerDialog): Promise<void> {
    await this.#invite(user, remoteUri, "at once").catch((error: unknown) => {
      if (!(error instanceof InviteRefusedError)) throw error;
    });
  }

  ring(incoming: Incoming, toTag?: string): void {
    this.#parts.wire.answer(incoming, { status: "180 Ringing", ...(toTag === undefined ? {} : { toTag }) });
  }

  /** MESSAGE or INFO of the other side, in a session; or a MESSAGE outside of any. */
  told(incoming: Incoming, parties: { readonly user: string; readonly from: string }): void {
    const { wire, dialogs, tell } = this.#parts;
    const { request } = incoming;
    const dialog = request.to.tag === undefined ? undefined : dialogs.of(request);
    const from = parties.from.replace(/^sips?:/, "");
    const text = Buffer.from(request.body).toString("utf8");
    if (dialog !== undefined) this.#touch(dialog);
    if (request.method === "INFO")
      tell({ event: "typing", from, to: parties.user, status: /status="(\w+)"/.exec(text)?.[1] ?? "" });
    else tell({ event: "message", from, to: parties.user, text });
    wire.answer(incoming, { status: wire.success(incoming) });
  }

  /** BYE of the other side; true where it was for the second device of a fork. */
  isForkEnded({ request, link }: Incoming): boolean {
    const tag = this.#forks.get(request.callId);
    if (tag === undefined || request.to.tag !== tag) return false;
    if (request.method === "BYE") this.#forks.delete(request.callId);
    const status = request.method === "BYE" ? "200 OK" : "481 Call/Transaction Does Not Exist";
    if (request.method !== "ACK") this.#parts.wire.answer({ request, link }, { status });
    return true;
  }

  closed(incoming: Incoming, dialog: PeerDialog): void {
    this.#parts.wire.answer(incoming, { status: "200 OK" });
    this.#ended(dialog);
  }

  /** Second devices whose 200 nobody has ended with BYE. */
  get openForks(): number {
    return this.#forks.size;
  }

  /** Forgets every plan, and with `forget` of the dialogs everything. */
  stop(): void {
    for (const timer of [...this.#idle.values(), ...this.#typing.values()]) timer.cancel();
    this.#idle.clear();
    this.#typing.clear();
    this.#forks.clear();
  }

  #forkedLate(
    incoming: Incoming,
    dialog: PeerDialog,
    content: { readonly headers: readonly string[]; readonly body: string },
  ): void {
    this.#forks.set(dialog.callId, dialog.localTag);
    this.#parts.wire.accept(incoming, dialog, content);
  }

  async #invite(
    user: string,
    remoteUri: string,
    text: string,
  ): Promise<{ readonly dialog: PeerDialog; readonly delivered?: SipResponse }> {
    const { wire, dialogs, tell } = this.#parts;
    const dialog = dialogs.begin("session", wire.style.party(user), remoteUri);
    const response = await wire.send(dialog, "INVITE", wire.style.offer(dialog, text)).catch((error: Error) => {
      dialogs.end(dialog);
      throw new InviteRefusedError(error.message);
    });
    if (response.status >= 300) {
      dialogs.end(dialog);
      throw new InviteRefusedError(`${response.status}`, response.status);
    }
    established(dialog, response);
    await wire.say(dialog, "ACK");
    tell({ event: "session", state: "begun", user, with: remoteUri });
    this.#touch(dialog);
    return wire.style.isTextDelivered(response) ? { dialog, delivered: response } : { dialog };
  }

  #session(user: string, remoteUri: string): PeerDialog {
    const dialog = this.#parts.dialogs.find("session", user, remoteUri);
    if (dialog === undefined) throw new Error(`${user} has no conversation with ${remoteUri}`);
    return dialog;
  }

  async #bye(dialog: PeerDialog): Promise<void> {
    this.#ended(dialog);
    await this.#parts.wire.send(dialog, "BYE", NOTHING);
  }

  #ended(dialog: PeerDialog): void {
    const { dialogs, tell } = this.#parts;
    this.#idle.get(dialog)?.cancel();
    this.#idle.delete(dialog);
    this.#stopTyping(dialog);
    if (dialogs.has(dialog)) tell({ event: "session", state: "ended", user: dialog.user, with: dialog.remoteUri });
    dialogs.end(dialog);
  }

  /** Something was said: the time after which an idle session ends begins anew. */
  #touch(dialog: PeerDialog): void {
    const { wire, dialogs, clock } = this.#parts;
    const seconds = wire.faults.number("idle");
    this.#idle.get(dialog)?.cancel();
    if (seconds === undefined || !dialogs.has(dialog)) return;
    // Whether the other side still answers makes no difference to a window that is closed.
    const timer = clock.after(seconds * 1000, () => void this.#bye(dialog).catch(() => undefined));
    this.#idle.set(dialog, timer);
  }

  #typeAgain(dialog: PeerDialog): void {
    const { wire, dialogs, clock } = this.#parts;
    this.#stopTyping(dialog);
    const timer = clock.after(TYPING_MS, () => {
      if (!dialogs.has(dialog)) return;
      void wire.send(dialog, "INFO", wire.style.typing("type")).catch(() => undefined);
      this.#typeAgain(dialog);
    });
    this.#typing.set(dialog, timer);
  }

  #stopTyping(dialog: PeerDialog): void {
    this.#typing.get(dialog)?.cancel();
    this.#typing.delete(dialog);
  }
}
