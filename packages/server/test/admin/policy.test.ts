import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import type { PolicyChange, PolicyExplanation, PolicyReplay } from "@interpres/admin-api";
import type { PassedPeer } from "@interpres/federation";
import { AdminFixture, type Answer, items, paths, TOKENS } from "./admin-fixture.ts";

const CONTEXT = "Default_SIP_Proxy_Peer_Auth_TLS_Context";
const HOUR_MS = 3600 * 1000;

let fixture: AdminFixture;
beforeEach(async () => {
  fixture = await AdminFixture.start();
  await save("POST", "/sip-federated-domains", { domain: "plain.example", integrationType: "standard" });
  await save("POST", "/incoming-acl", { pattern: "Allow from 192.0.2.9" });
  const route = { destinationPattern: "plain.example", nextHop: "192.0.2.9", nextHopPort: 5060, protocol: "tcp" };
  await save("POST", "/static-routes", route);
});
afterEach(() => fixture.stop());

async function save(method: string, path: string, body: object): Promise<void> {
  const answer = await fixture.call(method, path, { body });
  assert.ok(answer.status < 300, answer.text);
}

const post = (path: string, body: object, token = TOKENS.administrator) => fixture.call("POST", path, { body, token });
const version = () => fixture.store.settings.current().version;
const acl = () => fixture.store.settings.current().document.federation.incomingAcl.map(({ pattern }) => pattern);

const removed: PolicyChange = { resource: "incoming-acl", action: "delete", key: "2" };
const rerouted: PolicyChange = {
  resource: "static-routes",
  action: "update",
  key: "1",
  value: { destinationPattern: "plain.example", nextHop: "192.0.2.10", nextHopPort: 5060, protocol: "tcp" },
};
const FROM_PLAIN = { address: "192.0.2.9", domain: "plain.example", protocol: "tcp" } as const;

describe("a question answered by the settings in force and by a draft", () => {
  const explain = async (body: object) =>
    (await post("/policy/explain", body, TOKENS.auditor)).body as PolicyExplanation;

  test("inbound: what refuses with an entry of the access list gone, and what is different", async () => {
    const { inbound, changes, version: at } = await explain({ draft: { changes: [removed] }, inbound: FROM_PLAIN });
    assert.deepEqual(
      [inbound?.now.verdict, inbound?.draft?.verdict, inbound?.draft?.rule],
      ["admitted", "refused", "incoming-acl"],
    );
    const entry = inbound?.now.steps.find(({ name }) => name === "request: incoming-acl");
    assert.equal(entry?.detail, "Allow from 192.0.2.9");
    assert.ok(inbound?.differences.some(({ path }) => path === "steps[request: incoming-acl].outcome"));
    assert.deepEqual(
      changes.map(({ kind, path }) => `${kind} ${path}`),
      ["removed federation.incomingAcl[2]"],
    );
    assert.equal(at, version());
    assert.equal(acl().length, 2);
  });

  test("outbound: both routes", async () => {
    const { outbound } = await explain({ draft: { changes: [rerouted] }, uri: "bob@plain.example" });
    const hosts = [outbound?.now, outbound?.draft].map((answer) => answer?.route.nextHops.map(({ host }) => host));
    assert.deepEqual(hosts, [["192.0.2.9"], ["192.0.2.10"]]);
  });

  test("a draft alone is checked: what it makes of the settings, and what its edits warn of", async () => {
    const { outbound, inbound, changes, warnings } = await explain({ draft: { changes: [rerouted] } });
    assert.deepEqual([outbound, inbound], [null, null]);
    assert.deepEqual(
      changes.map(({ path, after }) => [path, after]),
      [["federation.staticRoutes[1].nextHop", "192.0.2.10"]],
    );
    assert.deepEqual(
      warnings?.map(({ path }) => path),
      ["changes.0.value.protocol"],
    );
  });

  test("without a draft only the settings in force answer", async () => {
    const { outbound, inbound } = await explain({ uri: "bob@plain.example" });
    assert.deepEqual([outbound?.draft, outbound?.differences, inbound], [null, [], null]);
  });

  test("needs a question, a URI that is one, and an address that is one", async () => {
    const wrong = async (body: object) => paths(await post("/policy/explain", body));
    assert.deepEqual(await wrong({}), ["uri"]);
    assert.deepEqual(await wrong({ uri: "<>" }), ["uri"]);
    assert.deepEqual(await wrong({ inbound: { ...FROM_PLAIN, address: "plain" } }), ["inbound.address"]);
  });
});

