import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AdminFixture, items } from "./admin-fixture.ts";
import { CommandLine } from "./command-line-fixture.ts";

const SECRET = "never-to-be-seen";
const CORP = {
  name: "corp",
  host: "xmpp.corp.example",
  localDomains: ["corp.example"],
  components: ["contoso.example"],
} as const;
const DOMAIN = { domain: "contoso.example", integrationType: "microsoft" } as const;

describe("/attachments", () => {
  let fixture: AdminFixture;
  before(async () => {
    fixture = await AdminFixture.start();
    await fixture.call("POST", "/sip-federated-domains", { body: DOMAIN });
  });
  after(() => fixture.stop());

  test("a server is attached with its secret, of which nothing is shown again", async () => {
    const withoutSecret = await fixture.call("POST", "/attachments", { body: CORP });
    assert.deepEqual([withoutSecret.status, pathsOf(withoutSecret)], [400, ["secret"]]);
    const made = await fixture.call("POST", "/attachments", { body: { ...CORP, secret: SECRET } });
    assert.equal(made.status, 201);
    const { port, secretSetAt, links } = made.body;
    assert.deepEqual([port, typeof secretSetAt], [5347, "string"]);
    assert.deepEqual(links, [
      { component: "contoso.example", state: "down", since: null, reason: "no secret is kept for this host and port" },
    ]);
    for (const path of ["/attachments", "/attachments/corp", "/config", "/audit"]) {
      const shown = await fixture.call("GET", path);
      assert.equal(shown.status, 200);
      assert.ok(JSON.stringify(shown.body).includes("corp"), path);
      assert.ok(!JSON.stringify(shown.body).includes(SECRET), path);
    }
    assert.ok(!fixture.logged.join().includes(SECRET));
  });

  test("links are shown as they stand, and one that is down is a notice", async () => {
    const since = Date.UTC(2026, 0, 2);
    const reason = "the server said not-authorized";
    const link = { attachment: "corp", host: CORP.host, component: "contoso.example" };
    fixture.attachmentLinks.push({ ...link, standing: { name: "down", since, reason } });
    const { body } = await fixture.call("GET", "/attachments/corp");
    const shown = { component: "contoso.example", state: "down", since: "2026-01-02T00:00:00.000Z", reason };
    assert.deepEqual(body.links, [shown]);
    const notices = items(await fixture.call("GET", "/notifications?find=text:contains:attachment"));
    assert.deepEqual(
      notices.map(({ text }) => text),
      [`The attachment to ${CORP.host} for contoso.example is down since 2026-01-02T00:00:00.000Z: ${reason}`],
    );
    fixture.attachmentLinks.splice(0, 1, { ...link, standing: { name: "up", since } });
    assert.deepEqual(items(await fixture.call("GET", "/notifications?find=text:contains:attachment")), []);
  });

  test("a secret goes to the server it was given for only", async () => {
    const moved = await fixture.call("PUT", "/attachments/corp", { body: { ...CORP, host: "elsewhere.example" } });
    assert.deepEqual([moved.status, pathsOf(moved)], [400, ["secret"]]);
    const described = await fixture.call("PUT", "/attachments/corp", { body: { ...CORP, description: "Head office" } });
    assert.deepEqual([described.status, described.body.description], [200, "Head office"]);
    const { body: shown } = described;
    assert.equal((await fixture.call("PUT", "/attachments/corp", { body: shown })).status, 200);
  });

  test("bad input writes nothing", async () => {
    const wrong = [
      [{ ...CORP, name: "b", localDomains: ["example.com"], secret: SECRET }, "localDomains.0"],
      [{ ...CORP, name: "b", localDomains: ["b.example"], components: ["x.example"], secret: SECRET }, "components.0"],
      [{ ...CORP, name: "b", secret: 7 }, "secret"],
      [{ ...CORP, name: "b", secret: "" }, "secret"],
    ] as const;
    for (const [body, path] of wrong) {
      const answer = await fixture.call("POST", "/attachments", { body });
      assert.deepEqual([answer.status, pathsOf(answer)], [400, [path]]);
    }
    assert.equal((await fixture.call("GET", "/attachments/b")).status, 404);
    assert.equal(items(await fixture.call("GET", "/attachments")).length, 1);
  });

  test("its users can be given mail addresses, and their domain cannot be federated", async () => {
    const user = await fixture.call("POST", "/users", {
      body: { jid: "ann@corp.example", mailId: "ann@mail.example", password: "unused" },
    });
    assert.equal(user.status, 201, user.text);
    const federated = { domain: "corp.example", integrationType: "standard" };
    assert.equal((await fixture.call("POST", "/sip-federated-domains", { body: federated })).status, 409);
    assert.equal((await fixture.call("DELETE", "/users/ann@corp.example")).status, 204);
  });

  test("the configuration carries it without the secret, and an import is held to the same rules", async () => {
    const { body: document } = await fixture.call("GET", "/config");
    const federation = document.federation as { readonly attachments: readonly object[] };
    const [attachment] = federation.attachments;
    const bad = {
      ...document,
      federation: { ...federation, attachments: [{ ...attachment, components: ["x.example"] }] },
    };
    const refused = await fixture.call("PUT", "/config", { body: bad });
    assert.deepEqual([refused.status, pathsOf(refused)], [400, ["federation.attachments.0.components.0"]]);
    const good = { ...document, federation: { ...federation, attachments: [{ ...attachment, port: 8888 }] } };
    assert.equal((await fixture.call("PUT", "/config", { body: good })).status, 200);
    const { body } = await fixture.call("GET", "/attachments/corp");
    assert.equal(body.port, 8888);
  });

  test("goes, and its secret with it", async () => {
    assert.equal((await fixture.call("DELETE", "/attachments/corp")).status, 204);
    assert.equal((await fixture.call("DELETE", "/attachments/corp")).status, 404);
    const again = await fixture.call("POST", "/attachments", { body: CORP });
    assert.deepEqual(pathsOf(again), ["secret"]);
  });
});

