import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { connect } from "node:tls";
import type { IssuedCertificate } from "@interpres/testkit";
import { eventually } from "../harness/eventually.ts";
import { TlsBed } from "../harness/tls-bed.ts";

const CN = "imp1.example.com";

/** Certificates kept in files by somebody else, as an ACME client does. */
describe("own certificates in files", () => {
  const folder = mkdtempSync(join(tmpdir(), "interpres-files-"));
  const files = { chainPath: join(folder, "fullchain.pem"), keyPath: join(folder, "privkey.pem") };
  let bed: TlsBed;
  before(async () => {
    bed = await TlsBed.start();
  });
  after(async () => {
    await bed?.end();
    rmSync(folder, { recursive: true, force: true });
  });

  const issue = () => bed.authority.issue({ cn: CN, key: "rsa", notAfter: new Date(Date.now() + 90 * 86_400_000) });
  const put = (body: object) => bed.node.admin.try("PUT", "/certificates/own/sip", body);
  const write = ({ certPem, keyPem }: IssuedCertificate): void => {
    writeFileSync(files.chainPath, certPem);
    writeFileSync(files.keyPath, keyPem);
  };
  /** What the SIP listener shows now. */
  const shown = () =>
    new Promise<string>((resolve, reject) => {
      const socket = connect({ host: "127.0.0.1", port: bed.node.ports.sipTls, rejectUnauthorized: false });
      socket.once("secureConnect", () => {
        resolve(socket.getPeerX509Certificate()?.toString() ?? "");
        socket.destroy();
      });
      socket.on("error", reject);
    });
  const same = async ({ certPem }: IssuedCertificate) => assert.equal((await shown()).trim(), certPem.trim());
  const notices = async () => {
    const page = await bed.node.admin.ask("GET", "/notifications?find=text:contains:The files of our certificate");
    return (page as { readonly items: readonly { readonly text: string }[] }).items;
  };

  test("are refused by path when they cannot be read or do not fit, and nothing changes", async () => {
    const [one, other] = [await issue(), await issue()];
    write({ certPem: one.certPem, keyPem: other.keyPem });
    for (const [body, path] of [
      [files, "keyPath"],
      [{ ...files, chainPath: join(folder, "none.pem") }, "chainPath"],
      [{ ...files, chainPath: folder }, "chainPath"],
      [{ ...files, chainPath: "/dev/zero" }, "chainPath"],
      [{ ...files, keyPath: "privkey.pem" }, "keyPath"],
      [{ chainPath: files.chainPath }, "keyPath"],
      [{ ...files, chainPem: one.certPem }, "chainPath"],
      [{}, "chainPem"],
    ] as const) {
      const refused = await put(body);
      assert.equal(refused.status, 400, JSON.stringify(body));
      const { errors } = refused.body as { readonly errors: readonly { readonly path: string }[] };
      assert.deepEqual(
        errors.map((error) => error.path),
        [path],
      );
    }
    assert.match(await shown(), /BEGIN CERTIFICATE/);
    assert.notEqual((await shown()).trim(), one.certPem.trim());
  });

  test("are served, and read again by themselves when they change", async () => {
    const first = await issue();
    write(first);
    assert.equal((await put(files)).status, 200);
    await same(first);
    const second = await issue();
    write(second);
    await eventually(() => same(second));
  });

  test("half written leave the present one in service and say so, until they fit; SIGHUP reads at once", async () => {
    const before = await shown();
    const next = await issue();
    writeFileSync(files.chainPath, next.certPem);
    process.kill(bed.node.pid, "SIGHUP");
    await eventually(async () =>
      assert.match((await notices())[0]?.text ?? "", /is not the key of the first certificate/),
    );
    assert.equal(await shown(), before);
    writeFileSync(files.keyPath, next.keyPem);
    process.kill(bed.node.pid, "SIGHUP");
    await eventually(() => same(next));
    await eventually(async () => assert.deepEqual(await notices(), []));
  });

  test("are still read after a restart; text instead of them ends it", async () => {
    await bed.node.stop();
    const next = await issue();
    write(next);
    await bed.node.start();
    await same(next);
    const text = await issue();
    assert.equal((await put({ chainPem: text.certPem, keyPem: text.keyPem })).status, 200);
    process.kill(bed.node.pid, "SIGHUP");
    const own = (await bed.node.admin.ask("GET", "/certificates/own/sip")) as { readonly files: unknown };
    assert.equal(own.files, null);
    await same(text);
  });
});
