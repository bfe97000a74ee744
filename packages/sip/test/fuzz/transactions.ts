import assert from "node:assert/strict";
import { OurSide } from "./our-side.ts";
import { PeerSide } from "./peer-side.ts";
import { Scene } from "./scene.ts";

/** So many lines of an input are played. */
const LONGEST_PLAY = 60;
/** More timers than any play can leave behind: what still waits then waits for ever. */
const MOST_TIMERS = 5000;

/**
 * A play in lines, on a core over a transport in memory: what the peer sends and answers, what our user does, what time
 * passes. Each line is a verb and its arguments; what is no line of ours is passed over. Whatever is played, no fault is
 * logged, no request gets two final answers, every user hears of each end once, and when all timers have run nothing is left.
 */
export function fuzzTransactions(input: Buffer): void {
  const scene = new Scene();
  const ours = new OurSide(scene);
  const peer = new PeerSide(scene);
  for (const line of input.toString("latin1").split("\n").slice(0, LONGEST_PLAY)) {
    const [verb = "", ...words] = line.trim().split(/ +/);
    if (!peer.play(verb, words) && !ours.play(verb, words) && verb === "wait") scene.wait(Number(words[0]));
    peer.check();
    scene.check();
  }
  ours.leave();
  playTimers(scene);
  peer.check();
  scene.check();
  ours.checkEnds();
  const { clients, servers } = scene.stage.transactions.size;
  assert.deepEqual({ clients, servers, dialogs: scene.stage.core.dialogs }, { clients: 0, servers: 0, dialogs: 0 });
}

function playTimers({ stage: { clock } }: Scene): void {
  for (let left = MOST_TIMERS; clock.nextTimerMs !== undefined; left -= 1) {
    assert.ok(left > 0, "timers without end");
    clock.advance(clock.nextTimerMs);
  }
}
