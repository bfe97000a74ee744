import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { TestCertificateAuthority } from "@interpres/testkit";
import type { LiveImSession, LiveSubscription } from "../../src/admin/admin-context.ts";
import { AdminFixture, items } from "./admin-fixture.ts";

const ON = { useEmailAddressWhenFederating: true, acknowledgeWarning: true };
const AUDITOR = { token: "auditor-token" };

let fixture: AdminFixture;
beforeEach(async () => {
  fixture = await AdminFixture.start();
  const users = [
    { jid: "alice@example.com", mailId: "alice@mail.example" },
    { jid: "carol@example.com" },
    { jid: "dora@example.com", mailId: "Dora@Example.com" },
    { jid: "erin@example.com", mailId: "erin@post.example" },
  ].map((user) => ({ ...user, password: "x" }));
  assert.equal((await fixture.call("POST", "/users/import", { body: { users } })).status, 201);
});
afterEach(() => fixture.stop());

const federate = (domain: string, integrationType = "microsoft") =>
  fixture.call("POST", "/sip-federated-domains", { body: { domain, integrationType } });
const switchOn = (more: object = {}) => fixture.call("PATCH", "/presence-settings", { body: { ...ON, ...more } });
const impact = async () => (await fixture.call("GET", "/presence-settings/email-impact", AUDITOR)).body;

describe("the impact of mail addresses", () => {
  test("says who will be known by what, and why not by a mail address (R65, R67)", async () => {
    await federate("post.example");
    const { useEmailAddressWhenFederating, users, fallingBack } = await impact();
    assert.equal(useEmailAddressWhenFederating, false);
    assert.deepEqual(users, { total: 4, byEmailAddress: 2, sameAddress: 1, byJid: 2 });
    assert.deepEqual(fallingBack, [
      { jid: "carol@example.com", mailId: null, because: "no-mail-id" },
      { jid: "erin@example.com", mailId: "erin@post.example", because: "foreign-domain" },
    ]);
  });

  test("counts what goes on in names that will change, by peer and direction", async () => {
    fixture.subscriptions.push(
      subscription("outbound", "alice@example.com", "bob@contoso.example"),
      subscription("inbound", "alice@example.com", "bob@contoso.example"),
      subscription("inbound", "erin@example.com", "eve@fabrikam.example"),
      subscription("outbound", "carol@example.com", "bob@contoso.example"),
      subscription("inbound", "dora@example.com", "bob@contoso.example"),
    );
    fixture.imSessions.push(session("alice@example.com", "bob@contoso.example"));
    const { subscriptions, imSessions, peers } = await impact();
    assert.deepEqual([subscriptions, imSessions], [{ outbound: 1, inbound: 2 }, 1]);
    assert.deepEqual(peers, [
      { domain: "contoso.example", outbound: 1, inbound: 1, imSessions: 1 },
      { domain: "fabrikam.example", outbound: 0, inbound: 1, imSessions: 0 },
    ]);
  });

  test("lists the mail domains with the records each needs (R71), and what does not fit (R70)", async () => {
    await federate("post.example");
    const { mailDomains, problems } = await impact();
    assert.deepEqual(
      (mailDomains as readonly Record<string, unknown>[]).map(({ domain, users, isFederated }) => [
        domain,
        users,
        isFederated,
      ]),
      [
        ["example.com", 1, false],
        ["mail.example", 1, false],
        ["post.example", 1, true],
      ],
    );
    assert.match(
      JSON.stringify(mailDomains),
      /_sipfederationtls\._tcp\.mail\.example\. IN SRV 0 0 5061 imp1\.example\.com\./,
    );
    assert.match(
      JSON.stringify(mailDomains),
      /_xmpp-server\._tcp\.mail\.example\. IN SRV 0 0 5269 imp1\.example\.com\./,
    );
    assert.deepEqual(
      (problems as readonly { readonly path: string }[]).map(({ path }) => path),
      ["useEmailAddressWhenFederating", "federationRoutingFqdn"],
    );
  });
});

describe("notifications about mail addresses", () => {
  const notices = async () =>
    items(await fixture.call("GET", "/notifications?find=text:contains:mail")).map(({ id }) => id);

  test("stand while the routing FQDN is in none of the mail domains (R70), and only while they are used", async () => {
    assert.deepEqual(await notices(), []);
    await switchOn();
    assert.deepEqual(await notices(), ["mail-domains-and-routing-fqdn"]);
    const fqdn = { federationRoutingFqdn: "sip.mail.example" };
    await fixture.call("PATCH", "/service-parameters/sip-proxy", { body: fqdn });
    assert.deepEqual(await notices(), []);
  });

  test("tell of Mail IDs that lead nowhere", async () => {
    await switchOn();
    const record = fixture.accounts.list().find(({ jid }) => jid === "carol@example.com");
    assert.ok(record !== undefined);
    await fixture.accounts.put({ ...record, mailId: "alice@mail.example" });
    const [notice] = items(await fixture.call("GET", "/notifications?find=text:contains:Mail%20ID"));
    assert.match(String(notice?.text), /^2 users have Mail IDs that cannot be used/);
  });
});

