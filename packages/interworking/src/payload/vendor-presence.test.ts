import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseDocument } from "@interpres/xmpp/xml";
import { isPresenceProblem, readPresenceDocument } from "./presence-document.ts";
import { writeRpidPresence } from "./rpid-presence.ts";
import { writeVendorPresence } from "./vendor-presence.ts";

describe("presence document for Microsoft", () => {
  test("its namespaces, prefixes and one tuple", () => {
    const xml = writeVendorPresence({
      entity: "sip:bob@example.com",
      basic: "open",
      activity: "busy",
      displayName: 'B & "O" <b>',
    });
    assert.equal(
      xml,
      '<?xml version="1.0" encoding="UTF-8"?>\n<presence xmlns="urn:ietf:params:xml:ns:pidf"' +
        ' xmlns:ep="urn:ietf:params:xml:ns:pidf:status:rpid-status" xmlns:et="urn:ietf:params:xml:ns:pidf:rpid-tuple"' +
        ' xmlns:ci="urn:ietf:params:xml:ns:pidf:cipid" entity="sip:bob@example.com"><tuple id="0"><status>' +
        "<basic>open</basic><ep:activities><ep:activity>busy</ep:activity></ep:activities></status></tuple>" +
        '<ci:display-name>B &amp; "O" &lt;b&gt;</ci:display-name></presence>\n',
    );
  });

  test("closed says nothing more", () => {
    const xml = writeVendorPresence({ entity: "sip:bob@example.com", basic: "closed", activity: "busy" });
    assert.ok(!xml.includes("<ep:activity"));
    assert.ok(xml.includes("<basic>closed</basic>"));
  });
});

describe("presence document for RFC peers (RFC 8048 §6.2)", () => {
  const state = {
    resources: [
      { resource: "phone", show: "away" as const, notes: [{ text: "Bus", lang: "en" }], priority: 127 },
      { resource: "4 desk/é", show: "available" as const, notes: [], priority: 1 },
      { resource: "old", show: "dnd" as const, notes: [], priority: -1 },
    ],
  };
  const xml = writeRpidPresence({ entity: "sip:a@x", contact: "sip:a@x", state, activity: "away" });

  test("comes back as it was", () => {
    const read = readPresenceDocument(Buffer.from(xml));
    assert.ok(!isPresenceProblem(read));
    assert.deepEqual(
      read.tuples.map(({ show, basic, priority }) => ({ show, basic, priority })),
      [
        { show: "away", basic: "open", priority: 1 },
        { show: undefined, basic: "open", priority: 0.008 },
        { show: "dnd", basic: "open", priority: undefined },
      ],
    );
    assert.deepEqual(read.activities, ["away"]);
    assert.deepEqual(read.tuples[0]?.notes, [{ text: "Bus", lang: "en" }]);
  });

  test("tuple ids are names, prefixed and unique", () => {
    const ids = [...xml.matchAll(/<tuple id="([^"]+)"/g)].map((match) => match[1] ?? "");
    assert.equal(ids[0], "ID-phone");
    assert.ok(ids.every((id) => /^[A-Za-z_][A-Za-z0-9_.-]*$/.test(id)));
    assert.equal(new Set(ids).size, 3);
  });

  test("each priority from 0 to 127 has its own value", () => {
    const values = Array.from({ length: 128 }, (_, priority) => (priority / 127).toFixed(3));
    assert.equal(new Set(values).size, 128);
  });

  test("offline is one closed tuple", () => {
    const offline = readPresenceDocument(
      Buffer.from(
        writeRpidPresence({ entity: "sip:a@x", contact: "sip:a@x", state: { resources: [] }, activity: "away" }),
      ),
    );
    assert.ok(!isPresenceProblem(offline));
    assert.deepEqual(
      offline.tuples.map((tuple) => tuple.basic),
      ["closed"],
    );
    assert.deepEqual(offline.activities, []);
  });

  test("is well-formed whatever a user writes", () => {
    const hostile = {
      resource: "]]>\u0000",
      show: "chat" as const,
      notes: [{ text: "<&]]>\ud800\ufffe" }],
      priority: 0,
    };
    const written = writeRpidPresence({
      entity: 'sip:"<&@x',
      contact: "sip:a@x",
      state: { resources: [hostile] },
      activity: undefined,
    });
    assert.ok(!("kind" in parseDocument(written)), written);
  });
});
