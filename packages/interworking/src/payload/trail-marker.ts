import type { HeaderLine, SipRequest } from "@interpres/sip";
import { attribute, child, childrenNamed, type Element, el } from "@interpres/xmpp/xml";
import { freshTrail, marksAmong, type Trail } from "../model/trail.ts";

const TRAIL = "urn:interpres:trail:0";
const HEADER = "Gateway-Trail";

/** The trail of a request: Max-Forwards and the marks of a header of ours. */
export function trailOfRequest(request: SipRequest): Trail {
  const hops = Math.min(request.maxForwards ?? freshTrail.hops, freshTrail.hops);
  return { hops, marks: marksAmong(request.values(HEADER)) };
}

/** The header line of a request with this trail, whose hops are its Max-Forwards. */
export function trailHeader({ marks }: Trail): HeaderLine {
  return [HEADER, marks.join(", ")];
}

/** The trail a stanza bears; one that bears none, or none that can be read, has not been anywhere. */
export function trailOfStanza(stanza: Element): Trail {
  const trail = child(stanza, "trail", TRAIL);
  if (trail === undefined) return freshTrail;
  const hops = Number.parseInt(attribute(trail, "hops") ?? "", 10);
  const marks = childrenNamed(trail, "gateway").map((gateway) => attribute(gateway, "mark") ?? "");
  return {
    hops: Number.isSafeInteger(hops) ? Math.min(hops, freshTrail.hops) : freshTrail.hops,
    marks: marksAmong(marks),
  };
}

/** What a stanza with this trail bears. */
export function trailElement({ hops, marks }: Trail): Element {
  const gateways = marks.map((mark) => el("gateway", TRAIL, { mark }));
  return el("trail", TRAIL, { hops: `${hops}` }, ...gateways);
}