describe("the letter to a foreign administrator (R72)", () => {
  const notice = (domain: string, { query = "", accept = "*/*" } = {}) =>
    fixture.call("GET", `/federation/${domain}/notice${query}`, { ...AUDITOR, headers: { accept } });
  const words = async (domain: string) => String((await notice(domain)).body.text).replaceAll(/\s+/g, " ");

  beforeEach(async () => {
    const authority = await TestCertificateAuthority.create("Interpres authority", fixture.clock);
    const own = await authority.issue({ cn: "imp1.example.com", dnsNames: ["imp1.example.com"] });
    const audit = { actor: "system", action: "create", resource: "x" };
    const { certificates } = fixture.store;
    await certificates.putOwn("authority", { chainPem: authority.certPem, keyPem: own.keyPem }, audit);
    await certificates.putOwn("sip", { chainPem: own.certPem, keyPem: own.keyPem }, audit);
    await federate("contoso.example");
  });

  test("says how our users are called, where we are and whom to trust", async () => {
    const { body } = await notice("CONTOSO.example");
    assert.deepEqual(body.addresses, { knownBy: "jid", domains: ["example.com"], acceptJidUntil: null });
    assert.deepEqual([body.host, body.port], ["imp1.example.com", 5061]);
    assert.deepEqual(body.records, ["_sipfederationtls._tcp.example.com. IN SRV 0 0 5061 imp1.example.com."]);
    const certificate = body.certificate as Readonly<Record<string, unknown>>;
    assert.equal(certificate.commonName, "imp1.example.com");
    assert.match(String(certificate.authorityPem), /BEGIN CERTIFICATE/);
    assert.match(await words("contoso.example"), /IM provider with the network address imp1\.example\.com/);
  });

  test("with mail addresses it tells what his users have to do (R72), and until when the old ones work", async () => {
    await switchOn();
    assert.deepEqual((await notice("contoso.example")).body.addresses, {
      knownBy: "email",
      domains: ["example.com", "mail.example", "post.example"],
      acceptJidUntil: null,
    });
    const letter = await words("contoso.example");
    for (const expected of [/add our users by their e-mail address/, /removes that contact and adds/, /answered 404/])
      assert.match(letter, expected);
    const until = new Date(fixture.clock.now() + 86_400_000).toISOString();
    await fixture.call("PATCH", "/presence-settings", { body: { acceptJidUntil: until } });
    assert.match(await words("contoso.example"), new RegExp(`Until ${until}`));
    fixture.clock.advance(2 * 86_400_000);
    assert.doesNotMatch(await words("contoso.example"), /Until/);
  });

  test("follows the kind of peer, the routing FQDN and the peer subjects selected for it", async () => {
    await federate("aol.com", "aol");
    await federate("partner.example", "standard");
    assert.match(await words("aol.com"), /clearing house/);
    assert.match(await words("partner.example"), /RFC 3263/);
    await fixture.call("PATCH", "/service-parameters/sip-proxy", {
      body: { federationRoutingFqdn: "sip.example.com" },
    });
    await fixture.call("POST", "/tls-peer-subjects", { body: { name: "edge.contoso.example" } });
    const context = "/tls-contexts/Default_SIP_Proxy_Peer_Auth_TLS_Context";
    await fixture.call("PUT", context, { body: { peerSubjects: ["edge.contoso.example"] } });
    const { host, expectedSubjects } = (await notice("contoso.example")).body;
    assert.deepEqual([host, expectedSubjects], ["sip.example.com", ["edge.contoso.example"]]);
    assert.deepEqual((await notice("partner.example")).body.expectedSubjects, []);
  });

  test("is text for one who asks for it, and there is none for a domain nobody federates with", async () => {
    for (const answer of [
      await notice("contoso.example", { accept: "text/plain" }),
      await notice("contoso.example", { query: "?format=text" }),
    ]) {
      assert.match(String(answer.headers["content-type"]), /^text\/plain/, answer.text);
      assert.match(answer.text, /^Federation of example\.com with contoso\.example\n\n/);
      assert.ok(
        answer.text.split("\n").every((line) => line.length <= 78 || line.startsWith("    ")),
        answer.text,
      );
    }
    assert.equal((await notice("fabrikam.example")).status, 404);
    assert.equal((await notice("contoso.example", { query: "?format=pdf" })).status, 400);
  });
});

describe("the letter to our users (R73)", () => {
  const letter = async () =>
    (await fixture.call("GET", "/presence-settings/user-notice", { ...AUDITOR, headers: { accept: "text/plain" } }))
      .text;

  test("says what changes for them, and what does not", async () => {
    assert.match(await letter(), /by the address you sign in with/);
    await switchOn();
    const text = (await letter()).replaceAll(/\s+/g, " ");
    for (const words of [
      /see your e-mail address instead/,
      /have to use your e-mail address/,
      /has to remove that contact and add you by your e-mail address/,
      /does not reach you/,
      /may be asked to accept you again/,
      /You change nothing yourself/,
    ])
      assert.match(text, words);
  });
});

function subscription(direction: "inbound" | "outbound", user: string, contact: string): LiveSubscription {
  const peer = contact.slice(contact.indexOf("@") + 1);
  const id = `${direction} ${user} ${contact}`;
  return { id, direction, user, contact, peer, authorization: "granted", state: "active", expiresAt: null };
}

function session(user: string, contact: string): LiveImSession {
  const peer = contact.slice(contact.indexOf("@") + 1);
  return { id: user, direction: "outbound", user, contact, peer, state: "established", startedAt: null };
}
