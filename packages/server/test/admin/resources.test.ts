import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AdminFixture, items, paths, TOKENS } from "./admin-fixture.ts";

describe("federation settings over the API", () => {
  let fixture: AdminFixture;
  before(async () => {
    fixture = await AdminFixture.start();
  });
  after(() => fixture.stop());

  test("a domain comes with its access-list entry and takes it along", async () => {
    const body = { domain: "Contoso.Example", integrationType: "microsoft", description: "Contoso" };
    const added = await fixture.call("POST", "/sip-federated-domains", { body });
    assert.equal(added.status, 201);
    assert.equal(added.headers.location, "/api/v1/sip-federated-domains/contoso.example");
    assert.deepEqual(added.body, {
      domain: "contoso.example",
      integrationType: "microsoft",
      description: "Contoso",
      directFederation: false,
      createdAt: new Date(fixture.clock.now()).toISOString(),
    });
    const [entry] = items(await fixture.call("GET", "/incoming-acl"));
    assert.deepEqual(entry?.origin, { kind: "sip-federated-domain", domain: "contoso.example" });
    const refused = await fixture.call("DELETE", `/incoming-acl/${String(entry?.id)}`);
    assert.equal(refused.status, 409);
    assert.equal(refused.body.type, "acl-entry-owned");
    assert.match(refused.text, /contoso\.example/);
    assert.equal((await fixture.call("DELETE", "/sip-federated-domains/contoso.example")).status, 204);
    assert.deepEqual(items(await fixture.call("GET", "/incoming-acl")), []);
  });

  test("what was read can be written back", async () => {
    await fixture.call("POST", "/sip-federated-domains", {
      body: { domain: "a.example", integrationType: "standard" },
    });
    await fixture.call("POST", "/tls-peer-subjects", { body: { name: "edge.a.example" } });
    await fixture.call("POST", "/static-routes", {
      body: { destinationPattern: "a.example", nextHop: "edge.a.example" },
    });
    for (const list of ["/sip-federated-domains", "/tls-peer-subjects", "/tls-contexts", "/static-routes"]) {
      const [item] = items(await fixture.call("GET", list));
      const key = encodeURIComponent(String(item?.domain ?? item?.name ?? item?.id));
      const read = await fixture.call("GET", `${list}/${key}`);
      assert.deepEqual(read.body, item);
      const written = await fixture.call("PUT", `${list}/${key}`, { body: read.body });
      assert.equal(written.status, 200, `${list} ${written.text}`);
      const { warnings: _warnings, ...shown } = written.body;
      assert.deepEqual(shown, item);
    }
  });

  const BAD = [
    { body: { domain: "192.0.2.1", integrationType: "standard" }, status: 400, path: "domain" },
    { body: { domain: "example.com", integrationType: "standard" }, status: 409, path: "domain" },
    { body: { domain: "b.example", integrationType: "lotus" }, status: 400, path: "integrationType" },
    { body: { domain: "b.example", integrationType: "aol", colour: "red" }, status: 400, path: "colour" },
    { body: [], status: 400, path: "" },
    { body: "null", status: 400, path: "" },
  ];
  for (const { body, status, path } of BAD) {
    test(`bad input names ${path === "" ? "the body" : path} and writes nothing`, async () => {
      const version = fixture.store.settings.current().version;
      const answer = await fixture.call("POST", "/sip-federated-domains", { body });
      assert.equal(answer.status, status, answer.text);
      assert.equal(answer.headers["content-type"], "application/problem+json");
      assert.equal(paths(answer)[0], path);
      assert.equal(fixture.store.settings.current().version, version);
    });
  }

  test("a body that is no JSON, or poisons prototypes, is refused", async () => {
    for (const body of ["{", "", '{"__proto__": {"domain": "b.example"}}', '{"constructor": {"prototype": {}}}']) {
      const answer = await fixture.call("POST", "/sip-federated-domains", { body });
      assert.equal(answer.status, 400, body);
      assert.equal(answer.headers["content-type"], "application/problem+json");
    }
  });

  test("static routes have the defaults of the contract and turn a domain round", async () => {
    const added = await fixture.call("POST", "/static-routes", {
      body: { destinationPattern: "domainb.example", nextHop: "sip.domainb.example" },
    });
    assert.equal(added.status, 201);
    const { id, warnings: _warnings, ...route } = added.body;
    assert.match(String(id), /^\d+$/);
    assert.deepEqual(route, {
      destinationPattern: ".example.domainb.*",
      description: "",
      nextHop: "sip.domainb.example",
      nextHopPort: 5061,
      routeType: "domain",
      protocol: "tls",
      priority: 1,
      weight: 1,
      allowLessSpecific: true,
      inService: true,
      blocked: false,
    });
    const read = await fixture.call("GET", `/static-routes/${String(id)}`);
    assert.deepEqual(read.body, { id, ...route });
  });

  test("a peer subject says where it is selected; a context what the runtime does", async () => {
    const name = "Default_SIP_Proxy_Peer_Auth_TLS_Context";
    await fixture.call("POST", "/tls-peer-subjects", { body: { name: "edge.b.example" } });
    const put = await fixture.call("PUT", `/tls-contexts/${name}`, { body: { peerSubjects: ["edge.b.example"] } });
    assert.equal(put.status, 200, put.text);
    const subject = await fixture.call("GET", "/tls-peer-subjects/edge.b.example");
    assert.deepEqual(subject.body.selectedIn, [name]);
    const context = await fixture.call("GET", `/tls-contexts/${name}`);
    assert.ok((context.body.availableCiphers as string[]).length > 5);
    assert.equal((context.body.effective as { minVersion: string }).minVersion, "TLSv1.2");
    assert.equal((await fixture.call("DELETE", "/tls-peer-subjects/edge.b.example")).status, 409);
  });

  test("service parameters come with default, scope and restart; one can be changed by itself", async () => {
    const before = await fixture.call("GET", "/service-parameters/sip-proxy");
    const { description: _description, ...shown } = before.body.defaultFederationRoutingDomain as Record<
      string,
      unknown
    >;
    assert.deepEqual(shown, { value: "aol.com", default: "aol.com", scope: "cluster", restart: ["xmpp-router"] });
    const after = await fixture.call("PATCH", "/service-parameters/sip-proxy", {
      body: { federationRoutingFqdn: "sip.example.com", imGateway: { value: false } },
    });
    assert.equal(after.status, 200, after.text);
    assert.equal((after.body.federationRoutingFqdn as { value: string }).value, "sip.example.com");
    assert.equal((after.body.imGateway as { value: boolean }).value, false);
    const unknown = await fixture.call("PATCH", "/service-parameters/sip-proxy", { body: { colour: "red" } });
    assert.deepEqual([unknown.status, paths(unknown)], [400, ["colour"]]);
    assert.equal((await fixture.call("GET", "/service-parameters/xmpp-router")).status, 404);
  });

  test("the node's own name is no routing FQDN while it has users", async () => {
    const body = { federationRoutingFqdn: "imp1.example.com" };
    await fixture.call("POST", "/users", { body: { jid: "zoe@example.com", password: "secret" } });
    const answer = await fixture.call("PATCH", "/service-parameters/sip-proxy", { body });
    assert.equal(answer.status, 409);
  });

  test("an address is explained, and what is none refused", async () => {
    const refused = await fixture.call("GET", "/routes/explain?uri=%00");
    assert.deepEqual([refused.status, paths(refused)], [400, ["uri"]]);
    assert.deepEqual(paths(await fixture.call("GET", "/routes/explain")), ["uri"]);
    fixture.explanation = {
      uri: "sip:bob@contoso.example",
      domain: "contoso.example",
      integrationType: null,
      verdict: "not-federated",
      steps: [],
      nextHops: [],
    };
    const explained = await fixture.call("GET", "/routes/explain?uri=sip:bob@contoso.example");
    const { addresses, ...explanation } = explained.body;
    assert.deepEqual(explanation, fixture.explanation);
    assert.deepEqual(addresses, [
      { jid: "bob@contoso.example", sipUri: "sip:bob@contoso.example", looksLike: [], mixesScripts: false },
    ]);
  });

  test("each write says who, what, old and new", async () => {
    await fixture.call("POST", "/incoming-acl", { body: { pattern: "Allow from 192.0.2.0/24" } });
    const entry = items(await fixture.call("GET", "/incoming-acl?find=pattern:contains:192.0.2")).at(0);
    const id = String(entry?.id);
    await fixture.call("PUT", `/incoming-acl/${id}`, { body: { pattern: "Allow from 192.0.2.7" } });
    const [record] = items(await fixture.call("GET", "/audit?limit=1"));
    assert.equal(record?.actor, "administrator program");
    assert.equal(record?.action, "update");
    assert.equal(record?.resource, `incoming-acl/${id}`);
    const { before, after } = record as Record<"before" | "after", { readonly pattern: string }>;
    assert.deepEqual([before.pattern, after.pattern], ["Allow from 192.0.2.0/24", "Allow from 192.0.2.7"]);
  });
});

