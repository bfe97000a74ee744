import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { before, describe, test } from "node:test";
import { FakeClock, type IssuedCertificate, TestCertificateAuthority } from "@interpres/testkit";
import { checkOwnCertificate, type OwnCertificateFacts, readPrivateKey } from "./own-certificate-check.ts";

const DAY_MS = 86_400_000;
const CN = "imp1.example.com";
const clock = new FakeClock();
const now = clock.now();
const facts: OwnCertificateFacts = { purpose: "sip", now, names: [CN], trusted: [] };

describe("a certificate of our own, before it is kept (facts B15)", () => {
  let root: TestCertificateAuthority;
  let middle: TestCertificateAuthority;
  let own: IssuedCertificate;
  before(async () => {
    root = await TestCertificateAuthority.create("Root", clock);
    middle = await root.subordinate("Middle");
    own = await middle.issue({ cn: CN });
  });

  function check(chain: readonly string[], more: Partial<OwnCertificateFacts> = {}, keyPem = own.keyPem) {
    const checked = checkOwnCertificate({ chainPem: chain.join("\n"), keyPem }, { ...facts, ...more });
    const problems = checked.kind === "refused" ? checked.errors : checked.warnings;
    return { kind: checked.kind, says: problems.map(({ path, message }) => `${path}: ${message}`).join("; ") };
  }

  test("a whole chain with its key is usable without a warning", () => {
    assert.deepEqual(check([own.certPem, middle.certPem, root.certPem]), { kind: "usable", says: "" });
  });

  test("a chain may end below an authority of the trust store", () => {
    const trusted = { trusted: [root.certPem] };
    assert.deepEqual(check([own.certPem, middle.certPem], trusted), { kind: "usable", says: "" });
  });

  test("a chain that ends below an unknown authority is usable with a warning", () => {
    const { kind, says } = check([own.certPem]);
    assert.equal(kind, "usable");
    assert.match(says, /^chainPem: ends below CN=Middle, which is not known here/);
  });

  test("what explains a certificate is left out of what is kept", () => {
    const checked = checkOwnCertificate({ chainPem: `subject=x\n${own.certPem}`, keyPem: own.keyPem }, facts);
    assert.ok(checked.kind === "usable");
    assert.match(checked.certificate.chainPem, /^-----BEGIN CERTIFICATE/);
    assert.match(checked.certificate.keyPem, /^-----BEGIN PRIVATE KEY/);
  });

  const refused: readonly { rule: string; run: () => Promise<ReturnType<typeof check>>; says: RegExp }[] = [
    {
      rule: "in another order",
      run: async () => check([own.certPem, root.certPem, middle.certPem]),
      says: /certificate 1 \(imp1.example.com\) is not signed by the next one but by number 3: put them in order/,
    },
    {
      rule: "with a gap",
      run: async () => check([own.certPem, root.certPem]),
      says: /certificate 1 \(imp1.example.com\) is not signed by the next one$/,
    },
    {
      rule: "of another key",
      run: async () => check([own.certPem], {}, (await root.issue({ cn: CN })).keyPem),
      says: /^keyPem: is not the key of the first certificate/,
    },
    {
      rule: "signed by a certificate that is no authority",
      run: async () => check([own.certPem, own.certPem]),
      says: /is not signed by the next one/,
    },
    {
      rule: "that has expired",
      run: async () => check([own.certPem], { now: now + 366 * DAY_MS }),
      says: /certificate 1 \(imp1.example.com\) has expired on/,
    },
    {
      rule: "whose signer has expired",
      run: async () => {
        const long = await middle.issue({ cn: CN, notAfter: new Date(now + 800 * DAY_MS) });
        return check([long.certPem, middle.certPem, root.certPem], { now: now + 700 * DAY_MS }, long.keyPem);
      },
      says: /certificate 2 \(Middle\) has expired on .*certificate 3 \(Root\) has expired/,
    },
    {
      rule: "that is not valid yet",
      run: async () => check([own.certPem], { now: now - 10 * DAY_MS }),
      says: /is valid from .* only/,
    },
    {
      rule: "for servers only",
      run: async () => {
        const half = await middle.issue({ cn: CN, ekus: ["server"] });
        return check([half.certPem], {}, half.keyPem);
      },
      says: /lacks extended key usage clientAuth; it has serverAuth/,
    },
    {
      rule: "for clients only",
      run: async () => {
        const half = await middle.issue({ cn: CN, ekus: ["client"] });
        return check([half.certPem], { purpose: "admin" }, half.keyPem);
      },
      says: /lacks extended key usage serverAuth/,
    },
    {
      rule: "that breaks off",
      run: async () => check([`${own.certPem}\n-----BEGIN CERTIFICATE-----\nMIIB`]),
      says: /^chainPem: line \d+: BEGIN CERTIFICATE without an END/,
    },
    {
      rule: "with a key among them",
      run: async () => check([own.keyPem, own.certPem]),
      says: /^chainPem: line 1: PRIVATE KEY is no certificate/,
    },
    {
      rule: "that is none",
      run: async () => check(["-----BEGIN CERTIFICATE-----\nTUlJQg==\n-----END CERTIFICATE-----"]),
      says: /^chainPem: line 1: the certificate that begins here cannot be read/,
    },
    { rule: "without a certificate", run: async () => check(["nothing"]), says: /^chainPem: line 1: no -----BEGIN/ },
  ];
  for (const { rule, run, says } of refused) {
    test(`a chain ${rule} is refused, and why`, async () => {
      const checked = await run();
      assert.equal(checked.kind, "refused");
      assert.match(checked.says, says);
    });
  }

  test("everything that is wrong is told at once", async () => {
    const half = await middle.issue({ cn: CN, ekus: ["server"] });
    const { says } = check([half.certPem, root.certPem], {}, own.keyPem);
    assert.match(says, /keyPem: .*not signed by the next one.*lacks extended key usage/);
  });

  test("a certificate without restriction serves both ways", async () => {
    const free = await root.issue({ cn: CN, ekus: [] });
    assert.equal(check([free.certPem, root.certPem], {}, free.keyPem).says, "");
  });

  test("another name than the node's is warned of, and so is the near end", async () => {
    const other = await root.issue({ cn: "sip.example.com", notAfter: new Date(now + 5.5 * DAY_MS) });
    const { kind, says } = check([other.certPem, root.certPem], {}, other.keyPem);
    assert.equal(kind, "usable");
    assert.match(says, /has the common name sip.example.com, not imp1.example.com/);
    assert.match(says, /in 5 days/);
  });

  test("for XMPP every local domain must be named, and a certificate for servers will do", async () => {
    const web = await root.issue({ cn: "x", dnsNames: ["example.com"], ekus: ["server"] });
    const names = ["example.com", "example.org"];
    const forClients = check([web.certPem, root.certPem], { purpose: "xmpp", names }, web.keyPem);
    assert.deepEqual(forClients, {
      kind: "usable",
      says: "chainPem: does not name example.org: its clients will refuse it",
    });
    const forServers = check([web.certPem, root.certPem], { purpose: "xmpp-s2s", names: ["example.com"] }, web.keyPem);
    assert.match(forServers.says, /lacks extended key usage clientAuth: servers that insist/);
  });

  test("what the TLS library does not take is refused by its own words", async () => {
    const weak = await root.issue({ cn: CN, key: "weak-rsa" });
    const { kind, says } = check([weak.certPem, root.certPem], {}, weak.keyPem);
    assert.equal(kind, "refused");
    assert.match(says, /^chainPem: the TLS library refuses it: .*key too small/);
  });
});

