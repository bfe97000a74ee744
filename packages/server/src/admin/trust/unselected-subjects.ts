import type { Notification } from "@interpres/admin-api";
import { PEER_AUTH_CONTEXT, type UnselectedSighting } from "@interpres/federation";
import type { NotificationSource } from "../admin-context.ts";
import { instantText } from "../http/instant.ts";

/** Peers that would be let in, were their subject selected and not only defined (facts R48). */
export function unselectedSubjectNotices(
  node: string,
  sightings: () => readonly UnselectedSighting[],
): NotificationSource {
  return () => sightings().map((sighting) => notice(node, sighting));
}

function notice(node: string, { subject, direction, remoteAddress, at }: UnselectedSighting): Notification {
  const preposition = direction === "inbound" ? "from" : "to";
  return {
    id: `tls-peer-subject-unselected:${subject}`,
    severity: "warning",
    node,
    service: "sip-proxy",
    text:
      `A connection ${preposition} ${remoteAddress} was refused at ${instantText(at)}: its certificate's subject ${subject} is a ` +
      `TLS peer subject, but ${PEER_AUTH_CONTEXT} has not selected it. Add it to the context's peerSubjects.`,
    link: `/tls-contexts/${PEER_AUTH_CONTEXT}`,
  };
}
