import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type AccountChange, type AccountRecord, type BareJid, parseBareJid } from "@interpres/xmpp";
import { MailAddresses } from "./mail-addresses.ts";
import { type FederationAddressing, MailIdentities } from "./mail-identities.ts";

const KEYS = { salt: "", iterations: 1, storedKey: "", serverKey: "" };

const ATTACHED = "corp.example";

/** A directory of users that a test writes to, and the map over it. */
class Directory {
  readonly accounts = new Map<string, AccountRecord>();
  readonly foreign = new Set<string>();
  addressing: FederationAddressing = "mail";
  readonly mail: MailAddresses;
  readonly identities: MailIdentities;

  constructor(users: Readonly<Record<string, string | undefined>>) {
    for (const [jid, mailId] of Object.entries(users)) this.accounts.set(jid, account(jid, mailId));
    const find = (user: BareJid) => this.accounts.get(user.toString());
    const accounts = { list: () => [...this.accounts.values()], find, exists: (user: BareJid) => this.has(user) };
    this.mail = new MailAddresses({ accounts, isForeign: (domain) => this.foreign.has(domain) });
    const isAttached = (domain: string) => domain === ATTACHED;
    this.identities = new MailIdentities({ accounts, mail: this.mail, isAttached, addressing: () => this.addressing });
  }

  has(user: BareJid): boolean {
    return this.accounts.has(user.toString());
  }

  /** Writes users as one write; `null` removes. The users whose address may be another now. */
  write(users: Readonly<Record<string, string | null | undefined>>): readonly string[] {
    const changes = Object.entries(users).map(([jid, mailId]): AccountChange => {
      const before = this.accounts.get(jid);
      const after = mailId === null ? undefined : account(jid, mailId);
      if (after === undefined) this.accounts.delete(jid);
      else this.accounts.set(jid, after);
      return { user: bare(jid), before, after };
    });
    return [...this.mail.changed(changes)].sort();
  }

  addressOf(jid: string): string {
    return this.identities.federationAddress(bare(jid)) ?? jid;
  }

  /** `kind user` of whom an address from outside means. */
  means(address: string): string {
    const addressee = this.identities.addressee(bare(address));
    return addressee.kind === "nobody" ? "nobody" : `${addressee.kind} ${addressee.user}`;
  }
}

function account(jid: string, mailId: string | undefined): AccountRecord {
  return { jid, enabled: true, scram: { sha1: KEYS, sha256: KEYS }, ...(mailId === undefined ? {} : { mailId }) };
}

function bare(text: string): BareJid {
  const jid = parseBareJid(text);
  assert.ok(jid !== undefined, text);
  return jid;
}

