import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import type { Store } from "../src/index.ts";
import { type Document, openTestStore, type TestShapes, temporaryDirectory } from "./temporary-store.ts";

function adding(domain: string) {
  return (document: Document) => ({
    document: { domains: [...document.domains, domain] },
    audit: { action: "create", resource: `domains/${domain}`, after: { domain } },
  });
}

describe("settings store", () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  let store: Store<TestShapes>;

  beforeEach(async () => {
    directory = temporaryDirectory();
    store = await openTestStore(directory.path);
  });
  afterEach(async () => {
    await store.close();
    directory.remove();
  });

  test("starts with version 1 and goes on where it was", async () => {
    assert.equal(store.settings.current().version, 1);
    await store.settings.change("admin", adding("a.example"));
    await store.close();
    store = await openTestStore(directory.path);
    assert.deepEqual(store.settings.current(), { version: 2, document: { domains: ["a.example"] } });
  });

  test("earlier versions can be read, later ones are not there", async () => {
    await store.settings.change("admin", adding("a.example"));
    await store.settings.change("admin", adding("b.example"));
    assert.deepEqual(await store.settings.at(2), { domains: ["a.example"] });
    assert.deepEqual(await store.settings.at(3), { domains: ["a.example", "b.example"] });
    assert.equal(await store.settings.at(4), undefined);
  });

  test("changes asked for at once see each other's result", async () => {
    const before = store.settings.current();
    await Promise.all(["a", "b", "c"].map((domain) => store.settings.change("admin", adding(domain))));
    assert.deepEqual(store.settings.current(), { version: 4, document: { domains: ["a", "b", "c"] } });
    assert.deepEqual(before.document.domains, []);
  });

  test("certificates are replaced in the transaction of the change they belong to, and what they replaced can be restored", async () => {
    const audit = { actor: "admin", action: "update", resource: "certificates/own/sip" };
    const [old, made] = [
      { chainPem: "OLD", keyPem: "OLD KEY" },
      { chainPem: "NEW", keyPem: "NEW KEY" },
    ];
    await store.certificates.putOwn("sip", old, audit);
    const along = store.certificates.replacement({
      own: new Map([["sip", made]]),
      previous: new Map([["sip", old]]),
    });
    assert.deepEqual(store.certificates.own("sip"), old, "nothing happens before the change is written");
    let seen: unknown;
    store.settings.onChange(() => {
      seen = store.certificates.own("sip");
    });
    await store.settings.change("admin", (document) => ({ ...adding("a")(document), along }));
    assert.deepEqual(seen, made, "who hears of the change finds the certificate");
    await store.close();
    store = await openTestStore(directory.path);
    assert.deepEqual(store.certificates.own("sip"), made);
    assert.equal(await store.certificates.restore("sip", audit), true);
    assert.deepEqual([store.certificates.own("sip"), store.certificates.previous("sip")], [old, made]);
    assert.equal(await store.certificates.restore("xmpp", audit), false);
  });

  test("a secret is set and forgotten with the settings it belongs to, and stands in no version of them", async () => {
    const along = store.secrets.change("directory", "s3cret");
    await assert.rejects(
      store.settings.change("admin", () => {
        throw new Error("refused");
      }),
    );
    assert.equal(await store.secrets.find("directory"), undefined);
    await store.settings.change("admin", (document) => ({ ...adding("a")(document), along }));
    await store.close();
    store = await openTestStore(directory.path);
    assert.equal(await store.secrets.find("directory"), "s3cret");
    assert.doesNotMatch(JSON.stringify([store.settings.current(), await store.audit.list({ limit: 10 })]), /s3cret/);
    const forget = store.secrets.change("directory", undefined);
    await store.settings.change("admin", (document) => ({ ...adding("b")(document), along: forget }));
    assert.equal(await store.secrets.find("directory"), undefined);
  });

  test("a version that the disk refuses is not the current one, and nobody hears of it", async () => {
    const heard: number[] = [];
    store.settings.onChange(({ version }) => heard.push(version));
    const along = {
      statements: [{ sql: "INSERT INTO no_such_table VALUES (1)", parameters: [] }],
      written: () => assert.fail("it was not written"),
    };
    await assert.rejects(store.settings.change("admin", (document) => ({ ...adding("a")(document), along })));
    assert.deepEqual([store.settings.current().version, heard], [1, []]);
    await store.settings.change("admin", adding("b"));
    await store.close();
    store = await openTestStore(directory.path);
    assert.deepEqual(store.settings.current(), { version: 2, document: { domains: ["b"] } });
  });

  test("an edit that throws is refused and changes nothing", async () => {
    const refused = store.settings.change("admin", () => {
      throw new Error("duplicate");
    });
    const next = store.settings.change("admin", adding("a"));
    await assert.rejects(refused, /duplicate/);
    assert.equal((await next).version, 2);
    assert.equal((await store.audit.list({ limit: 10 })).length, 1);
  });

  test("an edit without effect makes no version and no audit row", async () => {
    const edit = (document: Document) => ({ document, audit: { action: "update", resource: "x" } });
    assert.equal((await store.settings.change("admin", edit)).version, 1);
    assert.deepEqual(await store.audit.list({ limit: 10 }), []);
  });

  test("listeners hear of a version once it is current, also when another one throws", async () => {
    const heard: string[] = [];
    store.settings.onChange(() => {
      throw new Error("listener at fault");
    });
    const end = store.settings.onChange((next, previous) =>
      heard.push(`${previous.version} to ${next.version}, current ${store.settings.current().version}`),
    );
    await store.settings.change("admin", adding("a"));
    end();
    await store.settings.change("admin", adding("b"));
    assert.deepEqual(heard, ["1 to 2, current 2"]);
  });

  test("the audit says who, what, old and new, newest first", async () => {
    await store.settings.change("admin", adding("a"));
    await store.settings.change("robot", adding("b"));
    const [latest, first] = await store.audit.list({ limit: 10 });
    assert.equal(latest?.actor, "robot");
    assert.deepEqual(
      { ...first, id: 0, at: 0 },
      { id: 0, at: 0, actor: "admin", action: "create", resource: "domains/a", after: { domain: "a" } },
    );
    const older = await store.audit.list({ limit: 10, before: latest?.id ?? 0 });
    assert.deepEqual(older, [first]);
    assert.deepEqual(await store.audit.list({ limit: 10, actor: "admin" }), [first]);
  });
});
