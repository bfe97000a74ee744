/** What an operator may set of the translator. Read once; the defaults suit a node of one organisation. */
export interface InterworkingSettings {
  /** Foreign watchers' dialogs, all users together. */
  readonly maxInboundWatches: number;
  /** After a start: how long users have to come back before watchers are told that they are gone. */
  readonly settleSeconds: number;
  /** IM sessions, all users together. */
  readonly maxSessions: number;
  /** Those with users of one domain. */
  readonly maxSessionsWithOneDomain: number;
  /** Messages accepted from clients whose fate is not known yet. */
  readonly maxUnfinished: number;
  /** Those for users of one domain: one that is silent leaves room for the others. */
  readonly maxUnfinishedForOneDomain: number;
  /** IPv4 address for the o= and c= lines of IM session descriptions; nothing is ever sent to it. */
  readonly sdpAddress: string;
}

export const defaultInterworkingSettings: InterworkingSettings = {
  maxInboundWatches: 200_000,
  settleSeconds: 20,
  maxSessions: 50_000,
  maxSessionsWithOneDomain: 25_000,
  maxUnfinished: 100_000,
  maxUnfinishedForOneDomain: 40_000,
  sdpAddress: "127.0.0.1",
};
