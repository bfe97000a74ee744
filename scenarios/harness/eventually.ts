import { setTimeout as pause } from "node:timers/promises";

const PAUSE_MS = 20;
const LIMIT_MS = 20_000;
/** The file has failed by then: what fails for the same reason need not be waited for as long. */
const LIMIT_AFTER_FAILURE_MS = 2000;

let limitMs = LIMIT_MS;

/**
 * Tries until the check holds; what still fails twenty seconds after the first try is the test's failure. After one such
 * failure in a process the others have two seconds.
 */
export async function eventually(check: () => void | Promise<void>): Promise<void> {
  const end = performance.now() + limitMs;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (performance.now() >= end) {
        limitMs = LIMIT_AFTER_FAILURE_MS;
        throw error;
      }
      await pause(PAUSE_MS);
    }
  }
}
