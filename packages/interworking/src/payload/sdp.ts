/** An offer or answer for instant messages inside a SIP session (MS-SDP 3.1.5.3): the media line is all that counts. */
export interface ImDescription {
  /** What the peer says it takes, lower case; empty when it does not say. */
  readonly acceptTypes: readonly string[];
}

export type SdpReading =
  | { readonly kind: "im"; readonly description: ImDescription }
  /** Other media beside or instead of it: calls, sharing, files, MSRP. */
  | { readonly kind: "other-media"; readonly media: string }
  | { readonly kind: "empty" };

/** `m=message` of OCS and later, `m=x-ms-message` of LCS 2005. */
const MEDIA = /^m=(?:x-ms-)?message +\d+ +sip +\S/i;

/** Reads an IM session description; `a=accept-types` may end in blanks. */
export function readSdp(body: Uint8Array): SdpReading {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
  let isIm = false;
  let acceptTypes: readonly string[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (/^m=/i.test(line)) {
      if (!MEDIA.test(line)) return { kind: "other-media", media: line.slice(2).split(" ")[0]?.toLowerCase() ?? "" };
      isIm = true;
    } else if (isIm && /^a=accept-types:/i.test(line)) {
      acceptTypes = line.slice("a=accept-types:".length).trim().toLowerCase().split(/\s+/);
    }
  }
  return isIm ? { kind: "im", description: { acceptTypes } } : { kind: "empty" };
}

export interface SdpInit {
  /** An IPv4 address; nothing is ever sent to it. */
  readonly address: string;
  /** In an offer "null", in an answer the URI of the one who answers. */
  readonly destination: string;
  readonly acceptTypes: readonly string[];
}

/** Our offer or answer. Port 5060 and protocol `sip` say that the messages travel in the dialog. */
export function writeSdp({ address, destination, acceptTypes }: SdpInit): string {
  return [
    "v=0",
    `o=- 0 0 IN IP4 ${address}`,
    "s=session",
    `c=IN IP4 ${address}`,
    "t=0 0",
    `m=message 5060 sip ${destination}`,
    `a=accept-types:${acceptTypes.join(" ")}`,
    "",
  ].join("\r\n");
}