describe("interpres attachment", { timeout: 110_000 }, () => {
  let line: CommandLine;
  before(async () => {
    line = await CommandLine.start();
    await line.fixture.call("POST", "/sip-federated-domains", { body: DOMAIN });
  });
  after(() => line.stop());

  test("add, change, list, remove", async () => {
    const words = ["--host", "xmpp.corp.example", "--domain", "corp.example", "--component", "contoso.example"];
    const added = await line.run(["attachment", "add", "corp", ...words], `${SECRET}\n`);
    assert.deepEqual([added.code, added.err], [0, ""]);
    const moved = await line.run(["attachment", "change", "corp", "--port", "8888"]);
    assert.deepEqual([moved.code, moved.err], [1, "secret: is needed: none is kept for this host and port\n"]);
    const changed = await line.run(["attachment", "change", "corp", "--port", "8888", "--secret-stdin"], "another\n");
    assert.deepEqual([changed.code, changed.out], [0, "changed corp\n"]);
    const listed = await line.run(["attachment", "list"]);
    assert.match(
      listed.out,
      /corp +xmpp\.corp\.example port 8888 +corp\.example +contoso\.example +down +- +no secret/,
    );
    const [shown] = (await line.json("attachment", "list")) as { readonly secretSetAt: string }[];
    assert.equal(typeof shown?.secretSetAt, "string");
    const wrong = await line.run(["attachment", "add", "corp", "--host", "x"]);
    assert.equal(wrong.code, 2);
    assert.deepEqual(await line.run(["attachment", "remove", "corp"]), { code: 0, out: "removed corp\n", err: "" });
  });
});

function pathsOf({ body }: { readonly body: Readonly<Record<string, unknown>> }): readonly string[] {
  return ((body.errors ?? []) as readonly { readonly path: string }[]).map(({ path }) => path);
}
