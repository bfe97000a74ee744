import { attribute, type Element, elements } from "@interpres/xmpp/xml";
import type { PidfDocument } from "./pidf.ts";
import { cleanText } from "./plain-text.ts";

const PRESENTITY = "http://schemas.microsoft.com/2002/09/sip/presence";
/** From here on somebody is connected (facts of Microsoft's dialect §2.6). */
const CONNECTED = 200;

/** Where each activity of LCS begins, and the word for it. */
const activities: readonly (readonly [number, string])[] = [
  [800, "open"],
  [700, "away"],
  [600, "busy"],
  [500, "on-the-phone"],
  [400, "open"],
  [300, "be-right-back"],
  [200, "idle"],
  [150, "lunch"],
  [100, "away"],
];

/** Reads `text/xml+msrtc.pidf` of LCS 2005: the two aggregates and the name. Undefined: something else. */
export function presentityIn(root: Element): PidfDocument | undefined {
  if (root.name !== "presentity" || root.namespace !== PRESENTITY) return undefined;
  const isConnected = aggregateIn(root, "availability") >= CONNECTED;
  const activity = aggregateIn(root, "activity");
  const word = activities.find(([first]) => activity >= first)?.[1] ?? "open";
  const displayName = cleanText(attributeOf(root, "displayName", "displayName")).trim();
  const basic = isConnected ? "open" : "closed";
  const tuple = { id: "0", basic, activities: isConnected ? [word] : [], notes: [] } as const;
  const document = { tuples: [tuple], activities: [], notes: [] };
  return displayName === "" ? document : { ...document, displayName };
}

function aggregateIn(root: Element, name: string): number {
  return Number(attributeOf(root, name, "aggregate"));
}

function attributeOf(root: Element, name: string, key: string): string {
  const found = elements(root).find((element) => element.name === name);
  return (found === undefined ? undefined : attribute(found, key)) ?? "";
}
