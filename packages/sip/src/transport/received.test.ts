import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SipRequest } from "../message/message.ts";
import { parseMessage } from "../message/parse.ts";
import { withSource } from "./received.ts";

/** The Via lines of a request with these, after it came from 192.0.2.4 port 9999. */
function viasOf(lines: readonly string[], remoteAddress = "192.0.2.4"): readonly string[] {
  const text = ["MESSAGE sip:bob@example.com SIP/2.0", ...lines, "Content-Length: 0", "", ""].join("\r\n");
  const request = parseMessage(Buffer.from(text), "stream");
  assert.ok(request instanceof SipRequest);
  return withSource(request, { remoteAddress, remotePort: 9999 }).all("Via");
}

describe("source of a request in its top Via", () => {
  const rows = [
    {
      rule: "RFC 3261 §18.2.1: a name in sent-by gets received",
      via: "SIP/2.0/TLS sip.contoso.example:5061;branch=z9hG4bKa",
      gives: "SIP/2.0/TLS sip.contoso.example:5061;branch=z9hG4bKa;received=192.0.2.4",
    },
    {
      rule: "RFC 3261 §18.2.1: so does another address",
      via: "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKa",
      gives: "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKa;received=192.0.2.4",
    },
    {
      rule: "RFC 3261 §18.2.1: its own address needs nothing, and stays as written",
      via: "SIP / 2.0 / UDP  192.0.2.4 ; branch=z9hG4bKa",
      gives: "SIP / 2.0 / UDP  192.0.2.4 ; branch=z9hG4bKa",
    },
    {
      rule: "RFC 3581 §4: rport gets the port, and received comes even with its own address",
      via: "SIP/2.0/UDP 192.0.2.4:5060;rport;branch=z9hG4bKa",
      gives: "SIP/2.0/UDP 192.0.2.4:5060;rport=9999;branch=z9hG4bKa;received=192.0.2.4",
    },
    {
      rule: "what the sender claims as received and rport does not count",
      via: "SIP/2.0/UDP victim.example;received=198.51.100.1;branch=z9hG4bKa;rport=1;maddr=198.51.100.2",
      gives: "SIP/2.0/UDP victim.example;branch=z9hG4bKa;rport=9999;maddr=198.51.100.2;received=192.0.2.4",
    },
    {
      rule: "a Via without parameters",
      via: "SIP/2.0/TCP edge.example",
      gives: "SIP/2.0/TCP edge.example;received=192.0.2.4",
    },
  ];
  for (const { rule, via, gives } of rows) test(rule, () => assert.deepEqual(viasOf([`Via: ${via}`]), [gives]));

  test("an IPv6 reference is compared without its brackets", () => {
    const via = "SIP/2.0/TCP [2001:DB8::1]:5060;branch=z9hG4bKa";
    assert.deepEqual(viasOf([`Via: ${via}`], "2001:db8::1"), [via]);
    assert.deepEqual(viasOf([`Via: ${via}`], "2001:db8::2"), [`${via};received=2001:db8::2`]);
  });

  test("only the first value of the first line changes", () => {
    assert.deepEqual(viasOf(["v: SIP/2.0/TCP a.example, SIP/2.0/TCP b.example", "Via: SIP/2.0/TCP c.example"]), [
      "SIP/2.0/TCP a.example;received=192.0.2.4, SIP/2.0/TCP b.example",
      "SIP/2.0/TCP c.example",
    ]);
  });

  test("without a readable Via the request stays as it is", () => {
    assert.deepEqual(viasOf([]), []);
    assert.deepEqual(viasOf(["Via: nonsense"]), ["nonsense"]);
  });
});
