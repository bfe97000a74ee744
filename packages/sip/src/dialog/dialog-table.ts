import { Tally, type TallyLimits } from "@interpres/runtime";
import type { SipRequest } from "../message/message.ts";
import type { ServerTransaction } from "../transaction/transaction-user.ts";
import { domainOf } from "./party.ts";

/** The three parts of a dialog identifier (RFC 3261 §12); `remoteTag` is undefined until the other side answered. */
export interface DialogId {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string | undefined;
}

/** A subscription, a watch or a session: one usage owns one dialog. */
export interface DialogOwner {
  readonly dialogId: DialogId;
  /** Domain of the remote party: requests of the dialog come from there or are none of its. */
  readonly remoteDomain: string;
  /** A request within the dialog that passed the general checks. */
  receive(transaction: ServerTransaction): void;
  /** An ACK for a 2xx of ours. */
  acknowledged?(acknowledgement: SipRequest): void;
  /** Over without a word to anybody. */
  abandon(): void;
}

/** The living dialogs, bounded. Local tags are drawn by us and unique, so they alone are the key. */
export class DialogTable {
  readonly #owners = new Map<string, DialogOwner>();
  /** By remote domain. */
  readonly tally: Tally;

  constructor(limits: TallyLimits) {
    this.tally = new Tally(limits);
  }

  get size(): number {
    return this.#owners.size;
  }

  /** Those of an earlier run are taken up in any case. */
  add(owner: DialogOwner): void {
    this.#owners.set(owner.dialogId.localTag, owner);
    this.tally.add(owner.remoteDomain);
  }

  remove(owner: DialogOwner): void {
    if (this.#owners.get(owner.dialogId.localTag) !== owner) return;
    this.#owners.delete(owner.dialogId.localTag);
    this.tally.leave(owner.remoteDomain);
  }

  /** Abandons all. */
  clear(): void {
    for (const owner of this.#owners.values()) owner.abandon();
  }

  /**
   * Whose dialog a request belongs to (RFC 3261 §12.2.2). The domain in From is compared too, so that knowing the tags
   * of somebody else's dialog is not enough.
   */
  find(request: SipRequest): DialogOwner | undefined {
    const { from, to, callId } = request;
    const owner = to.tag === undefined ? undefined : this.#owners.get(to.tag);
    if (owner === undefined || owner.dialogId.callId !== callId) return undefined;
    const { remoteTag } = owner.dialogId;
    if (remoteTag !== undefined && remoteTag !== (from.tag ?? "")) return undefined;
    return domainOf(from.uri) === owner.remoteDomain ? owner : undefined;
  }
}
