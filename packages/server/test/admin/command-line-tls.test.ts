import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { TestCertificateAuthority } from "@interpres/testkit";
import { CommandLine } from "./command-line-fixture.ts";

const CONTEXT = "Default_SIP_Proxy_Peer_Auth_TLS_Context";
const OTHER = "Default_SIP_Proxy_Server_Auth_TLS_Context";
const EDGE = "sip.contoso.example";

describe("interpres certificate trust and tls", { timeout: 110_000 }, () => {
  let line: CommandLine;
  let authority: TestCertificateAuthority;
  before(async () => {
    line = await CommandLine.start();
    authority = await TestCertificateAuthority.create("Contoso CA");
    line.write("contoso-ca.pem", authority.certPem);
  });
  after(() => line.stop());

  const interpres = (words: readonly string[], input?: string) => line.run(words, input);
  const selected = (): readonly string[] => {
    const { tlsContexts } = line.fixture.store.settings.current().document.federation;
    return tlsContexts.find(({ name }) => name === CONTEXT)?.peerSubjects ?? [];
  };

  test("an authority is trusted from a file, listed, and trusted no more by the beginning of its fingerprint", async () => {
    assert.match((await interpres(["certificate", "trust", "list"])).out, /^no certificates; trust one with/);
    const added = await interpres(["certificate", "trust", "add", "contoso-ca.pem", "--description", "of Contoso"]);
    assert.deepEqual([added.code, added.err], [0, ""]);
    const [, id = ""] = /^trusted Contoso CA until \d{4}-\d\d-\d\d, as ([0-9a-f]{12})\n$/.exec(added.out) ?? [];
    const listed = await interpres(["certificate", "trust", "list"]);
    assert.match(listed.out, new RegExp(`\\n${id} +Contoso CA +yes +\\d{4}-\\d\\d-\\d\\d +of Contoso\\n`));
    const again = await interpres(["certificate", "trust", "add", "-"], authority.certPem);
    assert.deepEqual([again.code, again.out], [1, ""]);
    assert.match(again.err, /^pem: is trusted already as /);
    line.fixture.peersVerified.push(EDGE);
    const removed = (await line.json("certificate", "trust", "remove", id.toUpperCase())) as {
      readonly removed: string;
      readonly warnings: readonly object[];
    };
    assert.deepEqual([removed.removed.slice(0, 12), removed.warnings.length], [id, 1]);
    line.fixture.peersVerified.length = 0;
    assert.deepEqual(await line.json("certificate", "trust", "list"), []);
  });

  test("what is not there, and what is no certificate, is told apart", async () => {
    const missing = await interpres(["certificate", "trust", "add", "none.pem"]);
    assert.deepEqual(missing, { code: 2, out: "", err: "there is no file none.pem\n" });
    const wrong = await interpres(["certificate", "trust", "add", "-"], "no certificate\n");
    assert.deepEqual([wrong.code, /^pem: line 1: /.test(wrong.err)], [1, true]);
    for (const id of ["zz", ""]) assert.equal((await interpres(["certificate", "trust", "remove", id])).code, 1);
  });

  test("a beginning that several fingerprints have is not enough", async () => {
    // Of seventeen certificates two begin with the same digit.
    for (let count = 0; count < 17; count += 1) {
      const { certPem } = await authority.issue({ cn: `edge${count}.contoso.example` });
      await line.fixture.call("POST", "/certificates/trust", { body: { pem: certPem } });
    }
    const all = (await line.json("certificate", "trust", "list")) as readonly { readonly id: string }[];
    const digits = all.map(({ id }) => id.charAt(0));
    const twice = digits.find((digit, at) => digits.indexOf(digit) !== at) ?? "";
    const refused = await interpres(["certificate", "trust", "remove", twice]);
    assert.deepEqual([refused.code, refused.err], [2, `${twice} begins several; say more of it\n`]);
    assert.equal(((await line.json("certificate", "trust", "list")) as readonly object[]).length, 17);
  });

  test("a peer subject is defined, selected beside those of before, deselected and removed", async () => {
    const words = ["tls", "subject", "add", EDGE, "--description", "Access Edge", "--speaks-for", "contoso.example"];
    const added = await interpres(words);
    assert.equal(added.code, 0);
    assert.match(added.out, /^added sip\.contoso\.example\nwarning: selectedIn: is defined but not selected/);
    await interpres(["tls", "subject", "add", "first.example"]);
    await interpres(["tls", "context", "select", "first.example"]);
    assert.match(
      (await interpres(["tls", "subject", "list"])).out,
      /\nsip\.contoso\.example +none, so it has no effect +contoso\.example +Access Edge\n/,
    );
    const done = { code: 0, out: `selected SIP.contoso.example in ${CONTEXT}\n`, err: "" };
    assert.deepEqual(await interpres(["tls", "context", "select", "SIP.contoso.example"]), done);
    assert.deepEqual(selected(), ["first.example", EDGE]);
    const inUse = await interpres(["tls", "subject", "remove", EDGE]);
    assert.deepEqual([inUse.code, /is selected in/.test(inUse.err)], [1, true]);
    assert.equal((await interpres(["tls", "context", "deselect", "SIP.contoso.example"])).code, 0);
    assert.deepEqual(selected(), ["first.example"]);
    assert.deepEqual(await line.json("tls", "subject", "remove", EDGE), { removed: EDGE });
  });

  test("a subject that nobody defined is not selected, nor one of several; what is not selected is not deselected", async () => {
    const before = selected();
    const unknown = await interpres(["tls", "context", "select", "first.example", "nobody.example"]);
    assert.deepEqual([unknown.code, /nobody\.example is not a TLS peer subject/.test(unknown.err)], [1, true]);
    const stranger = await interpres(["tls", "context", "deselect", "first.example", "nobody.example"]);
    assert.deepEqual(stranger, { code: 1, out: "", err: `nobody.example is not selected in ${CONTEXT}\n` });
    assert.deepEqual(selected(), before);
  });

  test("a context shows what is set and what comes of it; another one is named", async () => {
    const { out } = await interpres(["tls", "context", "show"]);
    assert.match(out, new RegExp(`^${CONTEXT}\nused by: sipTls\npeer subjects: first\\.example\n`));
    assert.match(out, /\nversions: TLSv1\.2 to TLSv1\.3; in effect TLSv1\.2 to TLSv1\.3\n/);
    assert.match(out, /\nTLS_AES_256_GCM_SHA384 +yes +yes\n/);
    assert.match(out, /\nTLS_AES_128_GCM_SHA256 +no +no\n/);
    const other = (await line.json("tls", "context", "show", OTHER)) as Record<string, unknown>;
    assert.deepEqual([other.name, other.authorizationPolicy], [OTHER, "server"]);
    const nowhere = await interpres(["tls", "context", "show", "Default"]);
    assert.deepEqual([nowhere.code, nowhere.err], [1, "there is no TLS context Default\n"]);
  });
});
