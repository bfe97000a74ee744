import { randomBytes } from "node:crypto";
import type { SipResponse } from "@interpres/sip";
import { invitation } from "../edge/edge-bodies.ts";
import type { Deviation } from "../observer/observer.ts";
import { established, type PeerDialog } from "./peer-dialogs.ts";
import type { Content } from "./peer-style.ts";
import type { SimulatedPeer } from "./simulated-peer.ts";

/** One request that a careful server must answer in a known way. */
export interface Probe {
  readonly method: string;
  readonly does: string;
  readonly source: string;
  /** Statuses that are right; none where there must be no answer. */
  readonly expects: readonly number[];
  readonly content: (parties: ProbeParties) => Content;
  /** Outside a dialog, in a session that is begun for it, or in a dialog that the other side does not know. */
  readonly where?: "session" | "unknown-dialog";
  /** From a user of a domain that is not this simulator's. */
  readonly from?: "stranger";
}

export interface ProbeParties {
  /** A user of this side, and one of the other: full addresses. */
  readonly user: string;
  readonly target: string;
}

const sdp = (...media: readonly string[]): Content => ({
  headers: ["Content-Type: application/sdp"],
  body: ["v=0", "o=- 0 0 IN IP4 192.0.2.57", "s=session", "c=IN IP4 192.0.2.57", "t=0 0", ...media, ""].join("\r\n"),
});
const IM: Content = { headers: ["Content-Type: application/sdp"], body: invitation("null") };
const PRESENCE = ["Event: presence", "Accept: application/pidf+xml"];
const bodied = (type: string, body: string): Content => ({ headers: [`Content-Type: ${type}`], body });
const plain = (...headers: readonly string[]): Content => ({ headers, body: "" });
const FILE_XML = `<request xmlns="http://schemas.microsoft.com/rtc/2009/05/filetransfer" requestId="1"><publishFile><fileInfo><id>{1}</id><name>plan.txt</name><size>10</size></fileInfo></publishFile></request>`;

/** Every probe by its name. */
export const PROBES = {
  options: {
    method: "OPTIONS",
    does: "asks what the other side can do",
    source: "RFC 3261 §11; dialect facts §1.6",
    expects: [200],
    content: () => plain(),
  },
  audio: {
    method: "INVITE",
    does: "calls with audio",
    source: "dialect facts §3.9, §7 (11)",
    expects: [488],
    content: () => sdp("m=audio 50000 RTP/SAVP 8 0", "a=rtpmap:8 PCMA/8000"),
  },
  video: {
    method: "INVITE",
    does: "calls with audio and video",
    source: "dialect facts §3.9, §7 (11)",
    expects: [488],
    content: () => sdp("m=audio 50000 RTP/SAVP 8", "m=video 50002 RTP/SAVP 34"),
  },
  sharing: {
    method: "INVITE",
    does: "shares an application",
    source: "dialect facts §3.9",
    expects: [488],
    content: () => sdp("m=applicationsharing 50000 TCP/RTP/SAVP 127"),
  },
  file: {
    method: "INVITE",
    does: "offers a file as Lync clients do",
    source: "dialect facts §3.9, §7 (11)",
    expects: [488],
    content: () =>
      bodied(
        'multipart/mixed; boundary="cut"',
        `--cut\r\nContent-Type: application/sdp\r\n\r\n${sdp("m=data 50000 TCP/RTP/SAVP *").body}\r\n--cut\r\nContent-Type: application/ms-filetransfer+xml\r\n\r\n${FILE_XML}\r\n--cut--\r\n`,
      ),
  },
  "file-message": {
    method: "MESSAGE",
    does: "offers a file as LCS and OCS clients do, in a session",
    source: "dialect facts §3.9, §7 (11)",
    expects: [200, 415],
    where: "session",
    content: () =>
      bodied(
        "text/x-msmsgsinvite; charset=UTF-8",
        "Application-Name: File Transfer\r\nInvitation-Command: INVITE\r\nInvitation-Cookie: 1\r\nApplication-File: plan.txt\r\nApplication-FileSize: 10\r\n\r\n",
      ),
  },
  conference: {
    method: "INVITE",
    does: "invites to a conference",
    source: "dialect facts §3.9, §7 (11)",
    expects: [488, 603],
    content: ({ user }) =>
      bodied(
        "application/ms-conf-invite+xml",
        `<Conferencing version="2.0"><focus-uri>sip:${user};gruu;opaque=app:conf:focus:id:1</focus-uri><subject/><im available="true"><first-im/></im></Conferencing>`,
      ),
  },
  multiparty: {
    method: "INVITE",
    does: "requires the extension for three and more",
    source: "dialect facts §1.7, §3.9",
    expects: [420],
    content: () => ({ headers: ["Require: com.microsoft.rtc-multiparty", ...IM.headers], body: IM.body }),
  },
  "three-parties": {
    method: "INVITE",
    does: "invites to a talk of three",
    source: "dialect facts §3.2, §3.9",
    expects: [488],
    content: ({ user, target }) => ({
      headers: [
        `EndPoints: <sip:${user}>, <sip:${target}>, <sip:third@contoso.example>`,
        "TriggeredInvite: TRUE",
        ...IM.headers,
      ],
      body: IM.body,
    }),
  },
  "no-offer": {
    method: "INVITE",
    does: "invites without a session description",
    source: "RFC 3261 §13.2.1; dialect facts §3.9",
    expects: [200, 488],
    content: () => plain(),
  },
  ink: {
    method: "MESSAGE",
    does: "sends ink, in a session",
    source: "dialect facts §3.6, §3.9",
    expects: [415],
    where: "session",
    content: () => bodied("application/x-ms-ink", "base64:AAA="),
  },
  image: {
    method: "MESSAGE",
    does: "sends an image, in a session",
    source: "dialect facts §3.6, §3.9",
    expects: [415],
    where: "session",
    content: () => bodied("image/gif", "GIF89a"),
  },
  batched: {
    method: "SUBSCRIBE",
    does: "subscribes to a list, which needs extensions",
    source: "dialect facts §1.7, §7 (5)",
    expects: [420],
    content: () => plain(...PRESENCE, "Require: adhoclist, categoryList", "Supported: eventlist"),
  },
  "other-event": {
    method: "SUBSCRIBE",
    does: "subscribes to another event package",
    source: "RFC 6665 §4.2.1.1; dialect facts §2.2",
    expects: [489],
    content: () => plain("Event: vnd-microsoft-roaming-contacts", "Accept: application/pidf+xml"),
  },
  "no-pidf": {
    method: "SUBSCRIBE",
    does: "accepts no presence document that there is",
    source: "dialect facts §2.2",
    expects: [406],
    content: () => plain("Event: presence", "Accept: application/rlmi+xml"),
  },
  "lost-refresh": {
    method: "SUBSCRIBE",
    does: "refreshes a subscription that the other side does not know",
    source: "dialect facts §0.1 (10), §7",
    expects: [481],
    where: "unknown-dialog",
    content: () => plain(...PRESENCE),
  },
  "lost-message": {
    method: "MESSAGE",
    does: "says something in a session that the other side does not know",
    source: "dialect facts §3.6",
    expects: [481],
    where: "unknown-dialog",
    content: () => bodied("text/plain; charset=UTF-8", "is anybody there?"),
  },
  "lost-bye": {
    method: "BYE",
    does: "ends a session that the other side does not know",
    source: "RFC 3261 §15.1.2; dialect facts §3.10",
    expects: [481, 200],
    where: "unknown-dialog",
    content: () => plain(),
  },
  "early-typing": {
    method: "INFO",
    does: "types before there is a session",
    source: "dialect facts §3.7",
    expects: [405, 481],
    content: () =>
      bodied("application/xml", `<?xml version="1.0"?><KeyboardActivity> <status status="type" /></KeyboardActivity>`),
  },
  stranger: {
    method: "SUBSCRIBE",
    does: "comes from a domain that this certificate may not speak for",
    source: "dialect facts §1.3, §7",
    expects: [403],
    from: "stranger",
    content: () => plain(...PRESENCE),
  },
  benotify: {
    method: "BENOTIFY",
    does: "notifies without wanting an answer",
    source: "MS-SIP 3.5.5.3; dialect facts §1.6",
    expects: [],
    where: "unknown-dialog",
    content: () => plain("Event: presence", "Subscription-State: active"),
  },
  service: {
    method: "SERVICE",
    does: "polls presence by SOAP",
    source: "dialect facts §2.9",
    expects: [405, 501],
    content: () => bodied("application/SOAP+xml", `<?xml version="1.0"?><Envelope/>`),
  },
  negotiate: {
    method: "NEGOTIATE",
    does: "proposes compression",
    source: "dialect facts §1.6",
    expects: [405, 501],
    content: () => plain(),
  },
  refer: {
    method: "REFER",
    does: "refers to somebody else",
    source: "dialect facts §3.9",
    expects: [405, 403, 603],
    content: () => plain("Refer-To: <sip:third@contoso.example>"),
  },
} as const satisfies Readonly<Record<string, Probe>>;

