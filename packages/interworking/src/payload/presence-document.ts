import { isXmlProblem, parseDocument, type XmlFault } from "@interpres/xmpp/xml";
import { categoriesIn } from "./categories.ts";
import { type PidfDocument, pidfIn } from "./pidf.ts";
import { presentityIn } from "./presentity.ts";
import { withoutDoctype, xpidfIn } from "./xpidf.ts";

/** A presence document is small; what is larger is not one. */
const LIMITS = { stanzaBytes: 65_536, depth: 32, attributes: 64 };

/** PIDF first: it is all we ask for. The others are read where a server sends them anyway, as if they were PIDF. */
const readers = [pidfIn, categoriesIn, presentityIn, xpidfIn];

/** Why a document says nothing of a presentity: broken XML, or another thing than presence. */
export interface PresenceProblem {
  readonly kind: "presence-problem";
  readonly fault: XmlFault | "no-presence";
}

/** True for what `readPresenceDocument` refused. */
export function isPresenceProblem(result: PidfDocument | PresenceProblem): result is PresenceProblem {
  return "kind" in result;
}

/** Reads the body of a NOTIFY by what it is, not by what its Content-Type says; a UTF-16 label on UTF-8 is overlooked. */
export function readPresenceDocument(body: Uint8Array): PidfDocument | PresenceProblem {
  const root = parseDocument(withoutDoctype(body), LIMITS);
  if (isXmlProblem(root)) return { kind: "presence-problem", fault: root.fault };
  for (const read of readers) {
    const document = read(root);
    if (document !== undefined) return document;
  }
  return { kind: "presence-problem", fault: "no-presence" };
}
