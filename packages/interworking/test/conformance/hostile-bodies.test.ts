import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { readCpim } from "../../src/payload/cpim.ts";
import { htmlToText } from "../../src/payload/html-text.ts";
import { requestIn } from "../../src/payload/imdn.ts";
import { readIsComposing } from "../../src/payload/is-composing.ts";
import { readKeyboardActivity } from "../../src/payload/keyboard-activity.ts";
import { isPresenceProblem, readPresenceDocument } from "../../src/payload/presence-document.ts";

const PRESENCE = '<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:a@x">';

describe("XML bodies meant to hurt (attack classes: entity expansion, depth, size)", () => {
  const bodies: readonly { readonly name: string; readonly body: string }[] = [
    {
      name: "a DTD with entities",
      body: `<!DOCTYPE p [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>${PRESENCE}<note>&b;</note></presence>`,
    },
    {
      name: "an external entity",
      body: `<!DOCTYPE p [<!ENTITY a SYSTEM "file:///etc/passwd">]>${PRESENCE}<note>&a;</note></presence>`,
    },
    { name: "elements without end", body: `${PRESENCE}${"<tuple>".repeat(100_000)}` },
    {
      name: "too many attributes",
      body: `${PRESENCE}<tuple ${Array.from({ length: 5000 }, (_, n) => `a${n}=""`).join(" ")}/></presence>`,
    },
    { name: "too long", body: `${PRESENCE}<note>${"x".repeat(200_000)}</note></presence>` },
    { name: "a processing instruction", body: `${PRESENCE}<?php x?></presence>` },
  ];
  for (const { name, body } of bodies) {
    test(name, () => {
      assert.ok(isPresenceProblem(readPresenceDocument(Buffer.from(body))));
      assert.equal(readIsComposing(Buffer.from(body)), undefined);
      assert.equal(readKeyboardActivity(Buffer.from(body)), undefined);
    });
  }

  test("ten thousand tuples are read as a few", () => {
    const tuple = '<tuple id="a"><status><basic>open</basic></status></tuple>';
    const document = readPresenceDocument(Buffer.from(`${PRESENCE}${tuple.repeat(1000)}</presence>`));
    assert.ok(!isPresenceProblem(document) && document.tuples.length === 64);
  });

  test("a megabyte of tags is read in time that grows with it, not with its square", () => {
    const begin = process.threadCpuUsage();
    const text = htmlToText("<p>a</p>".repeat(131_072));
    assert.equal(text.length, 2 * 131_072 - 1);
    const { user } = process.threadCpuUsage(begin);
    assert.ok(user < 5_000_000, `${user} microseconds`);
  });

  test("a CPIM header full of blanks is read at once", () => {
    const blanks = " ".repeat(200_000);
    const header = `imdn.Disposition-Notification: display,x${blanks}x`;
    const lines = ["NS: imdn <urn:ietf:params:imdn>", "imdn.Message-ID: 1", header, "", "", "", "text"];
    const begin = process.threadCpuUsage();
    const message = readCpim(Buffer.from(lines.join("\r\n")));
    assert.deepEqual(message === undefined ? undefined : requestIn(message)?.wants, ["display"]);
    const { user } = process.threadCpuUsage(begin);
    assert.ok(user < 5_000_000, `${user} microseconds`);
  });

  test("names of JavaScript's own are names like any other", () => {
    const document = readPresenceDocument(
      Buffer.from(
        `${PRESENCE}<tuple id="__proto__"><status><basic>open</basic><constructor/></status></tuple></presence>`,
      ),
    );
    assert.ok(!isPresenceProblem(document) && document.tuples[0]?.id === "__proto__");
  });
});

const bombs = new URL("../../../../../shared/testdata/xml-hostile/xml-bombs/", import.meta.url);

describe("known XML bombs", { skip: existsSync(bombs) ? false : "no ../shared/testdata" }, () => {
  for (const file of existsSync(bombs) ? readdirSync(bombs) : []) {
    test(file, () => {
      const octets = readFileSync(new URL(file, bombs));
      assert.ok(isPresenceProblem(readPresenceDocument(octets)));
      assert.equal(readIsComposing(octets), undefined);
    });
  }
});
