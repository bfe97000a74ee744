import type { PeerState } from "../simulator/peer-style.ts";

/** A presence document and its media type. */
export interface PresenceDocument {
  readonly type: string;
  readonly body: string;
}

/** In which format a Microsoft server sends presence. */
export type DocumentFormat = "categories" | "msrtc-pidf" | "xpidf" | "pidf" | "utf-16";

const DECLARATION = `<?xml version="1.0" encoding="utf-8"?>`;

/** What a foreign watcher gets of a state (dialect facts §2.7): idle is not told, in a meeting neither. */
const ACTIVITY: Readonly<Record<PeerState, string>> = {
  available: "",
  idle: "",
  busy: "<ep:activities><ep:activity>busy</ep:activity></ep:activities>",
  away: "<ep:activities><ep:activity>away</ep:activity></ep:activities>",
  offline: "",
};

/** Availability of category XML, typical numbers (dialect facts §2.6). */
const AVAILABILITY: Readonly<Record<PeerState, number>> = {
  available: 3500,
  idle: 5000,
  busy: 6500,
  away: 15_500,
  offline: 18_500,
};

/** Aggregates of availability and activity of LCS 2005 (MS-SIP 2.2.1). */
const AGGREGATES: Readonly<Record<PeerState, readonly [number, number]>> = {
  available: [300, 400],
  idle: [300, 200],
  busy: [300, 600],
  away: [300, 100],
  offline: [0, 0],
};

/** Status and substatus of XPIDF (MS-SIP 2.2.2). */
const XPIDF: Readonly<Record<PeerState, readonly [string, string]>> = {
  available: ["open", "online"],
  idle: ["open", "idle"],
  busy: ["inuse", "busy"],
  away: ["open", "away"],
  offline: ["closed", "unknown"],
};

const WRITERS: Readonly<Record<DocumentFormat, (entity: string, state: PeerState) => PresenceDocument>> = {
  pidf: (entity, state) => ({ type: "application/pidf+xml", body: DECLARATION + pidf(entity, state) }),
  "utf-16": (entity, state) => ({
    type: "application/pidf+xml",
    body: `<?xml version="1.0" encoding="utf-16"?>${pidf(entity, state)}`,
  }),
  categories: (entity, state) => ({ type: "application/msrtc-event-categories+xml", body: categories(entity, state) }),
  "msrtc-pidf": (entity, state) => ({ type: "text/xml+msrtc.pidf", body: msrtcPidf(entity, state) }),
  xpidf: (entity, state) => ({ type: "application/xpidf+xml", body: xpidf(entity, state) }),
};

/** The formats a server looks for in Accept, in its order (MS-PRES 1.3.3); XPIDF is for LCS 2005 clients. */
const PREFERENCE: readonly (readonly [string, DocumentFormat])[] = [
  ["application/msrtc-event-categories+xml", "categories"],
  ["text/xml+msrtc.pidf", "msrtc-pidf"],
  ["application/pidf+xml", "pidf"],
  ["application/xpidf+xml", "xpidf"],
];

/** The format for a watcher who accepts these types; PIDF where he does not say, undefined where there is none. */
export function formatFor(accepts: readonly string[]): DocumentFormat | undefined {
  if (accepts.length === 0) return "pidf";
  return PREFERENCE.find(([type]) => accepts.some((accepted) => accepted.split(";")[0]?.trim() === type))?.[1];
}

/** The document that tells foreign watchers of `entity`, a SIP URI. */
export function presenceDocument(entity: string, state: PeerState, format: DocumentFormat): PresenceDocument {
  return WRITERS[format](escaped(entity), state);
}

/** PIDF with RPID of the draft days: one tuple, no person. */
function pidf(entity: string, state: PeerState): string {
  const basic = state === "offline" ? "closed" : "open";
  return (
    `<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:ep="urn:ietf:params:xml:ns:pidf:status:rpid-status"` +
    ` xmlns:ci="urn:ietf:params:xml:ns:pidf:cipid" entity="${entity}">` +
    `<tuple id="0"><status><basic>${basic}</basic>${ACTIVITY[state]}</status></tuple>` +
    `<ci:display-name>${entity.replace(/^sip:|@.*/g, "")}</ci:display-name></presence>`
  );
}

function categories(entity: string, state: PeerState): string {
  return (
    `<categories xmlns="http://schemas.microsoft.com/2006/09/sip/categories" uri="${entity}">` +
    `<category name="state" instance="1" publishTime="2026-01-05T08:00:00.000">` +
    `<state xsi:type="aggregateState" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"` +
    ` xmlns="http://schemas.microsoft.com/2006/09/sip/state"><availability>${AVAILABILITY[state]}</availability></state>` +
    `</category></categories>`
  );
}

function msrtcPidf(entity: string, state: PeerState): string {
  const [availability, activity] = AGGREGATES[state];
  return (
    `${DECLARATION}<presentity uri="${entity.replace(/^sip:/, "")}" xmlns="http://schemas.microsoft.com/2002/09/sip/presence">` +
    `<availability aggregate="${availability}"/><activity aggregate="${activity}"/></presentity>`
  );
}

/** Without its DTD, which no strict reader takes. */
function xpidf(entity: string, state: PeerState): string {
  const [status, substatus] = XPIDF[state];
  return (
    `<?xml version="1.0"?><presence><presentity uri="${entity};method=SUBSCRIBE"/><atom id="1"><address uri="${entity}" priority="0.8">` +
    `<status status="${status}"/><msnsubstatus substatus="${substatus}"/></address></atom></presence>`
  );
}

/** Text as an attribute value. */
export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