describe("lists", () => {
  let fixture: AdminFixture;
  before(async () => {
    fixture = await AdminFixture.start();
    for (const name of ["delta", "alpha", "charlie", "bravo", "alphabet"])
      await fixture.call("POST", "/sip-federated-domains", {
        body: { domain: `${name}.example`, integrationType: "standard", description: name.toUpperCase() },
      });
  });
  after(() => fixture.stop());

  const domains = async (query: string) =>
    items(await fixture.call("GET", `/sip-federated-domains?${query}`)).map(
      (item) => String(item.domain).split(".")[0],
    );

  const SEARCHES = [
    ["find=domain:begins-with:alpha", ["alpha", "alphabet"]],
    ["find=domain:is:Alpha.Example", ["alpha"]],
    ["find=description:contains:ha", ["alpha", "alphabet", "charlie"]],
    ["find=domain:ends-with:a.example", ["alpha", "delta"]],
    ["find=domain:begins-with:alpha&find=domain:ends-with:t.example", ["alphabet"]],
    ["find=description:is:a:b", []],
  ] as const;
  for (const [query, expected] of SEARCHES) {
    test(query, async () => assert.deepEqual(await domains(query), expected));
  }

  test("pages follow one another without loss, whatever is added meanwhile", async () => {
    const first = await fixture.call("GET", "/sip-federated-domains?limit=2");
    assert.equal(first.body.total, 5);
    await fixture.call("POST", "/sip-federated-domains", {
      body: { domain: "aaa.example", integrationType: "standard" },
    });
    const second = await fixture.call("GET", `/sip-federated-domains?limit=2&cursor=${String(first.body.nextCursor)}`);
    const third = await fixture.call("GET", `/sip-federated-domains?limit=2&cursor=${String(second.body.nextCursor)}`);
    const seen = [first, second, third].flatMap(items).map((item) => item.domain);
    assert.deepEqual(seen, ["alpha.example", "alphabet.example", "bravo.example", "charlie.example", "delta.example"]);
    assert.equal(third.body.nextCursor, null);
  });

  for (const query of ["find=colour:is:red", "find=domain:like:a", "find=domain", "limit=0", "limit=x", "limit=1001"])
    test(`${query} is refused`, async () => {
      const answer = await fixture.call("GET", `/sip-federated-domains?${query}`);
      assert.equal(answer.status, 400);
      assert.equal(paths(answer)[0], query.split("=")[0]);
    });

  test("a made-up cursor or an unknown parameter is refused", async () => {
    assert.equal((await fixture.call("GET", "/sip-federated-domains?cursor=!")).status, 400);
    assert.equal((await fixture.call("GET", "/sip-federated-domains?constructor=1")).status, 400);
    assert.equal((await fixture.call("GET", "/sip-federated-domains?find=__proto__:is:x")).status, 400);
  });

  test("the audit pages backwards", async () => {
    const first = await fixture.call("GET", "/audit?limit=4", { token: TOKENS.auditor });
    const second = await fixture.call("GET", `/audit?limit=4&cursor=${String(first.body.nextCursor)}`);
    const seen = [first, second].flatMap(items).map((item) => Number(item.id));
    assert.deepEqual(
      seen,
      [...seen].sort((one, other) => other - one),
    );
    assert.equal(new Set(seen).size, seen.length);
    assert.equal(second.body.nextCursor, null);
  });
});
