import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FilterParser } from "ldapts";
import { searchFilterProblem } from "./search-filter.ts";

describe("search filters (RFC 4515 §3)", () => {
  const good = [
    "(uid=*)",
    "(cn=Babs Jensen)",
    "(!(cn=Tim Howes))",
    "(&(objectClass=Person)(|(sn=Jensen)(cn=Babs J*)))",
    "(o=univ*of*mich*)",
    "(seeAlso=)",
    "(cn~=tim)",
    "(uidNumber>=1000)",
    "(o=Parens R Us \\28for all your parenthetical needs\\29)",
    "(userAccountControl:1.2.840.113556.1.4.803:=2)",
    "(cn:dn:2.4.6.8.10:=Dino)",
    "(:dn:2.4.6.8.10:=Dino)",
  ];
  for (const filter of good)
    test(`${filter} is one, for the library too`, () => {
      assert.equal(searchFilterProblem(filter), undefined);
      assert.doesNotThrow(() => FilterParser.parseString(filter));
    });

  const bad = [
    ["", /wants "\(" at character 1/],
    ["uid=*", /wants "\(" at character 1/],
    ["(&(uid=*)", /wants "\)" at character 10/],
    ["(uid=a)(uid=b)", /after its end at character 8/],
    ["(uid)", /no attribute=value at character 2/],
    ["(&)", /wants "\(" at character 3/],
    ["(uid=a\\zz)", /wants "\)" at character 7/],
    ["(2.5.4.3=a)", /no attribute=value at character 2/],
    ["(cn;lang-en=a)", /no attribute=value at character 2/],
    ["(u id=a)", /no attribute=value/],
    [`${"(!".repeat(40)}(uid=*)${")".repeat(40)}`, /nested deeper/],
  ] as const;
  for (const [filter, problem] of bad)
    test(`${filter.slice(0, 20)} is none`, () => assert.match(searchFilterProblem(filter) ?? "", problem));
});
