import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { items } from "./admin-fixture.ts";
import { CommandLine } from "./command-line-fixture.ts";

const PATH = "/sip-federated-domains/contoso.example/dialect";

interface Dialect {
  readonly mapping?: unknown;
  readonly effective: {
    readonly pageRequestBytes: number;
    readonly mapping: { readonly told: Record<string, string>; readonly seen: Record<string, unknown> };
  };
}

describe("how one domain is spoken to, over the API and the command line", { timeout: 110_000 }, () => {
  let line: CommandLine;
  before(async () => {
    line = await CommandLine.start();
    await line.run(["domain", "add", "contoso.example", "--type", "microsoft"]);
  });
  after(() => line.stop());

  const call = (method: string, path = PATH, body?: unknown) =>
    line.fixture.call(method, path, body === undefined ? {} : { body });
  const shown = async () => (await call("GET")).body as unknown as Dialect;

  test("begins as its type has it, and what was read can be written back", async () => {
    const { effective, mapping } = await shown();
    assert.equal(mapping, undefined);
    assert.deepEqual(
      [effective.mapping.told.dnd, effective.mapping.seen.busy],
      ["busy", { show: "away", status: "Busy" }],
    );
    const written = await call("PUT", PATH, (await call("GET")).body);
    assert.equal(written.status, 200, written.text);
    assert.deepEqual(written.body, (await call("GET")).body);
  });

  test("takes another set with rows of its own, audited with what was there before", async () => {
    const mapping = { set: "faithful", told: { xa: "busy" }, seen: { idle: { show: "xa", status: "Gone" } } };
    const written = await call("PUT", PATH, { mapping, pageRequestBytes: 8000 });
    assert.equal(written.status, 200, written.text);
    const { effective, ...chosen } = (await shown()) as Dialect & Record<string, unknown>;
    assert.deepEqual(chosen, {
      domain: "contoso.example",
      integrationType: "microsoft",
      mapping,
      pageRequestBytes: 8000,
    });
    assert.equal(effective.pageRequestBytes, 8000);
    assert.deepEqual([effective.mapping.told.xa, effective.mapping.told.dnd], ["busy", "busy"]);
    assert.deepEqual(effective.mapping.seen.busy, { show: "dnd" });
    const [row] = items(await call("GET", "/audit"));
    assert.equal(row?.resource, "sip-federated-domains/contoso.example/dialect");
    assert.deepEqual(row?.before, { domain: "contoso.example" });
    assert.deepEqual(row?.after, { domain: "contoso.example", mapping, pageRequestBytes: 8000 });
  });

  const bad = [
    { body: { mapping: { told: { sleepy: "away" } } }, path: "mapping.told.sleepy" },
    { body: { mapping: { told: { dnd: "meeting" } } }, path: "mapping.told.dnd" },
    { body: { mapping: { seen: { busy: { show: "offline" } } } }, path: "mapping.seen.busy.show" },
    { body: { mapping: { colour: "red" } }, path: "mapping.colour" },
    { body: { pageRequestBytes: 10 }, path: "pageRequestBytes" },
    { body: { typing: "sometimes" }, path: "typing" },
    { body: [], path: "" },
  ];
  for (const { body, path } of bad) {
    test(`${JSON.stringify(body)} is refused at "${path}", by the API and by an import, and nothing is written`, async () => {
      const before = await shown();
      const answer = await call("PUT", PATH, body);
      assert.deepEqual([answer.status, (answer.body.errors as { path: string }[])[0]?.path], [400, path]);
      if (!Array.isArray(body)) {
        const { federation } = (await call("GET", "/config")).body as { federation: object };
        const dialectOverrides = [{ domain: "contoso.example", ...body }];
        const imported = await call("PUT", "/config", { federation: { ...federation, dialectOverrides } });
        const [problem] = imported.body.errors as { path: string }[];
        assert.deepEqual([imported.status, problem?.path], [400, `federation.dialectOverrides.0.${path}`]);
      }
      assert.deepEqual(await shown(), before);
    });
  }

  test("a domain that is not federated has none", async () => {
    assert.equal((await call("GET", "/sip-federated-domains/nobody.example/dialect")).status, 404);
    assert.equal((await call("PUT", "/sip-federated-domains/nobody.example/dialect", {})).status, 404);
  });

  test("goes out with the configuration and comes in with it", async () => {
    await call("PUT", PATH, { mapping: { told: { dnd: "away" } } });
    const document = (await call("GET", "/config")).body;
    await call("PUT", PATH, {});
    assert.equal((await shown()).effective.mapping.told.dnd, "busy");
    const imported = await call("PUT", "/config", document);
    assert.equal(imported.status, 200, imported.text);
    assert.equal((await shown()).effective.mapping.told.dnd, "away");
  });

  test("on the command line: set by set and row by row, back again, refused with the path", async () => {
    const dialect = (...words: string[]) => line.run(["domain", "dialect", "contoso.example", ...words]);
    await call("PUT", PATH, {});
    const set = await dialect("mapping.set=faithful", "mapping.seen.busy={show: dnd, status: Occupied}", "typing=none");
    assert.deepEqual([set.code, set.err], [0, ""]);
    assert.match(set.out, /^changed mapping\.set, mapping\.seen\.busy, typing\n/);
    const read = await dialect();
    assert.match(read.out, /mapping:\n {2}set: faithful\n {2}seen:\n {4}busy:\n {6}show: dnd\n {6}status: Occupied\n/);
    assert.equal((await dialect("mapping.seen.busy=", "mapping.set=", "typing=")).code, 0);
    assert.equal((await shown()).mapping, undefined);
    const wrong = await dialect("mapping.told.dnd=meeting");
    assert.deepEqual([wrong.code, wrong.err.startsWith("mapping.told.dnd: meeting is not shown")], [1, true]);
    assert.equal((await dialect("mapping")).code, 2);
  });
});
