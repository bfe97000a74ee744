import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { withoutBodies, withoutSecrets } from "./mask.ts";

const SECRET = "Kd8nothing";

describe("what nobody may read of a message", () => {
  for (const { what, leg, text } of [
    {
      what: "credentials",
      leg: "sip",
      text: `OPTIONS sip:a SIP/2.0\r\nAuthorization: Digest response="${SECRET}"\r\n\r\n`,
    },
    {
      what: "credentials on a folded line (RFC 3261 §7.3.1)",
      leg: "sip",
      text: `OPTIONS sip:a SIP/2.0\r\nProxy-Authorization: Digest\r\n\tusername="a",\r\n response="${SECRET}"\r\nTo: <sip:a>\r\n\r\n`,
    },
    { what: "a password", leg: "xmpp", text: `<query><password>${SECRET}</password></query>` },
    {
      what: "a password with a prefix",
      leg: "xmpp",
      text: `<r:password xmlns:r='jabber:iq:register'>${SECRET}</r:password>`,
    },
    {
      what: "a password in a form (XEP-0077 §4)",
      leg: "xmpp",
      text: `<x xmlns='jabber:x:data'><field type='text-private' var='password'><value>${SECRET}</value></field></x>`,
    },
    { what: "a component's handshake", leg: "xmpp", text: `<handshake>${SECRET}</handshake>` },
  ] as const)
    test(`${what}: masked for everybody`, () => {
      const shown = withoutSecrets(leg, text);
      assert.doesNotMatch(shown, new RegExp(SECRET));
      assert.equal(shown.includes("To: <sip:a>"), text.includes("To: <sip:a>"));
    });

  test("a subject, folded or not, is what people said", () => {
    const shown = withoutBodies(
      "sip",
      `INVITE sip:a SIP/2.0\r\nSubject: lunch\r\n at ${SECRET}\r\nTo: <sip:a>\r\n\r\n`,
    );
    assert.equal(shown, "INVITE sip:a SIP/2.0\r\nSubject: (masked)\r\nTo: <sip:a>\r\n\r\n");
  });
});
