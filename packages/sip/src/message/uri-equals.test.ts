import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseSipUri, SipUri } from "./sip-uri.ts";
import { uriEquals } from "./uri-equals.ts";

function equal(a: string, b: string): boolean {
  const [left, right] = [parseSipUri(a), parseSipUri(b)];
  assert.ok(left instanceof SipUri && right instanceof SipUri);
  assert.equal(uriEquals(left, right), uriEquals(right, left), "symmetric");
  return uriEquals(left, right);
}

describe("SIP URI comparison (RFC 3261 §19.1.4)", () => {
  const same: readonly (readonly [string, string])[] = [
    ["sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"],
    ["sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"],
    ["sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on"],
    [
      "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%2540biloxi.com",
      "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%2540biloxi.com",
    ],
    [
      "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
      "sip:alice@atlanta.com?priority=urgent&subject=project%20x",
    ],
    ["sip:a%4Db@h", "sip:a%4db@h"],
    ["sip:a%2fb@h", "sip:a%2Fb@h"],
  ];
  for (const [a, b] of same) test(`${a} is ${b}`, () => assert.equal(equal(a, b), true));

  const different: readonly (readonly [string, string])[] = [
    ["SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"],
    ["sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"],
    ["sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"],
    ["sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"],
    ["sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"],
    ["sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"],
    ["sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"],
    ["sip:bob@biloxi.com", "sips:bob@biloxi.com"],
    ["sip:bob@biloxi.com", "sip:biloxi.com"],
    ["sip:bob:x@biloxi.com", "sip:bob@biloxi.com"],
    ["sip:bob@biloxi.com;maddr=192.0.2.1", "sip:bob@biloxi.com"],
    ["sip:a%2Fb@h", "sip:a/b@h"],
    ["sip:a@h?x=1&x=2", "sip:a@h?x=1&y=2"],
    ["sip:a@h;x", "sip:a@h;x=1"],
  ];
  for (const [a, b] of different) test(`${a} is not ${b}`, () => assert.equal(equal(a, b), false));
});
