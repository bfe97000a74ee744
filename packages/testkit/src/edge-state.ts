/** What a user of the simulated enterprise has set; only this much reaches a foreign watcher. */
export type EdgeState = "available" | "busy" | "away" | "offline";
