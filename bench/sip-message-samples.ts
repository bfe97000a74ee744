/** Four messages as they cross a federated edge: long Vias, signed routes, several Supported lines. All names invented. */

const pidf = `<?xml version="1.0" encoding="UTF-8"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:kim@fabrikam.example"><tuple id="t1"><status><basic>open</basic></status>
<contact priority="0.8">sip:kim@fabrikam.example</contact><note>In a meeting until four</note></tuple></presence>
`;

const sdp = `v=0
o=- 0 0 IN IP4 192.0.2.61
s=session
c=IN IP4 192.0.2.61
t=0 0
m=message 5060 sip null
a=accept-types:text/plain multipart/alternative image/gif text/rtf text/html application/ms-imdn+xml
`;

const vias = [
  'Via: SIP/2.0/TLS 192.0.2.115:5061;branch=z9hG4bKCA978112.3E23E8160039594A;branched=FALSE;ms-internal-info="bXMtaW50ZXJuYWwtaW5mby1mb3ItdGhlLWJlbmNo"',
  "Via: SIP/2.0/TLS 192.0.2.112:50101;branch=z9hG4bK2E7D2C03.18AC3E7343F01689;branched=FALSE;ms-received-port=50101;ms-received-cid=B10C100",
];
const route =
  "<sip:edge.fabrikam.example:5061;transport=tls;lr;ms-key-info=AAEAAWludmVudGVk;ms-route-sig=aW52ZW50ZWQtc2lnbmF0dXJl>;tag=0D0C0B0A0004";

const subscribe = message(
  [
    "SUBSCRIBE sip:jo@example.com SIP/2.0",
    ...vias,
    "Max-Forwards: 68",
    'From: "Kim Akers"<sip:kim@fabrikam.example>;tag=5f0a000004;epid=4be7c0ffee',
    "To: <sip:jo@example.com>",
    "Call-ID: 00112233445566778899aabbccd00004",
    "CSeq: 1 SUBSCRIBE",
    "Contact: <sip:kim@fabrikam.example;opaque=user:epid:wq1BexampleAA;gruu>",
    "User-Agent: UCCAPI/16.0.5290.1000 OC/16.0.5290.1000 (Skype for Business)",
    `Record-Route: ${route}`,
    "Event: presence",
    "Accept: application/pidf+xml, application/rlmi+xml, multipart/related",
    "Supported: ms-piggyback-first-notify",
    "Supported: ms-benotify",
    "Expires: 28800",
  ],
  "",
);

const notify = message(
  [
    "NOTIFY sip:jo@sip.example.com:5061;transport=tls SIP/2.0",
    ...vias,
    "Max-Forwards: 69",
    "From: <sip:kim@fabrikam.example>;tag=9a8b7c6d;epid=451e9252b6",
    "To: <sip:jo@example.com>;tag=hf83jd72",
    "Call-ID: 5d0c1b2a-9e8f-4a7b-b6c5@sip.example.com",
    "CSeq: 7 NOTIFY",
    "Contact: <sip:kim@fabrikam.example;opaque=user:epid:wq1BexampleAA;gruu>",
    "Event: presence",
    "Subscription-State: active;expires=28401",
    "Content-Type: application/pidf+xml",
  ],
  pidf,
);

const pageMessage = message(
  [
    "MESSAGE sip:jo@example.com SIP/2.0",
    "Via: SIP/2.0/TLS edge.fabrikam.example:5061;branch=z9hG4bK776asdhds776",
    "Max-Forwards: 70",
    'From: "Kim Akers" <sip:kim@fabrikam.example>;tag=49583',
    "To: <sip:jo@example.com>",
    "Call-ID: asd88asd77a@edge.fabrikam.example",
    "CSeq: 1 MESSAGE",
    "Contact: <sip:kim@fabrikam.example>",
    "Content-Type: text/plain;charset=UTF-8",
  ],
  "Shall we meet at four? The room is free.",
);

const invite = message(
  [
    "INVITE sip:jo@example.com SIP/2.0",
    ...vias,
    "Max-Forwards: 68",
    'From: "Kim Akers"<sip:kim@fabrikam.example>;tag=5f0a000004;epid=4be7c0ffee',
    "To: <sip:jo@example.com>",
    "Call-ID: 00112233445566778899aabbccd00005",
    "CSeq: 1 INVITE",
    "Contact: <sip:kim@fabrikam.example;opaque=user:epid:wq1BexampleAA;gruu>",
    "User-Agent: UCCAPI/16.0.5290.1000 OC/16.0.5290.1000 (Skype for Business)",
    `Record-Route: ${route}`,
    "Supported: ms-dialog-route-set-update",
    "Supported: timer",
    "Supported: histinfo",
    "Supported: ms-safe-transfer",
    "Supported: ms-sender",
    "Supported: ms-early-media",
    "Roster-Manager: sip:kim@fabrikam.example",
    "EndPoints: <sip:kim@fabrikam.example>, <sip:jo@example.com>",
    "Supported: com.microsoft.rtc-multiparty",
    "ms-keep-alive: UAC;hop-hop=yes",
    "Allow: INVITE, BYE, ACK, CANCEL, INFO, MESSAGE, UPDATE, REFER, NOTIFY, BENOTIFY",
    "Supported: ms-conf-invite",
    "Content-Type: application/sdp",
  ],
  sdp.replaceAll("\n", "\r\n"),
);

export const samples: readonly Buffer[] = [subscribe, notify, pageMessage, invite];

function message(lines: readonly string[], body: string): Buffer {
  return Buffer.from(`${lines.join("\r\n")}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}
