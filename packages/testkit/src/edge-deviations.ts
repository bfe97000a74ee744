import type { SipMessage } from "@interpres/sip";

/** Option tags that must never come back to a Microsoft server: it would change its behaviour. */
const NEVER_ECHOED = [
  "ms-benotify",
  "ms-piggyback-first-notify",
  "com.microsoft.autoextend",
  "ms-text-format",
  "ms-embedded-first-message",
];

/** What a strict observer objects to in an answer or a NOTIFY of the other side. */
export function deviationsIn(message: SipMessage, route: string): readonly string[] {
  const what = message.kind === "request" ? message.method : `answer to ${message.cseq.method}`;
  const found: string[] = [];
  const options = [...message.values("Supported"), ...message.values("Require")].map((tag) => tag.toLowerCase());
  for (const tag of NEVER_ECHOED) if (options.includes(tag)) found.push(`${what} echoes ${tag}`);
  if (message.kind === "response") {
    if (message.status < 300 && message.values("Record-Route")[0] !== route) found.push(`${what} alters Record-Route`);
    if (message.status < 300 && !contactNamesTransport(message)) found.push(`${what} has a Contact without transport`);
  } else {
    if (message.method === "BENOTIFY") found.push("BENOTIFY was never agreed on");
    if (message.contentType !== undefined && message.contentType.type !== "application/pidf+xml")
      found.push(`${what} carries ${message.contentType.type}`);
  }
  return found;
}

function contactNamesTransport(message: SipMessage): boolean {
  return message.contacts.every(({ uri }) => /;transport=tls/i.test(uri));
}
