import type { Clock } from "./clock.ts";
import { TimerWheel } from "./timer-wheel.ts";

/** The machine's clock over one timer wheel; its timers do not keep the process alive. */
export const systemClock: Clock = new TimerWheel();