describe("a private key as PEM", () => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const plain = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const cipher = { cipher: "aes-256-cbc", passphrase: "secret" };
  const rows: readonly (readonly [rule: string, text: string, says: RegExp | "a key"])[] = [
    ["PKCS #8", plain, "a key"],
    ["the older form", privateKey.export({ type: "sec1", format: "pem" }).toString(), "a key"],
    [
      "parameters before it",
      `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${plain}`,
      "a key",
    ],
    ["encrypted", privateKey.export({ type: "pkcs8", format: "pem", ...cipher }).toString(), /line 1: .*passphrase/],
    [
      "encrypted in the older form",
      privateKey.export({ type: "sec1", format: "pem", ...cipher }).toString(),
      /passphrase/,
    ],
    ["two", `${plain}${plain}`, /line 6: more than one key/],
    [
      "a public key",
      "-----BEGIN PUBLIC KEY-----\nTUlJ\n-----END PUBLIC KEY-----",
      /line 1: PUBLIC KEY is no private key/,
    ],
    [
      "nonsense inside",
      "-----BEGIN PRIVATE KEY-----\nTUlJ\n-----END PRIVATE KEY-----",
      /line 1: the key .* cannot be read/,
    ],
    ["nothing", "", /no -----BEGIN PRIVATE KEY/],
  ];
  for (const [rule, text, says] of rows) {
    test(rule, () => {
      const key = readPrivateKey(text);
      if (says === "a key") assert.ok(typeof key === "object");
      else assert.match(String(key), says);
    });
  }
});
