import { randomBytes } from "node:crypto";
import type { SipRequest } from "@interpres/sip";

/** What its users can be; a clearing house knows no other activity. */
export type HouseState = "available" | "away" | "idle" | "offline";

/** What a dialog is for: the customer watches, a user of the house watches, or both talk. */
export type HouseDialogKind = "watcher" | "watch" | "session";

/** One dialog as the clearing house keeps it. */
export interface HouseDialog {
  readonly kind: HouseDialogKind;
  readonly callId: string;
  /** `bob@aol.com`. */
  readonly user: string;
  readonly localTag: string;
  readonly remoteUri: string;
  remoteTag: string;
  remoteTarget: string;
  cseq: number;
  expires: number;
}

/** Its living dialogs, by Call-ID. */
export class HouseDialogs {
  readonly #all = new Map<string, HouseDialog>();

  begin(kind: HouseDialogKind, parties: { readonly user: string; readonly remoteUri: string }): HouseDialog {
    const callId = randomBytes(12).toString("hex");
    return this.#add({ kind, callId, ...parties, remoteTag: "", remoteTarget: parties.remoteUri });
  }

  answer(kind: HouseDialogKind, user: string, request: SipRequest): HouseDialog {
    const { callId, from, contacts } = request;
    const remoteTarget = contacts[0]?.uri ?? from.uri;
    return this.#add({ kind, callId, user, remoteUri: from.uri, remoteTag: from.tag ?? "", remoteTarget });
  }

  of(request: SipRequest): HouseDialog | undefined {
    return this.#all.get(request.callId);
  }

  session(user: string, remoteUri: string): HouseDialog | undefined {
    return this.sessions().find((one) => one.user === user && one.remoteUri === remoteUri);
  }

  sessions(): readonly HouseDialog[] {
    return [...this.#all.values()].filter((one) => one.kind === "session");
  }

  watchersOf(user: string): readonly HouseDialog[] {
    return [...this.#all.values()].filter((one) => one.kind === "watcher" && one.user === user);
  }

  end(dialog: HouseDialog): void {
    this.#all.delete(dialog.callId);
  }

  #add(init: Omit<HouseDialog, "localTag" | "cseq" | "expires">): HouseDialog {
    const dialog = { ...init, localTag: randomBytes(5).toString("hex"), cseq: 0, expires: 3600 };
    this.#all.set(dialog.callId, dialog);
    return dialog;
  }
}

export function houseBranch(): string {
  return `z9hG4bK${randomBytes(8).toString("hex")}`;
}

/** A request of the dialog as it goes on the wire. */
export function houseRequest(
  dialog: HouseDialog,
  content: { readonly method: string; readonly headers: readonly string[]; readonly body: string },
  place: { readonly fqdn: string; readonly contact: string; readonly branch: string },
): string {
  const { method, headers, body } = content;
  if (method !== "ACK") dialog.cseq += 1;
  const to = dialog.remoteTag === "" ? "" : `;tag=${dialog.remoteTag}`;
  return [
    `${method} ${dialog.remoteTarget} SIP/2.0`,
    `Via: SIP/2.0/TLS ${place.fqdn}:5061;branch=${place.branch}`,
    "Max-Forwards: 70",
    `From: <sip:${dialog.user}>;tag=${dialog.localTag}`,
    `To: <${dialog.remoteUri}>${to}`,
    `Call-ID: ${dialog.callId}`,
    `CSeq: ${dialog.cseq} ${method}`,
    ...(method === "ACK" || method === "MESSAGE" ? [] : [`Contact: ${place.contact}`]),
    ...headers,
    `Content-Length: ${Buffer.byteLength(body)}`,
    "",
    body,
  ].join("\r\n");
}

/** PIDF with prefixes, the presentity without a scheme, and away or idle as the only activities. */
export function presenceText(user: string, state: HouseState): string {
  const basic = state === "offline" ? "closed" : "open";
  const activity = state === "away" || state === "idle" ? `<ep:activity>${state}</ep:activity>` : "";
  return (
    `<?xml version="1.0"?><p:presence xmlns:p="urn:ietf:params:xml:ns:pidf"` +
    ` xmlns:ep="urn:ietf:params:xml:ns:pidf:status:rpid-status" entity="${user}">` +
    `<p:tuple id="t"><p:status><p:basic>${basic}</p:basic>${activity}</p:status></p:tuple></p:presence>`
  );
}
