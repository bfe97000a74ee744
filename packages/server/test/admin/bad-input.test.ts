import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { parseClusterSettings } from "../../src/admin/node/cluster-settings.ts";
import { AdminFixture, items, paths } from "./admin-fixture.ts";

interface Row {
  readonly list: keyof typeof good;
  /** What is written over a good input. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly status: number;
  readonly path: string;
  /** The problem's slug, for what is in the way rather than wrong. */
  readonly type?: string;
  /** False where only the API can be wrong in this way. */
  readonly isImported?: false;
}

/** A good input of each resource, and where its list stands in the document. */
const good = {
  "/sip-federated-domains": {
    section: "sipFederatedDomains",
    input: { domain: "new.example", integrationType: "microsoft", description: "", directFederation: false },
  },
  "/incoming-acl": {
    section: "incomingAcl",
    input: { pattern: "Allow from 192.0.2.1", description: "", origin: { kind: "administrator" } },
  },
  "/static-routes": {
    section: "staticRoutes",
    input: {
      destinationPattern: ".example.new.*",
      description: "",
      nextHop: "sip.new.example",
      nextHopPort: 5061,
      routeType: "domain",
      protocol: "tls",
      priority: 1,
      weight: 1,
      allowLessSpecific: true,
      inService: true,
      blocked: false,
    },
  },
} as const;

const bad = (list: Row["list"], path: string, ...values: readonly unknown[]): readonly Row[] =>
  values.map((value) => ({ list, input: { [path]: value }, status: 400, path }));

const LONG = "a".repeat(256);
const NAMES = ["", " ", ".", "a..example", "-a.example", "a-.example", "a_b.example", "a.1example", "ä.example", LONG];

const rows: readonly Row[] = [
  // Facts R11: legal, unique, not local; R13: one type; B2.1: direct federation.
  ...bad("/sip-federated-domains", "domain", ...NAMES, "192.0.2.1", "2001:db8::1", "[::1]", "*.example", 7, null, {}),
  ...bad("/sip-federated-domains", "domain", `${"a".repeat(64)}.example`, "a b.example", "a.example/x", "a@b.example"),
  ...bad("/sip-federated-domains", "integrationType", "", "Microsoft", "lotus", null, ["aol"]),
  ...bad("/sip-federated-domains", "description", LONG, 5, null),
  ...bad("/sip-federated-domains", "directFederation", "yes", 1, null),
  ...bad("/sip-federated-domains", "colour", "red"),
  ...["aol", "standard"].map((integrationType): Row => {
    const input = { integrationType, directFederation: true };
    return { list: "/sip-federated-domains", input, status: 400, path: "directFederation" };
  }),
  {
    list: "/sip-federated-domains",
    input: { domain: "example.com" },
    status: 409,
    path: "domain",
    type: "domain-is-local",
  },
  {
    list: "/sip-federated-domains",
    input: { domain: "known.example" },
    status: 409,
    path: "domain",
    type: "domain-exists",
  },
  // Facts B2.2.
  ...bad(
    "/incoming-acl",
    "pattern",
    "",
    "all",
    "Allow",
    "Allow from",
    "Deny from all",
    "Allow from a b",
    LONG,
    5,
    null,
  ),
  ...bad("/incoming-acl", "pattern", "Allow from 192.0.2.0/33", "Allow from 192.0.2.0/x", "Allow from 192.0.2.0/8/8"),
  ...bad(
    "/incoming-acl",
    "pattern",
    "Allow from ::1/129",
    "Allow from -a.example",
    "Allow from 300.1.1.1",
    "Allow from x/8",
  ),
  ...bad("/incoming-acl", "description", LONG, null),
  ...bad("/incoming-acl", "colour", "red"),
  {
    list: "/incoming-acl",
    input: { pattern: "Allow from 198.51.100.1" },
    status: 409,
    path: "pattern",
    type: "acl-entry-exists",
  },
  // Facts B2.3: ranges and forms.
  ...bad(
    "/static-routes",
    "destinationPattern",
    "",
    ".com.*.a",
    ".com.a*",
    ".com..a",
    "*.example",
    "192.0.2.1",
    LONG,
    5,
  ),
  ...bad("/static-routes", "destinationPattern", ".com.-a", ".com.a_b", `.com.${"a".repeat(64)}`, "a b", null),
  ...bad("/static-routes", "description", LONG, 5),
  ...bad(
    "/static-routes",
    "nextHop",
    "",
    "a b",
    "-a.example",
    "a_b.example",
    "a..example",
    LONG,
    "sip.a.example:5061",
    5,
  ),
  ...bad("/static-routes", "nextHop", "sip:sip.a.example", "a.1example", null),
  ...bad("/static-routes", "nextHopPort", -1, 65_536, 5061.5, "5061", null),
  ...bad("/static-routes", "routeType", "number", "", null),
  ...bad("/static-routes", "protocol", "sctp", "TLS", null),
  ...bad("/static-routes", "priority", 0, 65_536, -1, 1.5, "1"),
  ...bad("/static-routes", "weight", 0, 65_536, -1, 1.5, "1"),
  ...bad("/static-routes", "allowLessSpecific", "yes", 1),
  ...bad("/static-routes", "inService", "yes", null),
  ...bad("/static-routes", "blocked", 0),
  ...bad("/static-routes", "colour", "red"),
  { list: "/static-routes", input: { nextHop: "192.0.2.1", nextHopPort: 0 }, status: 400, path: "nextHop" },
  { list: "/static-routes", input: { nextHop: "_sip.example", nextHopPort: 0 }, status: 400, path: "nextHop" },
];

