import type { Step } from "@interpres/runtime";
import type { Edit, Key } from "./keys.ts";

/** A line while it is typed. */
export interface EditedLine {
  readonly before: string;
  /** What stands behind the cursor. */
  readonly after: string;
  /** How many lines back in history; 0 is the new line. */
  readonly back: number;
  /** The new line, while an older one is looked at. */
  readonly draft: string;
}

export type EditorEffect =
  | { readonly kind: "draw" }
  | { readonly kind: "entered"; readonly line: string }
  | { readonly kind: "interrupted" }
  | { readonly kind: "ended" }
  | { readonly kind: "complete" }
  | { readonly kind: "hint" };

type EditorStep = Step<EditedLine, EditorEffect>;

export const emptyLine: EditedLine = { before: "", after: "", back: 0, draft: "" };
const LONGEST_LINE = 1024;
const DRAW: readonly EditorEffect[] = [{ kind: "draw" }];

/** One key pressed on a line. `history` is oldest first. Where lines are answers, Tab and `?` are nothing special. */
export function press(
  line: EditedLine,
  key: Key,
  { history, lines }: { readonly history: readonly string[]; readonly lines: "commands" | "answers" },
): EditorStep {
  switch (key.kind) {
    case "text":
      if (key.text === "?" && lines === "commands") return { state: line, effects: [{ kind: "hint" }] };
      return insert(line, key.text);
    case "edit":
      return moved(line, afterEdit(line, key.edit));
    case "tab":
      return { state: line, effects: lines === "commands" ? [{ kind: "complete" }] : [] };
    case "enter":
      return { state: emptyLine, effects: [{ kind: "entered", line: line.before + line.after }] };
    case "interrupt":
      return { state: emptyLine, effects: [{ kind: "interrupted" }] };
    case "end-of-input":
      if (line.before + line.after === "") return { state: line, effects: [{ kind: "ended" }] };
      return moved(line, afterEdit(line, "erase-right"));
    case "up":
      return recalled(line, line.back + 1, history);
    case "down":
      return recalled(line, line.back - 1, history);
    case "redraw":
      return { state: line, effects: DRAW };
    case "other":
      return { state: line, effects: [] };
  }
}

/** Text put in at the cursor, as far as there is room. */
export function insert(line: EditedLine, text: string): EditorStep {
  const room = LONGEST_LINE - line.before.length - line.after.length;
  return moved(line, { before: line.before + text.slice(0, Math.max(0, room)), after: line.after });
}

type Sides = Pick<EditedLine, "before" | "after">;

function moved(line: EditedLine, sides: Sides): EditorStep {
  return { state: { ...line, ...sides }, effects: DRAW };
}

function afterEdit({ before, after }: Sides, edit: Edit): Sides {
  const left = withoutLast(before);
  const right = withoutFirst(after);
  switch (edit) {
    case "erase-left":
      return { before: left, after };
    case "erase-right":
      return { before, after: right };
    case "erase-before":
      return { before: "", after };
    case "erase-after":
      return { before, after: "" };
    case "erase-word":
      return { before: before.replace(/\S*\s*$/, ""), after };
    case "left":
      return { before: left, after: before.slice(left.length) + after };
    case "right":
      return { before: before + after.slice(0, after.length - right.length), after: right };
    case "home":
      return { before: "", after: before + after };
    case "end":
      return { before: before + after, after: "" };
  }
}

function recalled(line: EditedLine, back: number, history: readonly string[]): EditorStep {
  if (back < 0 || back > history.length) return { state: line, effects: [] };
  const draft = line.back === 0 ? line.before + line.after : line.draft;
  const before = back === 0 ? draft : (history[history.length - back] ?? "");
  return { state: { before, after: "", back, draft }, effects: DRAW };
}

function withoutLast(text: string): string {
  return [...text].slice(0, -1).join("");
}

function withoutFirst(text: string): string {
  return [...text].slice(1).join("");
}

/** The characters that draw a line behind its prompt in one row, and put the cursor where it belongs. */
export function drawn(prompt: string, { before, after }: EditedLine, columns: number): string {
  const room = Math.max(8, columns - prompt.length - 1);
  const shownBefore = [...before].slice(-room);
  const shownAfter = [...after].slice(0, room - shownBefore.length);
  const backwards = shownAfter.length === 0 ? "" : `\x1b[${shownAfter.length}D`;
  return `\r${prompt}${shownBefore.join("")}${shownAfter.join("")}\x1b[K${backwards}`;
}
