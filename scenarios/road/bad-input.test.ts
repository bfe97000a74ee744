import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { CommandLine } from "../harness/command-line.ts";
import { RoadBed } from "../harness/road-bed.ts";

type Document = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
const ROUTE = ["route", "add", "new.example", "--next-hop"];
const MICROSOFT = ["--type", "microsoft"];

/** Rows of the tables of bad input, typed: what the message must name is the API's name of the field. */
const rows = [
  { words: ["domain", "add", "a..example", ...MICROSOFT], field: "domain" },
  { words: ["domain", "add", "192.0.2.1", ...MICROSOFT], field: "domain" },
  { words: ["domain", "add", "example.com", ...MICROSOFT], field: "domain" },
  { words: ["domain", "add", "contoso.example", ...MICROSOFT], field: "domain" },
  { words: ["domain", "add", "new.example", ...MICROSOFT, "--description", "a".repeat(256)], field: "description" },
  { words: ["domain", "add", "new.example", "--type", "aol", "--direct"], field: "directFederation" },
  { words: ["route", "add", ".com.*.a", "--next-hop", "sip.new.example"], field: "destinationPattern" },
  { words: [...ROUTE, "a_b.example"], field: "nextHop" },
  { words: [...ROUTE, "192.0.2.1:0"], field: "nextHop" },
  { words: [...ROUTE, "sip.new.example:65536"], field: "nextHopPort" },
  { words: [...ROUTE, "sip.new.example", "--priority", "0"], field: "priority" },
  { words: [...ROUTE, "sip.new.example", "--weight", "65536"], field: "weight" },
] as const;

/** Facts R11, B2.3 for who types at the node's own machine: refused as by the API, with the field named, and nothing is written. */
describe("bad input at the command line of a node", () => {
  let bed: RoadBed;
  let cli: CommandLine;
  let whole: Document;

  before(async () => {
    bed = await RoadBed.start();
    cli = new CommandLine(bed.node);
    whole = (await bed.node.admin.ask("GET", "/config")) as Document;
  });

  after(() => bed?.end());

  for (const { words, field } of rows) {
    test(`R11: ${words.join(" ").slice(0, 70)}: the message names ${field}`, async () => {
      const { code, out, err } = await cli.run(words);
      assert.deepEqual([code, out], [1, ""]);
      assert.match(err, new RegExp(`^${field}: `));
    });
  }

  test("R11: an import names each of them by its path in the document", async () => {
    const domain = { domain: "a..example", integrationType: "aol", directFederation: true };
    const route = { id: "900", destinationPattern: ".com.*.a", nextHop: "a_b.example" };
    const federation = { ...whole.federation, sipFederatedDomains: [domain], staticRoutes: [route] };
    const { code, err } = await cli.run(["config", "import", "-"], JSON.stringify({ federation }));
    assert.equal(code, 1);
    const named = err.split("; ").map((problem) => problem.slice(0, problem.indexOf(": ")));
    for (const field of ["sipFederatedDomains.0.domain", "staticRoutes.0.destinationPattern", "staticRoutes.0.nextHop"])
      assert.ok(named.includes(`federation.${field}`), err);
  });

  test("nothing was written", async () => {
    assert.deepEqual(await bed.node.admin.ask("GET", "/config"), whole);
  });
});
