import { API_ROOT, type TraceEvent, tracePath, withQuery } from "@interpres/admin-api";
import { useEffect, useState } from "react";

/** What of all that passes is asked for; an empty text asks for everything. */
export interface Asked {
  readonly peer: string;
  readonly user: string;
  readonly bodies: "masked" | "shown";
}

/** `ended`: the node refused, went away, or no longer knows who reads; the events stay. */
export interface Feed {
  readonly events: readonly TraceEvent[];
  readonly state: "connecting" | "following" | "ended";
}

/** The most that is kept; the oldest go first. */
const MOST_EVENTS = 400;
const EMPTY: Feed = { events: [], state: "connecting" };

/** What passed lately and what passes. Another `asked` begins anew. */
export function useFeed(asked: Asked): Feed {
  const [feed, setFeed] = useState(EMPTY);
  useEffect(() => {
    setFeed(EMPTY);
    const { peer, user, bodies } = asked;
    const query = { peer: peer || undefined, user: user || undefined, bodies, follow: "true" };
    const socket = new WebSocket(`wss://${location.host}${API_ROOT}${withQuery(tracePath, query)}`);
    const arrivals = inFrames((added) =>
      setFeed(({ events, state }) => ({ events: [...events, ...added].slice(-MOST_EVENTS), state })),
    );
    socket.onopen = () => setFeed(({ events }) => ({ events, state: "following" }));
    socket.onmessage = ({ data }) => arrivals.add(JSON.parse(String(data)) as TraceEvent);
    socket.onclose = () => setFeed(({ events }) => ({ events, state: "ended" }));
    return () => {
      socket.onclose = null;
      socket.close();
      arrivals.cancel();
    };
  }, [asked]);
  return feed;
}

/** What arrives between two frames is drawn at once. A page nobody sees has no frames and keeps the newest only. */
function inFrames(show: (added: readonly TraceEvent[]) => void) {
  let waiting: TraceEvent[] = [];
  let frame: number | undefined;
  const flush = (): void => {
    frame = undefined;
    show(waiting);
    waiting = [];
  };
  return {
    add: (event: TraceEvent): void => {
      waiting.push(event);
      if (waiting.length > MOST_EVENTS) waiting.shift();
      frame ??= requestAnimationFrame(flush);
    },
    cancel: (): void => {
      if (frame !== undefined) cancelAnimationFrame(frame);
    },
  };
}