describe("a draft", () => {
  const rows: readonly { what: string; changes: readonly object[]; path: string; status?: number }[] = [
    {
      what: "a bad value",
      changes: [{ ...rerouted, value: { destinationPattern: "x.example", nextHop: "" } }],
      path: "changes.0.value.nextHop",
    },
    {
      what: "a pattern that is there",
      changes: [
        removed,
        { resource: "incoming-acl", action: "create", value: { pattern: "Allow from 192.0.2.9" } },
        { resource: "incoming-acl", action: "create", value: { pattern: "Allow from 192.0.2.9" } },
      ],
      path: "changes.2.value.pattern",
      status: 409,
    },
    { what: "an entry that a domain owns", changes: [{ ...removed, key: "1" }], path: "changes.0.key", status: 409 },
    { what: "a route that is not there", changes: [{ ...rerouted, key: "9" }], path: "changes.0.key", status: 404 },
    { what: "no key", changes: [{ resource: "static-routes", action: "delete" }], path: "changes.0.key" },
    { what: "no value", changes: [{ resource: "static-routes", action: "create" }], path: "changes.0.value" },
    {
      what: "an action the resource has not",
      changes: [{ resource: "tls-contexts", action: "delete", key: CONTEXT }],
      path: "changes.0.action",
    },
    {
      what: "a subject that is not defined",
      changes: [{ resource: "tls-contexts", action: "update", key: CONTEXT, value: { peerSubjects: ["x"] } }],
      path: "changes.0.value.peerSubjects.0",
    },
    {
      what: "another service's parameters",
      changes: [{ resource: "service-parameters", action: "update", key: "xmpp", value: {} }],
      path: "changes.0.key",
    },
    {
      what: "a resource nobody has",
      changes: [{ resource: "users", action: "delete", key: "x" }],
      path: "changes.0.resource",
    },
  ];
  for (const { what, changes, path, status = 400 } of rows)
    test(`with ${what} is refused at ${path}, and nothing is written`, async () => {
      const before = version();
      for (const each of [
        await post("/policy/apply", { changes }),
        await post("/policy/explain", { draft: { changes }, uri: "a@plain.example" }),
      ]) {
        assert.equal(each.status, status, each.text);
        assert.deepEqual(
          paths(each).map((found) => found.replace("draft.", "")),
          [path],
        );
      }
      assert.equal(version(), before);
    });

  test("is saved whole, with a row of the audit that says what is different", async () => {
    const answer = await post("/policy/apply", { version: version(), changes: [removed, rerouted] });
    assert.deepEqual([answer.status, answer.body.applied, answer.body.version], [200, true, version()], answer.text);
    assert.deepEqual(acl(), ["Allow from plain.example"]);
    const [row] = items(await fixture.call("GET", "/audit"));
    assert.deepEqual([row?.action, row?.resource], ["apply", "policy/draft"]);
    assert.ok(JSON.stringify(row?.after).includes("192.0.2.10"));
  });

  test("is told and not saved by a dry run, and saved by administrators only", async () => {
    const before = version();
    const answer = await post("/policy/apply?dryRun=true", { changes: [removed] });
    assert.deepEqual([answer.body.applied, version()], [false, before]);
    assert.equal((await post("/policy/apply", { changes: [removed] }, TOKENS.operator)).status, 403);
  });

  test("is refused where what it is about was changed since, and only there", async () => {
    const made = version();
    await save("PUT", "/incoming-acl/2", { pattern: "Allow from 192.0.2.11" });
    const answer = await post("/policy/apply", { version: made, changes: [rerouted, removed] });
    assert.deepEqual([answer.status, answer.body.type, paths(answer)], [409, "draft-outdated", ["changes.1.key"]]);
    assert.equal((await post("/policy/apply", { version: made, changes: [rerouted] })).status, 200);
    assert.deepEqual(paths(await post("/policy/apply", { version: 999, changes: [rerouted] })), ["version"]);
  });
});

