import { type Element, elements, isXmlProblem, parseDocument, text } from "@interpres/xmpp/xml";

/** What a presence document says, whatever prefixes and namespaces it has; nothing of one that does not parse. */
export function stateIn(document: string): { readonly basic?: string; readonly activity?: string } {
  const root = parseDocument(document);
  if (isXmlProblem(root)) return {};
  const basic = firstNamed(root, "basic");
  const activity = firstNamed(root, "activity");
  return {
    ...(basic === undefined ? {} : { basic: text(basic).trim() }),
    ...(activity === undefined ? {} : { activity: text(activity).trim() }),
  };
}

function firstNamed(element: Element, name: string): Element | undefined {
  for (const each of elements(element)) {
    const found = each.name === name ? each : firstNamed(each, name);
    if (found !== undefined) return found;
  }
  return undefined;
}
