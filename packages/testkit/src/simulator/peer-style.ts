import type { SipRequest, SipResponse } from "@interpres/sip";
import type { PeerLink } from "../sip-peer.ts";
import type { LocalParty, PeerDialog } from "./peer-dialogs.ts";

/** What a user of a simulated peer can be. */
export type PeerState = "available" | "busy" | "away" | "idle" | "offline";

/** What a message carries beside what every message of its kind does. */
export interface Content {
  readonly headers: readonly string[];
  readonly body: string;
}

/** How one kind of peer writes and whom it admits; all else is the same for every peer. */
export interface PeerStyle {
  /** Methods it takes, for Allow. */
  readonly allow: string;
  /** A user's Contact and the routes recorded for a new dialog. */
  party(user: string): LocalParty;
  /** A request of the dialog as it goes on the wire. */
  request(dialog: PeerDialog, init: { readonly method: string; readonly branch: string } & Content): string;
  /** What a 2xx that begins or goes on with the dialog carries. */
  accepted(dialog: PeerDialog): readonly string[];
  /** What explains a refusal. */
  explained(status: number): readonly string[];
  subscription(dialog: PeerDialog): Content;
  /** INVITE that says `text`, or keeps it for the first MESSAGE. */
  offer(dialog: PeerDialog, text: string): Content;
  /** Whether the 200 to such an INVITE says that the text has arrived. */
  isTextDelivered(response: SipResponse): boolean;
  /** Session description in an answer. */
  description(user: string): string;
  message(text: string): Content;
  typing(status: "type" | "idle"): Content;
  /** The presence document for whoever accepts these types; undefined where there is none to his taste. */
  document(user: string, state: PeerState, accepts: readonly string[]): Content | undefined;
  /** Why a request outside a dialog is not taken: a status line, or the end of the connection. */
  refusalOf(request: SipRequest, link: PeerLink): string | "close" | undefined;
  /** Whether the first NOTIFY overtakes the 200. */
  readonly isNotifyFirst: boolean;
}
