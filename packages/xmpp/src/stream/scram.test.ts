import assert from "node:assert/strict";
import { pbkdf2Sync } from "node:crypto";
import { describe, test } from "node:test";
import { BareJid } from "../address/jid.ts";
import { noPasswordKeeper, type SaslContext, type SaslStep } from "./sasl-exchange.ts";
import { ScramExchange } from "./scram.ts";
import { decoyKeys, digest, hashPassword, hmac, type ScramHash, type ScramKeys, verifyPassword } from "./scram-keys.ts";

interface Vector {
  readonly source: string;
  readonly hash: ScramHash;
  readonly keys: ScramKeys;
  readonly nonce: string;
  readonly first: string;
  readonly challenge: string;
  readonly final: string;
  readonly verifier: string;
}

/** The examples of the RFCs: user "user", password "pencil"; keys derived from the password by the RFC's salts. */
const vectors: readonly Vector[] = [
  {
    source: "RFC 5802 §5",
    hash: "sha1",
    keys: {
      salt: "QSXCR+Q6sek8bf92",
      iterations: 4096,
      storedKey: "6dlGYMOdZcOPutkcNY8U2g7vK9Y=",
      serverKey: "D+CSWLOshSulAsxiupA+qs2/fTE=",
    },
    nonce: "3rfcNHYJY1ZVvWVs7j",
    first: "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
    challenge: "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
    final: "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
    verifier: "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
  },
  {
    source: "RFC 7677 §3",
    hash: "sha256",
    keys: {
      salt: "W22ZaJ0SNY7soEsUEjb6gQ==",
      iterations: 4096,
      storedKey: "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=",
      serverKey: "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
    },
    nonce: "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
    first: "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
    challenge: "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    final: "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
    verifier: "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
  },
];

function contextOf({ keys, nonce }: Vector): SaslContext {
  return {
    keeper: noPasswordKeeper,
    source: {
      credentials: (user) =>
        user.local === "user" ? { enabled: true, scram: { sha1: keys, sha256: keys } } : undefined,
    },
    domain: "example.com",
    decoySecret: Buffer.from("secret"),
    nonce: () => nonce,
  };
}

/** What a client who knows the password proves of any transcript (RFC 5802 §3). */
function proofOf({ hash, keys }: Vector, transcript: string): string {
  const octets = hash === "sha1" ? 20 : 32;
  const salted = pbkdf2Sync("pencil", Buffer.from(keys.salt, "base64"), keys.iterations, octets, hash);
  const clientKey = hmac(hash, salted, "Client Key");
  const signature = hmac(hash, digest(hash, clientKey), transcript);
  return Buffer.from(clientKey.map((octet, index) => octet ^ (signature[index] ?? 0))).toString("base64");
}

for (const vector of vectors) {
  const begin = (): ScramExchange => new ScramExchange(vector.hash, contextOf(vector));
  const challenged = (first = vector.first): { exchange: ScramExchange; step: SaslStep } => {
    const exchange = begin();
    return { exchange, step: exchange.respond(first) };
  };

  describe(`SCRAM, ${vector.source}`, () => {
    test("gives the example's messages", () => {
      const { exchange, step } = challenged();
      assert.deepEqual(step, { kind: "challenge", data: vector.challenge });
      const user = new BareJid("user", "example.com");
      assert.deepEqual(exchange.respond(vector.final), { kind: "success", user, data: vector.verifier });
    });

    test("the example's keys come of its password", async () => {
      assert.equal(await verifyPassword(vector.hash, vector.keys, "pencil"), true);
      assert.equal(await verifyPassword(vector.hash, vector.keys, "pencil "), false);
    });

    const finals = {
      "a nonce that is not ours": vector.final.replace(/r=r?/, "r=X"),
      "another binding": vector.final.replace("c=biws", "c=eSws"),
      "another proof": vector.final.replace(/p=./, "p=A"),
      "a proof of another length": vector.final.replace(/p=.*/, "p=AAAA"),
    };
    for (const [what, final] of Object.entries(finals)) {
      test(`refuses ${what}`, () => {
        const { exchange } = challenged();
        assert.deepEqual(exchange.respond(final), { kind: "failure", condition: "not-authorized" });
      });
    }

    test("refuses a proof that is right but for another nonce (a replay)", () => {
      const other = vector.final.replace(/r=.*,p=.*/, "r=replayed");
      const transcript = `${vector.first.slice(3)},${vector.challenge},${other}`;
      const { exchange } = challenged();
      const final = `${other},p=${proofOf(vector, transcript)}`;
      assert.deepEqual(exchange.respond(final), { kind: "failure", condition: "not-authorized" });
    });

    test("refuses a proof that is right but for another binding", () => {
      const other = vector.final.replace("c=biws", "c=eSws").replace(/,p=.*/, "");
      const transcript = `${vector.first.slice(3)},${vector.challenge},${other}`;
      const { exchange } = challenged();
      const final = `${other},p=${proofOf(vector, transcript)}`;
      assert.deepEqual(exchange.respond(final), { kind: "failure", condition: "not-authorized" });
    });

    test("a stranger gets an unchanging salt and fails at the end only", () => {
      const first = vector.first.replace("n=user", "n=stranger");
      const [one, two] = [challenged(first), challenged(first)];
      assert.deepEqual(one.step, two.step);
      assert.equal(one.step.kind, "challenge");
      assert.deepEqual(one.exchange.respond(vector.final), { kind: "failure", condition: "not-authorized" });
    });

    test("a name with an equals sign out of place is malformed", () => {
      assert.deepEqual(challenged(vector.first.replace("n=user", "n=us=er")).step, {
        kind: "failure",
        condition: "malformed-request",
      });
    });
  });
}

describe("password hashes", () => {
  test("fit their password only, and differ each time", async () => {
    const [one, two] = [await hashPassword("drowssap", 4096), await hashPassword("drowssap", 4096)];
    assert.ok(one !== undefined && two !== undefined);
    assert.notEqual(one.sha256.salt, two.sha256.salt);
    for (const hash of ["sha1", "sha256"] as const) {
      assert.equal(await verifyPassword(hash, one[hash], "drowssap"), true);
      assert.equal(await verifyPassword(hash, one[hash], "Drowssap"), false);
    }
  });

  test("compatibility forms of a password are the same password (RFC 4013)", async () => {
    const keys = await hashPassword("Ⅸ\u00ad", 4096);
    assert.ok(keys !== undefined);
    assert.equal(await verifyPassword("sha256", keys.sha256, "IX"), true);
  });

  for (const password of ["", "\u0007", "\u00ad", "\ud800"]) {
    test(`${JSON.stringify(password)} is no password`, async () => {
      assert.equal(await hashPassword(password), undefined);
    });
  }

  test("no password fits a decoy", async () => {
    const decoy = decoyKeys("sha256", "nobody@example.com", Buffer.from("s"));
    assert.equal(await verifyPassword("sha256", { ...decoy, iterations: 4096 }, ""), false);
  });
});
