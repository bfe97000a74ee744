import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readPem } from "./pem.ts";

const block = (label: string, body = "TUlJQg=="): string =>
  `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;

describe("PEM text (RFC 7468)", () => {
  test("gives its blocks in order, whatever explains them and however lines end", () => {
    const text = `subject=CN = a\n${block("CERTIFICATE")}\nissuer=b\n${block("PRIVATE KEY")}`.replaceAll("\n", "\r\n");
    const pem = readPem(text);
    assert.ok(pem.kind === "blocks");
    assert.deepEqual(
      pem.blocks.map(({ label, line }) => [label, line]),
      [
        ["CERTIFICATE", 2],
        ["PRIVATE KEY", 7],
      ],
    );
    assert.equal(pem.blocks[0]?.text, block("CERTIFICATE"));
  });

  test("without a block there is none", () => assert.deepEqual(readPem("nothing"), { kind: "blocks", blocks: [] }));

  const wrong: readonly (readonly [rule: string, text: string, line: number, says: RegExp])[] = [
    ["no end", `\n${block("CERTIFICATE").replace(/-----END.*\n/, "")}`, 2, /without an END/],
    ["no beginning", "x\n-----END CERTIFICATE-----", 2, /without a BEGIN/],
    ["another end", block("CERTIFICATE").replace("END CERTIFICATE", "END PRIVATE KEY"), 3, /ends BEGIN CERTIFICATE/],
    ["a beginning inside", `-----BEGIN CERTIFICATE-----\n${block("CERTIFICATE")}`, 2, /before the END/],
    ["no base64", block("CERTIFICATE", "TUlJ\nQ?=="), 3, /not base64/],
    ["nothing inside", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----", 2, /nothing between/],
  ];
  for (const [rule, text, line, says] of wrong) {
    test(`${rule} is a problem at its line`, () => {
      const pem = readPem(text);
      assert.ok(pem.kind === "problem");
      assert.equal(pem.problem.line, line);
      assert.match(pem.problem.message, says);
    });
  }
});
