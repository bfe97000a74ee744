import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseBareJid } from "@interpres/xmpp";
import { AddressBook } from "./address-book.ts";
import { sameIdentity } from "./identity-map.ts";
import { sipUriOfJid, withGr } from "./jid-to-sip-uri.ts";
import { jidOfSipAddress, readSipAddress, resourceOfGr } from "./sip-uri-to-jid.ts";

function jidOf(uri: string): string | undefined {
  const address = readSipAddress(uri);
  return address === undefined ? undefined : jidOfSipAddress(address)?.toString();
}

describe("SIP address to JID (RFC 7247 §6.4)", () => {
  const rows: readonly { readonly rule: string; readonly uri: string; readonly jid: string | undefined }[] = [
    { rule: "percent codes are UTF-8", uri: "sip:f%C3%BC@sip.example", jid: "fü@sip.example" },
    { rule: "an apostrophe is escaped", uri: "sip:o'malley@sip.example", jid: "o\\27malley@sip.example" },
    { rule: "an ampersand is escaped", uri: "sip:m&m@sip.example", jid: "m\\26m@sip.example" },
    { rule: "a slash is no end of the localpart", uri: "sip:a/b@x.example", jid: "a\\2fb@x.example" },
    { rule: "an encoded @ is no separator", uri: "sip:a%40b@x.example", jid: "a\\40b@x.example" },
    { rule: "markup is escaped", uri: "sip:%3Ca%22%3Ab%3E@x.example", jid: "\\3ca\\22\\3ab\\3e@x.example" },
    { rule: "a literal escape is escaped", uri: "sip:a%5C27b@x.example", jid: "a\\5c27b@x.example" },
    { rule: "another backslash stays", uri: "sip:a%5Cpb@x.example", jid: "a\\pb@x.example" },
    { rule: "im and pres count as sip", uri: "pres:alice@x.example", jid: "alice@x.example" },
    { rule: "case of user and host is folded", uri: "sip:Alice@X.Example", jid: "alice@x.example" },
    { rule: "port and parameters are left out", uri: "sip:alice@x.example:5061;transport=tls", jid: "alice@x.example" },
    { rule: "a control character has no JID", uri: "sip:a%00b@x.example", jid: undefined },
    { rule: "a line end has no JID", uri: "sip:a%0D%0Ab@x.example", jid: undefined },
    { rule: "broken UTF-8 has no JID", uri: "sip:a%C3@x.example", jid: undefined },
    { rule: "overlong UTF-8 has no JID", uri: "sip:a%C0%AFb@x.example", jid: undefined },
    { rule: "a space at an end has no JID", uri: "sip:%20a@x.example", jid: undefined },
    { rule: "no user, no JID", uri: "sip:x.example", jid: undefined },
    { rule: "A-labels become U-labels", uri: "sip:a@xn--bcher-kva.example", jid: "a@bücher.example" },
  ];
  for (const { rule, uri, jid } of rows) test(rule, () => assert.equal(jidOf(uri), jid));

  test("gr is the resource, a temporary GRUU is none (§6.3)", () => {
    assert.equal(readSipAddress("sip:foo@sip.example;gr=bar%20%C3%BC")?.gr, "bar ü");
    assert.equal(readSipAddress("sip:foo@sip.example;gr")?.gr, undefined);
    assert.equal(resourceOfGr("bar"), "bar");
  });
});

describe("JID to SIP URI (RFC 7247 §6.5)", () => {
  const rows: readonly { readonly rule: string; readonly jid: string; readonly uri: string | undefined }[] = [
    { rule: "an escape is undone", jid: "m\\26m@xmpp.example", uri: "sip:m&m@xmpp.example" },
    { rule: "other scripts are percent-encoded", jid: "tschüss@xmpp.example", uri: "sip:tsch%C3%BCss@xmpp.example" },
    {
      rule: "what SIP reserves is percent-encoded",
      jid: "a#%[]^`{|}b@x.example",
      uri: "sip:a%23%25%5B%5D%5E%60%7B%7C%7Db@x.example",
    },
    { rule: "an escaped @ is percent-encoded", jid: "a\\40b@x.example", uri: "sip:a%40b@x.example" },
    { rule: "U-labels become A-labels", jid: "a@bücher.example", uri: "sip:a@xn--bcher-kva.example" },
    { rule: "nobody's escaped form is not sent", jid: "a\\5cxb@x.example", uri: undefined },
    { rule: "a domain alone is nobody", jid: "x.example", uri: undefined },
  ];
  for (const { rule, jid, uri } of rows) {
    test(rule, () => {
      const parsed = parseBareJid(jid);
      assert.ok(parsed !== undefined);
      assert.equal(sipUriOfJid(parsed), uri);
    });
  }

  test("the resource goes inside the URI", () =>
    assert.equal(withGr("sip:baz@x.example", "q;x ü"), "sip:baz@x.example;gr=q%3Bx%20%C3%BC"));
});

describe("addresses for federation", () => {
  const bob = parseBareJid("bob@example.com");
  assert.ok(bob !== undefined);
  const book = new AddressBook(
    {
      ...sameIdentity,
      federationAddress: (user) => (user.equals(bob) ? "Bob.O'Hara@Mail.example" : undefined),
      addressee: (address) => ({
        kind: "user",
        user: address.toString() === "bob.o\\27hara@mail.example" ? bob : address,
      }),
    },
    (domain) =>
      domain === "aim.com" || domain === "aol.com"
        ? { domain: "aol.com", userNames: "screen-names" }
        : { domain, userNames: "as-written" },
  );

  test("outbound the mail address is taken before escaping", () => {
    assert.equal(book.localUri(bob), "sip:Bob.O'Hara@mail.example");
  });

  test("inbound it is looked up after unescaping", () => {
    const address = book.read("sip:bob.o%27hara@mail.example");
    assert.ok(address !== undefined);
    assert.equal(book.localUser(address)?.toString(), "bob@example.com");
  });

  test("who has none is known by her JID", () => {
    const address = book.read("sip:carol@example.com");
    assert.ok(address !== undefined);
    assert.equal(book.localUser(address)?.toString(), "carol@example.com");
    assert.equal(book.localUri(address.jid), "sip:carol@example.com");
  });

  const names: readonly (readonly [string, string])[] = [
    ["john@aol.com", "sip:john@aol.com"],
    ["john@aim.com", "sip:john@aol.com"],
    ["john\\20doe\\2042@aol.com", "sip:johndoe42@aol.com"],
    ["user\\40contoso.com@aol.com", "sip:user(contoso.com)@aol.com"],
    ["user(contoso.com)@aol.com", "sip:user(contoso.com)@aol.com"],
    ["user\\40contoso.com@partner.example", "sip:user%40contoso.com@partner.example"],
  ];
  for (const [contact, uri] of names)
    test(`screen names have one spelling: ${contact} is ${uri}`, () => {
      const parsed = parseBareJid(contact);
      assert.ok(parsed !== undefined);
      assert.equal(book.foreignUri(parsed), uri);
    });
});
