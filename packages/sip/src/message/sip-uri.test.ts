import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { escapeUser, parseSipUri, SipUri, schemeOf, unescapeUri } from "./sip-uri.ts";

function parsed(text: string): SipUri {
  const uri = parseSipUri(text);
  if (!(uri instanceof SipUri)) assert.fail(`${text}: ${uri.reason}`);
  return uri;
}

describe("SIP and SIPS URIs (RFC 3261 §19.1.1)", () => {
  test("takes all parts as written", () => {
    const uri = parsed("SIPS:al%69ce:pass@Atlanta.example:5061;transport=tcp;lr?subject=project%20x&priority=urgent");
    assert.equal(uri.scheme, "sips");
    assert.equal(uri.user, "al%69ce");
    assert.equal(uri.password, "pass");
    assert.equal(uri.host, "Atlanta.example");
    assert.equal(uri.port, 5061);
    assert.equal(uri.parameters.get("Transport"), "tcp");
    assert.equal(uri.parameters.has("lr"), true);
    assert.deepEqual(uri.headers, [
      ["subject", "project%20x"],
      ["priority", "urgent"],
    ]);
  });

  test("gives back its text", () => {
    const text = "sip:kim@fabrikam.example;opaque=user:epid:wq1Bexample_-AA;gruu";
    assert.equal(parsed(text).toString(), text);
  });

  const users: readonly (readonly [string, string | undefined, string])[] = [
    ["sip:host.example", undefined, "host.example"],
    ["sip:user;par=u%40example.net@example.com", "user;par=u%40example.net", "example.com"],
    [
      "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*@example.com",
      "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*",
      "example.com",
    ],
    ["sip:a@[2001:db8::1]", "a", "[2001:db8::1]"],
    ["sip:+1-972-555@gw;user=phone", "+1-972-555", "gw"],
    ['sip:a@b:14383;maddr=192.0.2.44;transport="tcp"', "a", "b"],
  ];
  for (const [text, user, host] of users) {
    test(text, () => assert.deepEqual([parsed(text).user, parsed(text).host], [user, host]));
  }

  for (const text of [
    "",
    "sip:",
    "sip:@host",
    "sip:a@",
    "sip:a@b@c",
    "sip:a@b:",
    "sip:a@b:x",
    "sip:a@b:65536",
    "sip:a b@c",
    "sip:a%4@b",
    "sip:a%zz@b",
    "sip:a@b;",
    "sip:a@b;;lr",
    "sip:a@b, sip:c",
    "sip:a@b?",
    "sip:a@b?x",
    "<sip:a@b>",
    "sip:a@[::1",
    "sip:a@b\u0100",
    "sip:a\u0140b",
  ]) {
    test(`refuses ${JSON.stringify(text)} with 400`, () => {
      const uri = parseSipUri(text);
      assert.ok(!(uri instanceof SipUri));
      assert.equal(uri.status, 400);
    });
  }

  for (const text of ["tel:+19725552222", "im:a@b", "nobodyKnowsThisScheme:x", "soap.beep://192.0.2.103:3002"]) {
    test(`refuses ${text} with 416`, () => {
      const uri = parseSipUri(text);
      assert.ok(!(uri instanceof SipUri));
      assert.equal(uri.status, 416);
    });
  }

  test("a scheme is a scheme in any case", () => {
    assert.equal(schemeOf("SIP:a@b"), "sip");
    assert.equal(schemeOf("a b:c"), undefined);
    assert.equal(schemeOf("<sip:a>"), undefined);
  });
});

describe("escapes in SIP URIs (RFC 3261 §19.1.2)", () => {
  test("are undone once", () => assert.equal(unescapeUri("v%61lue%25%34%31"), "value%41"));
  test("are octets of UTF-8", () => assert.equal(unescapeUri("%D0%B6"), "ж"));
  test("need two hex digits", () => assert.equal(unescapeUri("100%"), "100%"));
  test("are made for everything that is no user character", () => {
    assert.equal(escapeUser("kim@home ж\r\n"), "kim%40home%20%D0%B6%0D%0A");
    assert.equal(parsed(`sip:${escapeUser("a:b@c<d>\u0000")}@x`).user, "a%3Ab%40c%3Cd%3E%00");
  });
});