describe("recorded traffic under a draft", () => {
  const plain: PassedPeer = {
    opened: "inbound",
    protocol: "tcp",
    address: "192.0.2.9",
    hostNames: [],
    certificate: null,
  };

  function pass(times: number, method = "MESSAGE", rule?: string): void {
    for (let sent = 0; sent < times; sent += 1)
      fixture.passages.inbound(plain, { domain: "plain.example", method }).add(rule);
  }

  /** The store answers when everything before has been written, by a thread of its own. */
  const written = () => fixture.store.audit.list({ limit: 1 });

  async function finished(answer: Answer): Promise<PolicyReplay> {
    assert.equal(answer.status, 202, answer.text);
    for (let turn = 0; turn < 200; turn += 1) {
      const found = (await fixture.call("GET", `/policy/replays/${answer.body.id}`)).body as PolicyReplay;
      if (found.state !== "running") return found;
      await written();
      fixture.clock.advance(5);
    }
    return assert.fail("the replay did not end");
  }

  const replay = async (changes: readonly PolicyChange[], period: object = {}) =>
    finished(await post("/policy/replays", { draft: { changes }, ...period }, TOKENS.auditor));

  test("tells what would be refused by which rule, with counts, methods and examples", async () => {
    pass(3);
    pass(1, "SUBSCRIBE");
    pass(2, "MESSAGE", "unknown-user");
    for (const result of ["delivered", "refused 404"])
      fixture.decide({
        kind: "message",
        direction: "inbound",
        peer: "bob@plain.example",
        user: "alice@example.com",
        decisions: [],
        result,
      });
    const found = await replay([removed]);
    assert.deepEqual([found.state, found.total, found.unchanged, found.wouldBeRefused], ["done", 6, 0, 4]);
    const [group, other] = found.groups;
    assert.deepEqual(
      [group?.traffic, group?.peer, group?.now.kind, group?.draft.rule, group?.count, group?.methods, group?.who],
      ["inbound", "plain.example", "admitted", "incoming-acl", 4, { MESSAGE: 3, SUBSCRIBE: 1 }, ["192.0.2.9"]],
    );
    assert.deepEqual(group?.examples.map(({ user, peer }) => [user, peer]).at(0), [
      "alice@example.com",
      "bob@plain.example",
    ]);
    assert.deepEqual(
      [other?.recorded.rule, other?.now.rule, other?.draft.rule, other?.count],
      ["unknown-user", "unknown-user", "incoming-acl", 2],
    );
  });

  test("tells route after route, and that who comes from where no route leads any more is refused", async () => {
    for (let sent = 0; sent < 5; sent += 1)
      fixture.passages.outbound({ domain: "plain.example", uri: "sip:bob@plain.example" }).add();
    fixture.passages.outbound({ domain: "nobody.example", uri: "sip:x@nobody.example" }).add("domain-not-federated");
    pass(2);
    const found = await replay([rerouted]);
    assert.deepEqual([found.total, found.unchanged, found.wouldBeRefused], [8, 1, 2]);
    assert.deepEqual(
      found.groups.map(({ traffic, now, draft, count }) => [traffic, now.detail, draft.rule, draft.detail, count]),
      [
        ["inbound", "", "claimed-domain", "", 2],
        [
          "outbound",
          ".example.plain.*: 192.0.2.9:5060 tcp",
          "static-route",
          ".example.plain.*: 192.0.2.10:5060 tcp",
          5,
        ],
      ],
    );
    assert.deepEqual(found.groups[1]?.who, ["sip:bob@plain.example"]);
  });

  test("says what cannot be known, and what is otherwise since without the draft", async () => {
    pass(2, "MESSAGE", "incoming-acl");
    fixture.passages.outbound({ domain: "dns.example", uri: "sip:x@dns.example" }).add("domain-not-federated");
    await save("POST", "/sip-federated-domains", { domain: "dns.example", integrationType: "standard" });
    fixture.zone.fault("_sipfederationtls._tcp.dns.example", "silent");
    const found = await replay([]);
    assert.deepEqual([found.unchanged, found.unknown, found.decidedOtherwiseSince], [2, { "dns-silent": 1 }, 2]);
    assert.deepEqual(found.groups, []);
  });

  test("looks at the hours asked for, and says since when anything was recorded", async () => {
    pass(1);
    await replay([]);
    const first = fixture.clock.now();
    fixture.clock.advance(5 * HOUR_MS);
    pass(2);
    await replay([]);
    const recent = await replay([removed], { from: String(fixture.clock.now()) });
    assert.equal(recent.total, 2);
    const all = await replay([removed], { from: new Date(first).toISOString() });
    assert.deepEqual([all.total, Date.parse(all.recordedFrom ?? "")], [3, Math.floor(first / HOUR_MS) * HOUR_MS]);
  });

  test("goes in slices, shows how far it is, and is cancelled", async () => {
    for (let user = 0; user < 250; user += 1)
      fixture.passages.outbound({ domain: "plain.example", uri: `sip:u${user}@plain.example` }).add();
    const { body } = await post("/policy/replays", { draft: { changes: [rerouted] } });
    const look = async (method = "GET") =>
      (await fixture.call(method, `/policy/replays/${body.id}`)).body as PolicyReplay;
    let seen = await look();
    for (let turn = 0; seen.done === 0 && turn < 100; turn += 1) {
      await written();
      seen = await look();
    }
    for (let turn = 0; turn < 5; turn += 1) await written();
    seen = await look();
    assert.deepEqual(
      [seen.state, seen.done, seen.size],
      ["running", 100, 250],
      "nothing more before traffic had its turn",
    );
    const cancelled = await look("DELETE");
    fixture.clock.advance(1000);
    assert.deepEqual([cancelled.state, (await look()).done], ["cancelled", 100]);
    assert.equal((await replay([rerouted])).groups[0]?.count, 250);
  });

  test("has a bound on those under way", async () => {
    for (let user = 0; user < 250; user += 1)
      fixture.passages.outbound({ domain: "plain.example", uri: `sip:u${user}@plain.example` }).add();
    const start = () => post("/policy/replays", { draft: { changes: [] } });
    const [one, two, three] = [await start(), await start(), await start()];
    assert.deepEqual([one.status, two.status, three.status, three.body.type], [202, 202, 409, "replays-under-way"]);
    await finished(one);
    assert.equal((await start()).status, 202);
  });

  test("has that bound also where they are started while DNS is asked for others", async (context) => {
    for (let user = 0; user < 250; user += 1)
      fixture.passages.outbound({ domain: "plain.example", uri: `sip:u${user}@plain.example` }).add();
    const value = { domain: "new.example", integrationType: "microsoft" };
    const allAsked = Promise.withResolvers<void>();
    let asked = 0;
    context.mock.method(fixture.zone, "resolve", async (name: string) => {
      if (name.endsWith(value.domain)) {
        asked += 1;
        if (asked === 4) allAsked.resolve();
        await allAsked.promise;
      }
      return { kind: "failed", reason: "silent" };
    });
    const draft = { changes: [{ resource: "sip-federated-domains", action: "create", value }] };
    const started = await Promise.all([1, 2, 3, 4].map(() => post("/policy/replays", { draft })));
    assert.deepEqual(started.map(({ status }) => status).toSorted(), [202, 202, 409, 409]);
  });

  test("refuses periods that are none", async () => {
    const wrong = async (period: object) => paths(await post("/policy/replays", { draft: { changes: [] }, ...period }));
    assert.deepEqual(await wrong({ from: "yesterday" }), ["from"]);
    assert.deepEqual(await wrong({ to: "today" }), ["to"]);
    assert.deepEqual(await wrong({ from: "2026-01-03", to: "2026-01-02" }), ["from"]);
    assert.deepEqual(await wrong({ from: "1" }), ["from"]);
    assert.equal((await fixture.call("GET", "/policy/replays/nothing")).status, 404);
  });
});
