import type { PeerLink } from "./sip-peer.ts";

/** One dialog as the edge keeps it. */
export interface EdgeDialog {
  readonly callId: string;
  readonly user: string;
  readonly contact: string;
  readonly localTag: string;
  remoteTag: string;
  remoteUri: string;
  remoteTarget: string;
  cseq: number;
  /** Record-Route lines the edge gave out; every later request must bring the first back unaltered. */
  readonly route: string;
  readonly link: PeerLink | undefined;
}
