/** What stands over a batched subscription that a client sends on to the contact (dialect facts §2.2). */
export const categoryHeaders: readonly string[] = [
  "Event: presence",
  "Accept: application/msrtc-event-categories+xml, text/xml+msrtc.pidf, application/xpidf+xml, application/pidf+xml, application/rlmi+xml, multipart/related",
  "Supported: ms-piggyback-first-notify",
  "Supported: ms-benotify",
  "Proxy-Require: ms-benotify",
  "Content-Type: application/msrtc-adrl-categorylist+xml",
];

/** An LCS 2005 client: no body, formats of its time. */
export const oldHeaders: readonly string[] = [
  "Event: presence",
  "Accept: application/xpidf+xml, text/xml+msrtc.pidf, application/pidf+xml",
  "Supported: com.microsoft.autoextend",
  "Supported: ms-benotify",
  "Proxy-Require: ms-benotify",
];

/** What a client asks its own server for and, as the server does not know the user, sends on to us. */
export function categoryRequest(watcher: string, target: string): string {
  return (
    `<batchSub xmlns="http://schemas.microsoft.com/2006/01/sip/batch-subscribe" uri="sip:${watcher}" name="">` +
    `<action name="subscribe" id="63792024"><adhocList><resource uri="${target}"/></adhocList>` +
    `<categoryList xmlns="http://schemas.microsoft.com/2006/09/sip/categorylist"><category name="calendarData"/>` +
    `<category name="contactCard"/><category name="note"/><category name="state"/></categoryList></action></batchSub>`
  );
}

/** SDP of an IM session, the media line named as given. The last line ends in a blank, as real clients send it. */
export function invitation(uri: string, media = "message"): string {
  return [
    "v=0",
    "o=- 0 0 IN IP4 192.0.2.57",
    "s=session",
    "c=IN IP4 192.0.2.57",
    "t=0 0",
    `m=${media} 5060 sip ${uri}`,
    "a=accept-types:text/plain multipart/alternative image/gif text/rtf text/html application/x-ms-ink application/ms-imdn+xml text/x-msmsgsinvite ",
    "",
  ].join("\r\n");
}

export function typingDocument(status: "type" | "idle"): string {
  return `<?xml version="1.0"?><KeyboardActivity> <status status="${status}" /></KeyboardActivity>`;
}