describe("the identity map of mail addresses", () => {
  test("a user goes by her mail address, and it leads back to her in any case (R64)", () => {
    const directory = new Directory({ "alice@example.com": "Alice.Liddell@Mail.Example" });
    assert.equal(directory.addressOf("alice@example.com"), "Alice.Liddell@mail.example");
    assert.equal(directory.means("alice.liddell@mail.example"), "user alice@example.com");
    assert.equal(directory.means("ALICE.LIDDELL@MAIL.EXAMPLE"), "user alice@example.com");
  });

  test("users whom only an attached server knows go by their JID, those with a mail address by that", () => {
    const directory = new Directory({ "ann@corp.example": "ann.smith@mail.example" });
    assert.equal(directory.means("alice@corp.example"), "user alice@corp.example");
    assert.equal(directory.means("corp.example"), "nobody");
    assert.equal(directory.addressOf("ann@corp.example"), "ann.smith@mail.example");
    assert.equal(directory.means("ann.smith@mail.example"), "user ann@corp.example");
    assert.equal(directory.means("ann@corp.example"), "other-address ann@corp.example");
  });

  test("what a JID must escape is found escaped", () => {
    const directory = new Directory({ "bob@example.com": "Bob.O'Hara@mail.example" });
    assert.equal(directory.means("bob.o\\27hara@mail.example"), "user bob@example.com");
  });

  const fallbacks: readonly { readonly rule: string; readonly mailId: string | undefined; readonly because: string }[] =
    [
      { rule: "without a Mail ID (R66)", mailId: undefined, because: "no-mail-id" },
      { rule: "with an empty one (R67)", mailId: "", because: "not-an-address" },
      { rule: "without a domain (R67)", mailId: "alice", because: "not-an-address" },
      { rule: "without a local part (R67)", mailId: "@mail.example", because: "not-an-address" },
      { rule: "with an empty domain (R67)", mailId: "alice@", because: "not-an-address" },
      { rule: "with a bad domain (R67)", mailId: "alice@-mail.example", because: "not-an-address" },
      { rule: "with two addresses in one (R69)", mailId: "alice@mail.example, a@x.example", because: "not-an-address" },
      { rule: "with a domain we federate with", mailId: "alice@contoso.example", because: "foreign-domain" },
      { rule: "with the JID of another", mailId: "carol@example.com", because: "not-unique" },
    ];
  for (const { rule, mailId, because } of fallbacks) {
    test(`a user ${rule} goes by her JID`, () => {
      const directory = new Directory({ "alice@example.com": mailId, "carol@example.com": undefined });
      directory.foreign.add("contoso.example");
      assert.equal(directory.addressOf("alice@example.com"), "alice@example.com");
      assert.equal(directory.means("alice@example.com"), "user alice@example.com");
      assert.deepEqual(directory.mail.standing(account("alice@example.com", mailId)), { kind: "jid", because });
      assert.equal(directory.means("carol@example.com"), "user carol@example.com");
    });
  }

  test("one address of two users is neither's (R69)", () => {
    const directory = new Directory({
      "alice@example.com": "info@mail.example",
      "carol@example.com": "INFO@mail.example",
    });
    assert.equal(directory.means("info@mail.example"), "nobody");
    assert.equal(directory.addressOf("carol@example.com"), "carol@example.com");
    assert.equal(directory.means("carol@example.com"), "user carol@example.com");
  });

  test("her JID is another address of hers, unless both are the same (R68, R73d)", () => {
    const directory = new Directory({
      "alice@example.com": "a@mail.example",
      "carol@example.com": "Carol@Example.com",
    });
    assert.equal(directory.means("alice@example.com"), "other-address alice@example.com");
    assert.equal(directory.means("carol@example.com"), "user carol@example.com");
    assert.equal(directory.mail.standing(account("carol@example.com", "Carol@Example.com")).kind, "mail");
    assert.equal(directory.means("dora@example.com"), "nobody");
  });

  test("nobody's address in a mail domain means nobody (R69)", () => {
    const directory = new Directory({ "alice@example.com": "a@mail.example" });
    assert.equal(directory.means("alice@mail.example"), "nobody");
    assert.equal(directory.means("a+news@mail.example"), "nobody");
  });

  test("switched off, JIDs count and mail domains are not ours", () => {
    const directory = new Directory({ "alice@example.com": "a@mail.example" });
    assert.equal(directory.identities.servesMailDomain("mail.example"), true);
    directory.addressing = "jid";
    assert.equal(directory.addressOf("alice@example.com"), "alice@example.com");
    assert.equal(directory.means("alice@example.com"), "user alice@example.com");
    assert.equal(directory.means("a@mail.example"), "nobody");
    assert.equal(directory.identities.servesMailDomain("mail.example"), false);
  });

  test("while both are accepted she goes by the mail address and is found by either (C11)", () => {
    const directory = new Directory({ "alice@example.com": "a@mail.example" });
    directory.addressing = "mail-and-jid";
    assert.equal(directory.addressOf("alice@example.com"), "a@mail.example");
    assert.equal(directory.means("a@mail.example"), "user alice@example.com");
    assert.equal(directory.means("alice@example.com"), "user alice@example.com");
  });

  test("a write says whose address may be another now", () => {
    const directory = new Directory({ "alice@example.com": "a@mail.example", "carol@example.com": undefined });
    assert.deepEqual(directory.write({ "carol@example.com": undefined }), []);
    assert.deepEqual(directory.write({ "carol@example.com": "c@mail.example" }), ["carol@example.com"]);
    assert.equal(directory.means("c@mail.example"), "user carol@example.com");
    assert.deepEqual(directory.write({ "carol@example.com": "A@mail.example" }), [
      "alice@example.com",
      "carol@example.com",
    ]);
    assert.equal(directory.means("c@mail.example"), "nobody");
    assert.equal(directory.means("a@mail.example"), "nobody");
    assert.deepEqual(directory.write({ "carol@example.com": null }), ["alice@example.com"]);
    assert.equal(directory.means("a@mail.example"), "user alice@example.com");
  });

  test("a new user whose JID is somebody's mail address takes it from her", () => {
    const directory = new Directory({ "alice@example.com": "al@example.com" });
    assert.equal(directory.means("al@example.com"), "user alice@example.com");
    assert.deepEqual(directory.write({ "al@example.com": undefined }), ["al@example.com", "alice@example.com"]);
    assert.equal(directory.means("al@example.com"), "user al@example.com");
    assert.equal(directory.addressOf("alice@example.com"), "alice@example.com");
    assert.deepEqual(directory.write({ "al@example.com": null }), ["alice@example.com"]);
    assert.equal(directory.means("al@example.com"), "user alice@example.com");
  });

  test("domains are counted by their users and forgotten with the last", () => {
    const directory = new Directory({ "alice@example.com": "a@mail.example", "carol@example.com": "c@mail.example" });
    assert.deepEqual([...directory.mail.domains()], [["mail.example", 2]]);
    directory.write({ "alice@example.com": null, "carol@example.com": "c@post.example" });
    assert.deepEqual([...directory.mail.domains()], [["post.example", 1]]);
    assert.equal(directory.mail.serves("mail.example"), false);
  });
});
