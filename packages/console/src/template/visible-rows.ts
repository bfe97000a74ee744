/** What of a long list is drawn: rows `first` (included) to `last` (excluded). */
export interface VisibleRows {
  readonly first: number;
  readonly last: number;
}

/** A few rows more than are seen, so that scrolling shows no gap. */
const BEYOND = 12;

/** All measures in pixels; every row is as high as the others. */
export function visibleRows(view: {
  readonly scrollTop: number;
  readonly height: number;
  readonly rowHeight: number;
  readonly count: number;
}): VisibleRows {
  const { scrollTop, height, rowHeight, count } = view;
  const top = Math.floor(scrollTop / rowHeight);
  const first = Math.max(0, Math.min(top, count) - BEYOND);
  return { first, last: Math.min(count, top + Math.ceil(height / rowHeight) + BEYOND) };
}
