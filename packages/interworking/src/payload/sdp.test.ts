import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readSdp, writeSdp } from "./sdp.ts";

const head = "v=0\r\no=- 0 0 IN IP4 192.0.2.57\r\ns=session\r\nc=IN IP4 192.0.2.57\r\nt=0 0\r\n";

describe("session descriptions for instant messages", () => {
  const rows: readonly { readonly rule: string; readonly sdp: string; readonly is: unknown }[] = [
    {
      rule: "a blank at the end of the last line",
      sdp: `${head}m=message 5060 sip null\r\na=accept-types:text/plain text/HTML image/gif \r\n`,
      is: { kind: "im", description: { acceptTypes: ["text/plain", "text/html", "image/gif"] } },
    },
    {
      rule: "the media name of LCS 2005",
      sdp: `${head}m=x-ms-message 5060 sip sip:bob@example.com\r\n`,
      is: { kind: "im", description: { acceptTypes: [] } },
    },
    { rule: "a call", sdp: `${head}m=audio 5062 RTP/AVP 0\r\n`, is: { kind: "other-media", media: "audio" } },
    {
      rule: "a call beside messages",
      sdp: `${head}m=message 5060 sip null\r\nm=video 6 RTP/AVP 1\r\n`,
      is: { kind: "other-media", media: "video" },
    },
    {
      rule: "MSRP",
      sdp: `${head}m=message 7654 TCP/MSRP *\r\n`,
      is: { kind: "other-media", media: "message" },
    },
    { rule: "no media at all", sdp: head, is: { kind: "empty" } },
  ];
  for (const { rule, sdp, is } of rows) {
    test(rule, () => assert.deepEqual(readSdp(Buffer.from(sdp)), is));
  }

  test("ours is read back as what it says", () => {
    const sdp = writeSdp({ address: "192.0.2.1", destination: "null", acceptTypes: ["text/plain"] });
    assert.deepEqual(readSdp(Buffer.from(sdp)), { kind: "im", description: { acceptTypes: ["text/plain"] } });
    assert.ok(sdp.includes("\r\nm=message 5060 sip null\r\n"));
  });
});