describe("bad input (facts R11, B2.2, B2.3)", () => {
  let fixture: AdminFixture;

  before(async () => {
    fixture = await AdminFixture.start();
    await write("/sip-federated-domains", { domain: "known.example" });
    await write("/incoming-acl", { pattern: "Allow from 198.51.100.1" });
    await write("/static-routes", {});
  });

  after(() => fixture.stop());

  async function write(list: Row["list"], input: object) {
    const { origin: _origin, ...whole }: Record<string, unknown> = { ...good[list].input, ...input };
    return await fixture.call("POST", list, { body: whole });
  }

  for (const { list, input, status, path, type } of rows) {
    const shown = JSON.stringify(input).slice(0, 60);
    test(`R11: ${list} with ${shown}: ${status} at ${path}, nothing written`, async () => {
      const { version } = fixture.store.settings.current();
      const answer = await write(list, input);
      assert.equal(answer.status, status, answer.text);
      assert.equal(answer.headers["content-type"], "application/problem+json");
      assert.ok(paths(answer).includes(path), answer.text);
      if (type !== undefined) assert.equal(answer.body.type, type);
      assert.equal(fixture.store.settings.current().version, version);
    });

    test(`R11: an import of ${list} with ${shown} is refused at the same place`, () => {
      const { document } = fixture.store.settings.current();
      const { section, input: whole } = good[list];
      const before: readonly object[] = document.federation[section];
      const entry = { ...(list === "/sip-federated-domains" ? {} : { id: "900" }), ...whole, ...input };
      const federation = { ...document.federation, [section]: [...before, entry] };
      const wrong = new RegExp(`federation\\.${section}\\.${before.length}\\.${path}`);
      assert.throws(() => parseClusterSettings({ ...document, federation }), wrong);
    });
  }

  test("R5: an import cannot change, double or drop the entry that a domain owns", () => {
    const { document } = fixture.store.settings.current();
    const { incomingAcl } = document.federation;
    const owned = incomingAcl.findIndex(({ origin }) => origin.kind === "sip-federated-domain");
    const entry = incomingAcl[owned];
    assert.ok(entry !== undefined);
    const imported = (entries: readonly object[]) => () =>
      parseClusterSettings({ ...document, federation: { ...document.federation, incomingAcl: entries } });
    const others = incomingAcl.filter((each) => each !== entry);
    assert.throws(imported([...others, { ...entry, pattern: "Allow from all" }]), /must be Allow from known\.example/);
    assert.throws(imported([...incomingAcl, { ...entry, id: "77" }]), /known\.example owns an entry already/);
    assert.throws(imported(others), /known\.example has no access-list entry of its own/);
    const origin = { kind: "sip-federated-domain", domain: "nobody.example" };
    assert.throws(
      imported([...incomingAcl, { ...entry, id: "77", origin }]),
      /nobody\.example is not a federated domain/,
    );
    assert.doesNotThrow(imported(incomingAcl));
  });

  test("R5: the API neither changes nor deletes it, and names its domain", async () => {
    const entries = items(await fixture.call("GET", "/incoming-acl?find=pattern:contains:known"));
    const path = `/incoming-acl/${String(entries[0]?.id)}`;
    const { version } = fixture.store.settings.current();
    for (const [method, body] of [
      ["PUT", { pattern: "Allow from all" }],
      ["DELETE", undefined],
    ] as const) {
      const answer = await fixture.call(method, path, body === undefined ? {} : { body });
      assert.deepEqual([answer.status, answer.body.type], [409, "acl-entry-owned"]);
      assert.match(answer.text, /known\.example/);
    }
    assert.equal(fixture.store.settings.current().version, version);
  });

  test("R11, B2.3: what nobody made is not found, whatever is asked of it", async () => {
    for (const list of Object.keys(good)) {
      for (const method of ["GET", "PUT", "DELETE"]) {
        const body = method === "PUT" ? { body: good[list as Row["list"]].input } : {};
        assert.equal((await fixture.call(method, `${list}/nothing`, body)).status, 404, `${method} ${list}`);
      }
    }
  });

  test("B2.3: a hundred routes may have one pattern, and not one more, by import either", async () => {
    for (let count = 1; count < 100; count += 1) assert.equal((await write("/static-routes", {})).status, 201);
    const answer = await write("/static-routes", {});
    assert.deepEqual(
      [answer.status, answer.body.type, paths(answer)],
      [409, "too-many-routes", ["destinationPattern"]],
    );
    const { document } = fixture.store.settings.current();
    const { staticRoutes } = document.federation;
    const federation = { ...document.federation, staticRoutes: [...staticRoutes, { ...staticRoutes[0], id: "900" }] };
    assert.throws(() => parseClusterSettings({ ...document, federation }), /staticRoutes\.100\.destinationPattern/);
  });

  test("R61: a clearing house that no domain of type aol is comes with a warning", async () => {
    const body = { defaultFederationRoutingDomain: "clearing.example" };
    const answer = await fixture.call("PATCH", "/service-parameters/sip-proxy", { body });
    const parameter = answer.body.defaultFederationRoutingDomain as { readonly warning?: string };
    assert.match(parameter.warning ?? "", /clearing\.example is not a federated domain of type aol/);
  });
});
