import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AdminFixture } from "./admin-fixture.ts";

const json = { "content-type": "application/json" };

describe("bodies of requests", () => {
  let fixture: AdminFixture;

  before(async () => {
    fixture = await AdminFixture.start();
    const body = { domain: "known.example", integrationType: "microsoft" };
    assert.equal((await fixture.call("POST", "/sip-federated-domains", { body })).status, 201);
  });
  after(() => fixture.stop());

  for (const [how, headers] of [
    ["none", {}],
    ["an empty one that is called JSON", json],
  ] as const)
    test(`${how}, where nothing needs to be said, is as good as {}`, async () => {
      const answer = await fixture.call("POST", "/federation/known.example/diagnosis", { headers });
      assert.equal(answer.status, 200, answer.text);
    });

  test("none, where something needs to be said: the missing fields are named", async () => {
    const answer = await fixture.call("POST", "/tls-peer-subjects");
    assert.equal(answer.status, 400);
    assert.deepEqual(answer.body.errors, [{ path: "name", message: "is required" }]);
  });

  for (const { what, text, says } of [
    { what: "ends too soon", text: '{"domain":', says: /the body is not JSON: Unexpected end of JSON input/ },
    { what: "breaks off", text: '{"domain": "a" x}', says: /the body is not JSON: .*at position 15/ },
    { what: "has a key that no object may have", text: '{"__proto__": {}}', says: /a key that is not allowed/ },
  ])
    test(`one that ${what} is refused and says where`, async () => {
      const answer = await fixture.call("POST", "/sip-federated-domains", { body: text });
      assert.equal(answer.status, 400);
      assert.match(String(answer.body.detail), says);
    });

  test("a value that is none of several: all of them are named", async () => {
    const body = { domain: "new.example", integrationType: "lotus" };
    const answer = await fixture.call("POST", "/sip-federated-domains", { body });
    assert.deepEqual(answer.body.errors, [
      { path: "integrationType", message: 'must be "microsoft", "aol" or "standard"' },
    ]);
  });
});
