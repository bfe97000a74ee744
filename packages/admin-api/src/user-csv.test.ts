import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { lineOfPath, readUserCsv } from "./user-csv.ts";

describe("users in CSV", () => {
  test("columns come in any order, what is empty is not said", () => {
    const read = readUserCsv("password,jid,enabled,displayName\ns3,ann@a.example,no,\n,bea@a.example,,Bea\n");
    assert.deepEqual(read, {
      kind: "users",
      users: [
        { line: 2, input: { jid: "ann@a.example", password: "s3", enabled: false } },
        { line: 3, input: { jid: "bea@a.example", displayName: "Bea", enabled: true } },
      ],
    });
  });

  const rows = [
    { rule: "a first line that names no column", text: "ann@a.example,Ann\nx,y\n", path: "lines.1" },
    { rule: "an unknown column", text: "jid,phone\nx,1\n", path: "lines.1" },
    { rule: "a column twice", text: "jid,jid\nx,y\n", path: "lines.1" },
    { rule: "no column jid", text: "mailId\nx\n", path: "lines.1" },
    { rule: "a line with too many fields", text: "jid\na@b\nc,d\n", path: "lines.3" },
    { rule: "a line with too few", text: 'jid,displayName\n"a@b","x\ny"\nc\n', path: "lines.4" },
    { rule: "neither yes nor no", text: "jid,enabled\na@b,maybe\n", path: "lines.2.enabled" },
    { rule: "a name every object has", text: "jid,enabled\na@b,constructor\n", path: "lines.2.enabled" },
    { rule: "an open quote", text: 'jid\n"a\n', path: "lines.2" },
    { rule: "no users", text: "jid\n", path: "" },
    { rule: "nothing", text: "", path: "" },
  ];
  for (const { rule, text, path } of rows)
    test(`${rule} is a problem at "${path}"`, () => {
      const read = readUserCsv(text);
      assert.equal(read.kind === "problems" ? read.problems[0]?.path : read.kind, path);
    });
});

test("a problem of the list is told by the line of its user", () => {
  assert.equal(lineOfPath("users.1.jid", [2, 5]), "lines.5.jid");
  assert.equal(lineOfPath("users.0", [2, 5]), "lines.2");
  assert.equal(lineOfPath("users", [2, 5]), "users");
});
