import { randomBytes } from "node:crypto";
import type { SipRequest, SipResponse } from "@interpres/sip";
import type { PeerLink } from "../sip-peer.ts";

/** What a dialog is for: the other side watches, a user of this side watches, or both talk. */
export type DialogKind = "watcher" | "watch" | "session";

/** One dialog as a simulator keeps it. */
export interface PeerDialog {
  readonly kind: DialogKind;
  readonly callId: string;
  /** The user of this side: `bob@contoso.example`. */
  readonly user: string;
  /** His Contact URI. */
  readonly contact: string;
  readonly localTag: string;
  /** Record-Route values this side gave out; every later request must bring them back unaltered. */
  readonly route: readonly string[];
  readonly remoteUri: string;
  remoteTag: string;
  remoteTarget: string;
  /** Routes that the other side recorded, in the order in which a request of this side takes them. */
  routeSet: readonly string[];
  /** Number of the last request of this side. */
  cseq: number;
  /** Granted seconds. */
  expires: number;
  /** The connection on which the other side began it. */
  readonly link: PeerLink | undefined;
}

/** What of a dialog depends on who simulates. */
export interface LocalParty {
  readonly user: string;
  readonly contact: string;
  readonly route: readonly string[];
}

/** Its living dialogs, by Call-ID. */
export class PeerDialogs {
  readonly #all = new Map<string, PeerDialog>();

  /** A dialog that this side begins with its next request. */
  begin(kind: DialogKind, party: LocalParty, remoteUri: string): PeerDialog {
    const callId = randomBytes(16).toString("hex");
    return this.#add({
      ...party,
      kind,
      callId,
      remoteUri,
      remoteTag: "",
      remoteTarget: remoteUri,
      routeSet: [],
      link: undefined,
    });
  }

  /** The dialog of a request that the other side began. */
  answer(kind: DialogKind, party: LocalParty, { request, link }: Incoming): PeerDialog {
    const { callId, from, contacts } = request;
    const remoteTarget = contacts[0]?.uri ?? from.uri;
    const routeSet = request.values("Record-Route");
    return this.#add({
      ...party,
      kind,
      callId,
      remoteUri: from.uri,
      remoteTag: from.tag ?? "",
      remoteTarget,
      routeSet,
      link,
    });
  }

  /** The dialog a request is in; undefined for one to another tag than this side's. */
  of({ callId, to }: SipRequest): PeerDialog | undefined {
    const dialog = this.#all.get(callId);
    return to.tag === undefined || dialog?.localTag === to.tag ? dialog : undefined;
  }

  find(kind: DialogKind, user: string, remoteUri: string): PeerDialog | undefined {
    return this.all(kind).find((one) => one.user === user && one.remoteUri === remoteUri);
  }

  all(kind: DialogKind): readonly PeerDialog[] {
    return [...this.#all.values()].filter((one) => one.kind === kind);
  }

  has(dialog: PeerDialog): boolean {
    return this.#all.get(dialog.callId) === dialog;
  }

  end(dialog: PeerDialog): void {
    if (this.has(dialog)) this.#all.delete(dialog.callId);
  }

  /** As a crash does. */
  forget(): void {
    this.#all.clear();
  }

  #add(init: Omit<PeerDialog, "localTag" | "cseq" | "expires">): PeerDialog {
    const dialog = { ...init, localTag: randomBytes(5).toString("hex"), cseq: 0, expires: 3600 };
    this.#all.set(dialog.callId, dialog);
    return dialog;
  }
}

/** Takes up what a 2xx to a request of this side says of the other end (RFC 3261 §12.1.2). */
export function established(dialog: PeerDialog, response: SipResponse): void {
  dialog.remoteTag = response.to.tag ?? "";
  dialog.remoteTarget = response.contacts[0]?.uri ?? dialog.remoteTarget;
  dialog.routeSet = response
    .values("Record-Route")
    .filter((route) => !dialog.route.includes(route))
    .reverse();
}

/** A request and the connection it came on. */
export interface Incoming {
  readonly request: SipRequest;
  readonly link: PeerLink;
}
