import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type FakeDnsServer, FakeZone, TestCertificateAuthority, XmppClient } from "@interpres/testkit";
import { API_TOKEN, NodeProcess } from "../harness/node-process.ts";
import { missingPeers } from "../harness/peers.ts";
import { SlixmppClient } from "./clients/slixmpp-client.ts";
import { XmppJsClient } from "./clients/xmppjs-client.ts";
import {
  added,
  missingSlapd,
  person,
  READER,
  READER_PASSWORD,
  SlapdPeer,
  SUFFIX,
  UNPAGED_LIMIT,
} from "./slapd-peer.ts";

const DOMAIN = "example.com";
const PEOPLE = 1200;

interface Run {
  readonly state: string;
  readonly applied: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly problems: readonly { readonly dn: string; readonly reason: string }[];
}

describe("users from a real LDAP directory", { skip: missingSlapd() }, () => {
  let node: NodeProcess;
  let dns: FakeDnsServer;
  let slapd: SlapdPeer;
  let authority: TestCertificateAuthority;

  before(async () => {
    authority = await TestCertificateAuthority.create("Directory CA");
    const certificate = await authority.issue({ cn: "localhost", dnsNames: ["localhost"] });
    const many = Array.from({ length: PEOPLE }, (_, n) =>
      person(`user${n}`, { displayName: `User ${n}`, mail: `user${n}@mail.example` }),
    );
    slapd = await SlapdPeer.start({ certificate, ldif: many.join("") });
    dns = await new FakeZone().listen();
    node = new NodeProcess({ dnsServer: dns.address, localDomain: DOMAIN });
    await node.start();
    await node.admin.ask("POST", "/users", { jid: `local@${DOMAIN}`, password: "local password" });
  });
  after(async () => {
    await node?.remove();
    await dns?.close();
    await slapd?.remove();
  });

  const source = (more: object = {}) => ({
    enabled: true,
    url: `ldaps://localhost:${slapd.securePort}`,
    authorityPem: authority.certPem,
    bindDn: READER,
    password: READER_PASSWORD,
    base: SUFFIX,
    domain: DOMAIN,
    ...more,
  });
  const put = (more: object = {}) => node.admin.ask("PUT", "/directory", source(more));
  const sync = async (body: object = {}) => (await node.admin.ask("POST", "/directory/sync", body)) as Run;
  const user = async (name: string) =>
    (await node.admin.ask("GET", `/users/${name}@${DOMAIN}`)) as Readonly<Record<string, unknown>>;

  /** What a refused synchronisation points at. */
  async function refusal(more: object): Promise<{ readonly path: string; readonly message: string }> {
    await put(more);
    const { status, body } = await node.admin.try("POST", "/directory/sync", { dryRun: true });
    assert.equal(status, 502, JSON.stringify(body));
    const [error] = (body as { readonly errors: readonly { path: string; message: string }[] }).errors;
    return error ?? assert.fail();
  }

  test("a dry run over ldaps shows them all, page after page, and adds none", async () => {
    await put();
    const run = await sync({ dryRun: true });
    assert.deepEqual([run.state, run.counts.entries, run.counts.add], ["done", PEOPLE, PEOPLE]);
    assert.equal(((await node.admin.ask("GET", "/users?limit=1")) as { total: number }).total, 1);
  });

  test(`they become users, though the directory gives no more than ${UNPAGED_LIMIT} to who does not page`, async () => {
    const run = await sync();
    assert.deepEqual([run.state, run.applied, run.problems], ["done", PEOPLE, []]);
    const some = await user("user777");
    assert.deepEqual([some.displayName, some.mailId], ["User 777", "user777@mail.example"]);
    const again = await sync();
    assert.deepEqual([again.applied, again.counts.unchanged], [0, PEOPLE]);
  });

  test("a filter takes some of them, and what is no filter is refused", async () => {
    await put({ filter: "(&(objectClass=inetOrgPerson)(uid=user1*))" });
    const run = await sync({ dryRun: true, acceptVanished: true });
    assert.equal(run.counts.entries, 1 + 10 + 100 + 200);
    const bad = await node.admin.try("PUT", "/directory", source({ filter: "(&(uid=*)" }));
    assert.equal(bad.status, 400);
    assert.match(JSON.stringify(bad.body), /"path":"filter"/);
  });

  test("STARTTLS serves as well, on the plain port", async () => {
    await put({ url: `ldap://localhost:${slapd.port}`, startTls: true });
    assert.equal((await sync({ dryRun: true })).counts.entries, PEOPLE);
    assert.match(slapd.output, /STARTTLS/);
  });

  const REFUSALS = [
    ["an authority that did not sign its certificate, with ldaps", "authorityPem", "other", {}],
    ["an authority that did not sign its certificate, with STARTTLS", "authorityPem", "other", { startTls: true }],
    ["a certificate for another name", "authorityPem", "right", { host: "127.0.0.1" }],
    ["no authority at all, and none trusted", "authorityPem", "none", {}],
    ["a password it does not take", "bindDn", "right", { password: "wrong" }],
    ["a base it does not have", "base", "right", { base: `ou=nowhere,${SUFFIX}` }],
    ["a base it does not serve", "base", "right", { base: "dc=elsewhere,dc=example" }],
    ["nobody in particular, who may see nothing", "base", "right", { bindDn: "" }],
    ["a port where nobody answers", "url", "right", { closed: true }],
  ] as const;
  for (const [what, path, which, change] of REFUSALS) {
    test(`${what} is refused for ${path}`, async () => {
      const other = await TestCertificateAuthority.create("Another CA");
      const pem = { right: authority.certPem, other: other.certPem, none: "" }[which];
      const {
        host = "localhost",
        startTls = false,
        closed = false,
        ...more
      } = { ...change } as Record<string, unknown>;
      const port = closed ? 1 : startTls ? slapd.port : slapd.securePort;
      const url = `${startTls ? "ldap" : "ldaps"}://${host}:${port}`;
      assert.equal((await refusal({ url, startTls, authorityPem: pem, ...more })).path, path);
    });
  }

  test("our trusted certificates serve where the directory has no authority of its own", async () => {
    await node.admin.ask("POST", "/certificates/trust", { pem: authority.certPem });
    await put({ authorityPem: "" });
    assert.equal((await sync({ dryRun: true })).state, "done");
  });

  test("what changed, moved, was renamed and vanished there is so here, and users added here stay", async () => {
    await put();
    slapd.modify(`dn: uid=user1,ou=people,${SUFFIX}
changetype: modify
replace: displayName
displayName: Una
-
delete: mail

dn: uid=user2,ou=people,${SUFFIX}
changetype: moddn
newrdn: uid=user2
deleteoldrdn: 0
newsuperior: ou=leavers,${SUFFIX}

dn: uid=user3,ou=people,${SUFFIX}
changetype: modrdn
newrdn: uid=tress
deleteoldrdn: 1

dn: uid=user4,ou=people,${SUFFIX}
changetype: delete

${added(person("local"))}`);
    const run = await sync();
    assert.deepEqual(
      [run.counts.add, run.counts.change, run.counts.disable, run.counts.problems],
      [0, 3, 1, 2],
      JSON.stringify(run.problems),
    );
    const una = await user("user1");
    assert.deepEqual([una.displayName, una.mailId], ["Una", undefined]);
    assert.match(JSON.stringify((await user("user2")).origin), /ou=leavers/);
    assert.deepEqual(
      run.problems.map(({ reason }) => reason),
      [
        `local@${DOMAIN} belongs to a user added here`,
        `would be tress@${DOMAIN} now; the user's address stays user3@${DOMAIN}`,
      ],
    );
    assert.equal((await user("user4")).enabled, false);
    assert.deepEqual((await user("local")).origin, { kind: "administrator" });
  });

  test("what is back there is back here", async () => {
    slapd.modify(added(person("user4", { displayName: "User 4" })));
    const run = await sync();
    // A new entry has a new key: the address belongs to the one that vanished, until that user is removed.
    assert.equal(run.problems.length, 3);
    await node.admin.ask("DELETE", `/users/user4@${DOMAIN}`);
    assert.equal((await sync()).counts.add, 1);
    assert.equal((await user("user4")).enabled, true);
  });

  test("xmpp.js signs in with the password of the directory, and with no other", async () => {
    const login = {
      jid: `user10@${DOMAIN}`,
      port: node.ports.xmppClient,
      authorityFile: join(node.dataDirectory, "ca.pem"),
    };
    const client = await XmppJsClient.signIn({ ...login, password: "password of user10" });
    await client.end();
    await assert.rejects(XmppJsClient.signIn({ ...login, password: "password of user11" }), /not-authorized/);
  });

  test("slixmpp signs in with the password of the directory and talks with a user added here", {
    skip: missingPeers("python3", "/usr/lib/python3/dist-packages/slixmpp"),
  }, async () => {
    const authorityFile = join(node.dataDirectory, "ca.pem");
    const login = { port: node.ports.xmppClient, authorityFile };
    const here = await XmppJsClient.signIn({ ...login, jid: `local@${DOMAIN}`, password: "local password" });
    const there = await SlixmppClient.signIn({ ...login, jid: `user20@${DOMAIN}`, password: "password of user20" });
    await here.say(`user20@${DOMAIN}`, "Hello from here");
    await there.hears(`local@${DOMAIN}`, "Hello from here");
    await there.end();
    await here.end();
  });

  test("while the directory is down its users are told to try later, others sign in", async () => {
    await slapd.stop();
    const at = { port: node.ports.xmppClient, domain: DOMAIN };
    const attempt = XmppClient.login(at, { user: "user10", password: "password of user10", mechanism: "PLAIN" });
    await assert.rejects(attempt, { message: "temporary-auth-failure" });
    const local = await XmppClient.login(at, { user: "local", password: "local password", mechanism: "PLAIN" });
    await local.close();
    const { status } = await node.admin.try("POST", "/directory/sync", {});
    assert.equal(status, 502);
    await slapd.serve();
    const back = await XmppClient.login(at, { user: "user10", password: "password of user10", mechanism: "PLAIN" });
    await back.close();
  });

  test("a user who vanished is signed out and kept out", async () => {
    const at = { port: node.ports.xmppClient, domain: DOMAIN };
    const client = await XmppClient.login(at, { user: "user30", password: "password of user30", mechanism: "PLAIN" });
    slapd.modify(`dn: uid=user30,ou=people,${SUFFIX}\nchangetype: delete\n`);
    const ended = client.waitFor(({ name }) => name === "error");
    await sync();
    await ended;
    const again = XmppClient.login(at, { user: "user30", password: "password of user30", mechanism: "PLAIN" });
    await assert.rejects(again, { message: "not-authorized" });
  });

  test("Active Directory's attributes serve: names, the disabled bit, and a key of octets", async () => {
    const account = (name: string, control: number, octet: string) => `dn: cn=${name},ou=people,${SUFFIX}
changetype: add
objectClass: inetOrgPerson
objectClass: accountNames
cn: ${name}
sn: ${name}
displayName: ${name} of Sales
sAMAccountName: ${name}
userAccountControl: ${control}
objectGUID:: ${Buffer.from(octet.repeat(16), "hex").toString("base64")}
`;
    slapd.modify([account("AnnaB", 512, "ff"), account("Bert", 514, "01"), account("Cleo", 66048, "41")].join("\n"));
    const attributes = {
      localPart: "sAMAccountName",
      key: "objectGUID",
      disabled: { attribute: "userAccountControl", bits: 2 },
    };
    await put({ filter: "(&(objectClass=accountNames)(sAMAccountName=*))", attributes });
    const run = await sync({ acceptVanished: true });
    assert.deepEqual([run.counts.entries, run.counts.add], [3, 2]);
    assert.equal((await user("annab")).displayName, "AnnaB of Sales");
    slapd.modify(`dn: cn=AnnaB,ou=people,${SUFFIX}
changetype: modify
replace: userAccountControl
userAccountControl: 514
-
replace: sAMAccountName
sAMAccountName: AnnaCole

dn: cn=AnnaB,ou=people,${SUFFIX}
changetype: moddn
newrdn: cn=Anna Cole
deleteoldrdn: 1
newsuperior: ou=leavers,${SUFFIX}
`);
    const second = await sync();
    assert.deepEqual([second.counts.disable, second.counts.add], [1, 0]);
    assert.equal((await user("annab")).enabled, false);
  });

  test("neither password is in the log, the audit or an answer", async () => {
    const audit = JSON.stringify(await node.admin.ask("GET", "/audit?limit=1000"));
    const shown = JSON.stringify(await node.admin.ask("GET", "/directory"));
    for (const text of [node.output, audit, shown]) {
      assert.ok(!text.includes(READER_PASSWORD), "the reader's");
      assert.ok(!text.includes("password of user10"), "a user's");
      assert.ok(!text.includes(API_TOKEN), "the token");
    }
  });
});
