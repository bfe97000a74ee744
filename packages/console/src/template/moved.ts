/** A list in which those marked have gone one place up (-1) or down (1), in their order; who is at the end stays. */
export function moved(list: readonly string[], marked: readonly string[], by: -1 | 1): readonly string[] {
  const next = by === 1 ? list.toReversed() : [...list];
  for (const [at, value] of next.entries()) {
    const before = next[at - 1];
    if (before === undefined || !marked.includes(value) || marked.includes(before)) continue;
    next.splice(at - 1, 2, value, before);
  }
  return by === 1 ? next.reverse() : next;
}
