import { setTimeout as pause } from "node:timers/promises";

const PAUSE_MS = 20;
const LIMIT_MS = 20_000;

/** Tries until the check holds; after twenty seconds its last failure is the test's. */
export async function eventually(check: () => void | Promise<void>): Promise<void> {
  for (let waited = 0; ; waited += PAUSE_MS) {
    try {
      await check();
      return;
    } catch (error) {
      if (waited >= LIMIT_MS) throw error;
      await pause(PAUSE_MS);
    }
  }
}
