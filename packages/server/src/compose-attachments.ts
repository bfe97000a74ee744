import type { Gateway } from "@interpres/interworking";
import { Attachments, type Stanza } from "@interpres/xmpp";
import { LiveAttachments } from "./attachments/live-attachments.ts";
import type { NodeParts } from "./node-parts.ts";

/** The servers we are attached to; which they are, `liveAttachmentsOf` tells them. */
export function composeAttachments(parts: NodeParts, gateway: () => Gateway): Attachments {
  const { clock, random, log, tap, metrics } = parts;
  const foreignSender = (stanza: Stanza): void => refused(parts, stanza);
  const attachments: Attachments = new Attachments({ clock, random, log, tap, gateway, foreignSender });
  metrics.gauge("interpres_attachment_links_up", "Open connections to the servers we are attached to.", () =>
    attachments.links.reduce((count, { standing }) => count + (standing.name === "up" ? 1 : 0), 0),
  );
  return attachments;
}

/** Those of the settings in force. */
export function liveAttachmentsOf({ running, store, log }: NodeParts, attachments: Attachments): LiveAttachments {
  const settings = () => running.current().federation.attachments ?? [];
  return new LiveAttachments({ attachments, secrets: store.secrets, settings, log });
}

/** An attached server passes on what its own peers send to its components: they are not users of ours. */
function refused({ decisions }: NodeParts, { kind, from, to }: Stanza): void {
  decisions.record({
    kind: kind === "message" ? "message" : "request",
    direction: "outbound",
    ...(kind === "presence" ? { traffic: "presence" } : {}),
    user: from?.bare.toString() ?? "",
    peer: to?.bare.toString() ?? "",
    decisions: [{ rule: "attachment-sender", outcome: "refuse", inputs: { stanza: kind } }],
    result: "refused 403",
  });
}
