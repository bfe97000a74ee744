import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import type { PidfDocument } from "./pidf.ts";
import { isPresenceProblem, readPresenceDocument } from "./presence-document.ts";

function read(xml: string): PidfDocument {
  const result = readPresenceDocument(Buffer.from(xml));
  assert.ok(!isPresenceProblem(result), JSON.stringify(result));
  return result;
}

describe("presence documents as peers send them", () => {
  test("Microsoft: activity as text in the old namespace, display name at the document", () => {
    const document = read(`<?xml version="1.0" encoding="utf-16"?>
      <p:presence xmlns:p="urn:ietf:params:xml:ns:pidf" xmlns:e="urn:ietf:params:xml:ns:pidf:status:rpid-status"
        xmlns:c="urn:ietf:params:xml:ns:pidf:cipid" entity="bob@contoso.example"><p:tuple id="0"><p:status>
        <p:basic>open</p:basic><e:activities><e:activity>busy</e:activity></e:activities></p:status></p:tuple>
        <c:display-name>Bob</c:display-name></p:presence>`);
    assert.deepEqual(document.tuples, [{ id: "0", basic: "open", activities: ["busy"], notes: [] }]);
    assert.equal(document.displayName, "Bob");
  });

  test("RFC 4480: activities as empty elements at the person, its note left to itself", () => {
    const document =
      read(`<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model"
      xmlns:r="urn:ietf:params:xml:ns:pidf:rpid" entity="pres:a@x"><tuple id="t"><status><basic>open</basic></status>
      <contact priority="0.5">sip:a@x</contact><note xml:lang="en">Here</note></tuple>
      <dm:person id="p"><r:activities><r:note>n</r:note><r:on-the-phone/></r:activities></dm:person></presence>`);
    assert.deepEqual(document.activities, ["on-the-phone"]);
    assert.deepEqual(document.tuples[0]?.notes, [{ text: "Here", lang: "en" }]);
    assert.equal(document.tuples[0]?.priority, 0.5);
  });

  test("RFC 8048 §6.2 note 7: the XMPP show inside status", () => {
    const document = read(`<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="pres:a@x"><tuple id="ID-a"><status>
      <basic>open</basic><show xmlns="jabber:client">xa</show></status></tuple></presence>`);
    assert.equal(document.tuples[0]?.show, "xa");
  });

  for (const xml of ["", "<presence/>", '<!DOCTYPE p><presence xmlns="urn:ietf:params:xml:ns:pidf"/>', "<presence"]) {
    test(`refuses ${JSON.stringify(xml)}`, () => assert.ok(isPresenceProblem(readPresenceDocument(Buffer.from(xml)))));
  }
});

const samples = new URL("../../../../../shared/testdata/pidf/", import.meta.url);

describe("sample documents of RFCs and products", {
  skip: existsSync(samples) ? false : "no ../shared/testdata",
}, () => {
  if (!existsSync(samples)) return;
  const index: { readonly files: readonly { readonly file: string; readonly kind: string }[] } = JSON.parse(
    readFileSync(new URL("samples.json", samples), "utf8"),
  );
  for (const { file, kind } of index.files) {
    test(file, () => {
      const result = readPresenceDocument(readFileSync(new URL(file, samples)));
      if (kind === "pidf") assert.ok(!isPresenceProblem(result), JSON.stringify(result));
      else assert.ok(isPresenceProblem(result));
    });
  }
});