export type ProbeName = keyof typeof PROBES;

export function isProbe(word: string): word is ProbeName {
  return Object.hasOwn(PROBES, word);
}

/** How a probe went: the answer, if one came, and what is wrong with that. */
export interface ProbeOutcome {
  readonly status: number | undefined;
  readonly deviation?: Deviation;
}

/** Sends one probe. Rejects when an answer that must come does not. */
export async function probe(peer: SimulatedPeer, name: ProbeName, parties: ProbeParties): Promise<ProbeOutcome> {
  const { method, expects, content, where, from }: Probe = PROBES[name];
  const user = from === undefined ? parties.user : `stranger@${randomBytes(4).toString("hex")}.example`;
  if (where === "session") await peer.sessions.say(user, `sip:${parties.target}`, "This is a probe.");
  const dialog = probeDialog(peer, { user, target: parties.target }, where);
  if (expects.length === 0) {
    await peer.wire.say(dialog, method, content(parties));
    return { status: undefined };
  }
  const { status } = await answered(peer, dialog, { method, ...content(parties) });
  const detail = `${method} that ${PROBES[name].does} is answered ${status}, not ${expects.join(" or ")}`;
  return expects.includes(status) ? { status } : { status, deviation: { rule: `probe-${name}`, detail } };
}

function probeDialog(peer: SimulatedPeer, { user, target }: ProbeParties, where: Probe["where"]): PeerDialog {
  const remoteUri = `sip:${target}`;
  const session = where === "session" ? peer.dialogs.find("session", user, remoteUri) : undefined;
  if (session !== undefined) return session;
  const dialog = peer.dialogs.begin("watch", peer.wire.style.party(user), remoteUri);
  if (where === "unknown-dialog") dialog.remoteTag = randomBytes(5).toString("hex");
  peer.dialogs.end(dialog);
  return dialog;
}

/** A session that a probe got against its will ends at once. */
async function answered(
  { wire }: SimulatedPeer,
  dialog: PeerDialog,
  request: Content & { readonly method: string },
): Promise<SipResponse> {
  const response = await wire.send(dialog, request.method, request);
  if (request.method !== "INVITE" || response.status >= 300) return response;
  established(dialog, response);
  await wire.say(dialog, "ACK");
  await wire.send(dialog, "BYE", plain());
  return response;
}
