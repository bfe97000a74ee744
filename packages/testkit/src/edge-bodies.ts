import type { EdgeState } from "./edge-state.ts";

const ACTIVITY: Readonly<Record<EdgeState, string>> = {
  available: "",
  busy: "<ep:activities><ep:activity>busy</ep:activity></ep:activities>",
  away: "<ep:activities><ep:activity>away</ep:activity></ep:activities>",
  offline: "",
};

/** PIDF with RPID of the draft days, as a Microsoft server sends it to foreign watchers: one tuple, no person. */
export function presenceDocument(entity: string, state: EdgeState): string {
  const basic = state === "offline" ? "closed" : "open";
  return (
    `<?xml version="1.0" encoding="utf-8"?><presence xmlns="urn:ietf:params:xml:ns:pidf"` +
    ` xmlns:ep="urn:ietf:params:xml:ns:pidf:status:rpid-status" xmlns:ci="urn:ietf:params:xml:ns:pidf:cipid" entity="${entity}">` +
    `<tuple id="0"><status><basic>${basic}</basic>${ACTIVITY[state]}</status></tuple>` +
    `<ci:display-name>${entity.replace(/^sip:|@.*/g, "")}</ci:display-name></presence>`
  );
}

/** What stands over a `categoryRequest`. */
export const categoryHeaders: readonly string[] = [
  "Event: presence",
  "Accept: application/msrtc-event-categories+xml, text/xml+msrtc.pidf, application/xpidf+xml, application/pidf+xml, application/rlmi+xml, multipart/related",
  "Supported: ms-piggyback-first-notify",
  "Supported: ms-benotify",
  "Proxy-Require: ms-benotify",
  "Content-Type: application/msrtc-adrl-categorylist+xml",
];

/** What a client asks its own server for and, as the server does not know the user, sends on to us. */
export function categoryRequest(watcher: string, target: string): string {
  return (
    `<batchSub xmlns="http://schemas.microsoft.com/2006/01/sip/batch-subscribe" uri="sip:${watcher}" name="">` +
    `<action name="subscribe" id="63792024"><adhocList><resource uri="sip:${target}"/></adhocList>` +
    `<categoryList xmlns="http://schemas.microsoft.com/2006/09/sip/categorylist"><category name="state"/></categoryList>` +
    `</action></batchSub>`
  );
}

/** SDP of an IM session. The last line ends in a blank, as real clients send it. */
export function invitation(uri: string): string {
  return [
    "v=0",
    "o=- 0 0 IN IP4 192.0.2.57",
    "s=session",
    "c=IN IP4 192.0.2.57",
    "t=0 0",
    `m=message 5060 sip ${uri}`,
    "a=accept-types:text/plain multipart/alternative image/gif text/rtf text/html application/x-ms-ink ",
    "",
  ].join("\r\n");
}

export function typingDocument(status: "type" | "idle"): string {
  return `<?xml version="1.0"?><KeyboardActivity> <status status="${status}" /></KeyboardActivity>`;
}
