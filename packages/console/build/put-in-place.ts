import { existsSync, renameSync, rmSync } from "node:fs";

interface Placing {
  /** The folder that was built. */
  readonly fresh: string;
  /** Where it belongs; what stands there is moved away whole, never half there. */
  readonly place: string;
  /** Whether what stands there is as good. */
  readonly isPlaced: () => boolean;
  readonly rename?: typeof renameSync;
}

/** Other builds may move and place theirs between any two steps of this one: whoever finds the place taken looks again. */
export function putInPlace({ fresh, place, isPlaced, rename = renameSync }: Placing): void {
  const old = `${fresh}.old`;
  const move = (from: string, to: string, otherwise: readonly string[]): boolean => {
    try {
      rename(from, to);
      return true;
    } catch (error) {
      if (!otherwise.includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
      return false;
    }
  };
  while (!isPlaced()) {
    if (existsSync(place)) move(place, old, ["ENOENT"]);
    const isDone = move(fresh, place, ["ENOTEMPTY", "EEXIST"]);
    rmSync(old, { recursive: true, force: true });
    if (isDone) return;
  }
}
