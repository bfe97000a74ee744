import type { EdgeDialog } from "./edge-dialog.ts";

/** What a request carries beside what every request of an edge does. */
export interface Content {
  readonly headers: readonly string[];
  readonly body: string;
}

export interface EdgeRequestInit extends Content {
  readonly dialog: EdgeDialog;
  readonly method: string;
  readonly branch: string;
  /** The edge's name, and the domain behind it. */
  readonly fqdn: string;
  readonly domain: string;
  readonly epid: string;
  /** What its top Via carries and wants back. */
  readonly internalInfo: string;
}

export const PRODUCT = "UCCAPI/16.0.4417.1000 OC/16.0.4417.1000 (Skype for Business)";

/** Headers interleaved, the lowest Via without a branch, Record-Route after Content-Length: as on the real wire. */
export function edgeRequestText(init: EdgeRequestInit): string {
  const { dialog, method, branch, fqdn, domain, epid, internalInfo, headers, body } = init;
  const to = dialog.remoteTag === "" ? "" : `;tag=${dialog.remoteTag}`;
  return [
    `${method} ${dialog.remoteTarget} SIP/2.0`,
    `Via: SIP/2.0/TLS ${fqdn}:5061;branch=${branch};branched=FALSE;ms-internal-info="${internalInfo}"`,
    "Max-Forwards: 68",
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(method === "INVITE" || method === "SUBSCRIBE" ? [`Record-Route: ${dialog.route}`] : []),
    "Via: SIP/2.0/TLS 192.0.2.56:50202;ms-received-port=50202;ms-received-cid=B20C200",
    `From: "${dialog.user}"<sip:${dialog.user}@${domain}>;tag=${dialog.localTag};epid=${epid}`,
    `To: <${dialog.remoteUri}>${to}`,
    `CALL-ID: ${dialog.callId}`,
    `CSeq: ${dialog.cseq} ${method}`,
    ...(method === "ACK" || method === "MESSAGE" ? [] : [`Contact: <${dialog.contact}>`]),
    `User-Agent: ${PRODUCT}`,
    ...headers,
    "",
    body,
  ].join("\r\n");
}
