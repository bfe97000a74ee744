import { attribute, type Element, elements } from "@interpres/xmpp/xml";
import type { PidfDocument, PidfTuple } from "./pidf.ts";

/** A document type that says only which it is: no subset of its own, so nothing in it could be expanded. */
const DOCTYPE =
  /^(?:\ufeff|\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?<!DOCTYPE\s+presence\s+PUBLIC\s+"[^"<>[\]]*XPIDF[^"<>[\]]*"\s+"[^"<>[\]]*"\s*>/;
const LONGEST_PROLOGUE = 512;
const MAX_TUPLES = 64;

/** The words of the RTC client for how someone is (facts of Microsoft's dialect §2.6). */
const activities: ReadonlyMap<string, string> = new Map([
  ["online", "open"],
  ["away", "away"],
  ["idle", "idle"],
  ["busy", "busy"],
  ["berightback", "be-right-back"],
  ["onthephone", "on-the-phone"],
  ["outtolunch", "lunch"],
]);

/** The octets without what stands before the root element of an XPIDF document; others as they are. */
export function withoutDoctype(body: Uint8Array): Uint8Array {
  const head = Buffer.from(body.buffer, body.byteOffset, Math.min(body.length, LONGEST_PROLOGUE)).toString("latin1");
  return head.includes("<!DOCTYPE") ? body.subarray(DOCTYPE.exec(head)?.[0].length ?? 0) : body;
}

/** Reads `application/xpidf+xml` of the RTC client: a tuple for each address. Undefined: something else. */
export function xpidfIn(root: Element): PidfDocument | undefined {
  if (root.name !== "presence" || root.namespace !== "") return undefined;
  const atoms = elements(root).filter(({ name }) => name === "atom");
  if (atoms.length === 0) return undefined;
  const addresses = atoms.flatMap((atom) => elements(atom).map((address) => tupleOf(address, attribute(atom, "id"))));
  return { tuples: addresses.slice(0, MAX_TUPLES), activities: [], notes: [] };
}

function tupleOf(address: Element, id: string | undefined): PidfTuple {
  const status = wordIn(address, "status", "status");
  const substatus = wordIn(address, "msnsubstatus", "substatus");
  const activity = activities.get(substatus) ?? (status === "inuse" ? "busy" : "open");
  const basic = status === "open" || status === "inuse" ? "open" : "closed";
  return { id: id ?? "0", basic, activities: [activity], notes: [] };
}

function wordIn(address: Element, name: string, key: string): string {
  const found = elements(address).find((element) => element.name === name);
  return ((found === undefined ? undefined : attribute(found, key)) ?? "").toLowerCase();
}
