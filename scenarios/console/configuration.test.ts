import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import type { MicrosoftEdge, XmppClient } from "@interpres/testkit";
import { parse, stringify } from "yaml";
import { missingPeers } from "../harness/peers.ts";
import { fateOf, SECOND, secondEdge } from "../services/services-bed.ts";
import { ConsoleBed } from "./console-bed.ts";
import type { ConsolePage } from "./console-page.ts";

const CARL = `carl@${SECOND}`;

describe("Configuration in the console", { timeout: 120_000, skip: missingPeers("chromium") }, () => {
  let bed: ConsoleBed;
  let console: ConsolePage;
  let edge: MicrosoftEdge;
  let alice: XmppClient;
  let exported = "";
  before(async () => {
    bed = await ConsoleBed.start();
    edge = await secondEdge(bed.road);
    alice = await bed.road.arrive("alice");
    const domain = { domain: SECOND, integrationType: "microsoft" };
    await bed.road.node.admin.ask("POST", "/sip-federated-domains", domain);
    console = await bed.signedIn("/");
    await console.choose("Configuration");
  });
  after(() => bed?.end());

  test("is exported as one document, without anything secret", async () => {
    await console.heading("Configuration").waitFor();
    assert.deepEqual(await console.violations(), []);
    const downloading = console.page.waitForEvent("download");
    await console.button("Export").click();
    exported = readFileSync(await (await downloading).path(), "utf8");
    assert.match(exported, /contoso\.example/);
    assert.doesNotMatch(exported, /PRIVATE KEY|passwordHash/);
  });

  test("what is the same has no difference, and cannot be imported", async () => {
    await console.field("Document").fill(exported);
    await console.button("Show differences").click();
    await console.status("Nothing is different.");
    await console.button("Import").hover();
    await console.page.getByRole("tooltip").filter({ hasText: "Look at the differences first" }).waitFor();
  });

  test("a document that was edited while its differences were looked for has not been looked at", async () => {
    const { promise: mayGo, resolve: go } = Promise.withResolvers<void>();
    await console.page.route("**/config?dryRun=*", (route) => mayGo.then(() => route.continue()));
    await console.field("Document").fill(without(SECOND));
    await console.button("Show differences").click();
    await console.field("Document").fill(exported);
    go();
    await console.status(/^Differences: \d+\. Nothing has been changed yet\./);
    assert.equal(await console.button("Import").isDisabled(), true);
    await console.page.unroute("**/config?dryRun=*");
  });

  test("the differences are shown before anything is changed; imported, the domain is gone for messages too", async () => {
    await console.field("Document").fill(without(SECOND));
    await console.button("Show differences").click();
    await console.status(/^Differences: \d+\. Nothing has been changed yet\./);
    await console.row(`sipFederatedDomains[${SECOND}]`).getByText("Removed").waitFor();
    assert.deepEqual(await console.violations(), []);
    assert.equal(await fateOf(alice, edge, CARL), "arrived");
    await console.button("Import").click();
    await console.status(/^Imported: version \S+\. Differences: \d+$/);
    assert.notEqual(await fateOf(alice, edge, CARL), "arrived");
  });

  test("differences that somebody else's change has made old are not imported", async () => {
    await console.field("Document").fill(exported);
    await console.button("Show differences").click();
    await console.status(/^Differences: \d+\. Nothing has been changed yet\./);
    await bed.road.node.admin.ask("POST", "/tls-peer-subjects", { name: "other.example" });
    await console.button("Import").click();
    await console.status(/somebody has changed the settings since/);
    assert.notEqual(await fateOf(alice, edge, CARL), "arrived");
  });

  test("taken back, messages pass again", async () => {
    await console.button("Show differences").click();
    await console.status(/^Differences: \d+\. Nothing has been changed yet\./);
    await console.button("Import").click();
    await console.status(/^Imported: version \S+\. Differences: \d+$/);
    assert.equal(await fateOf(alice, edge, CARL), "arrived");
  });

  test("what is no configuration is refused, with the place", async () => {
    await console.field("Document").fill("cluster:\n  changeControl: perhaps\n");
    await console.button("Show differences").click();
    await console.status(/cluster\.changeControl|changeControl/);
    await console.field("Document").fill("a: [1\n");
    await console.button("Show differences").click();
    await console.status(/line/);
  });

  /** The exported document as it would be without this domain. */
  function without(domain: string): string {
    const document = parse(exported) as {
      readonly federation: {
        readonly sipFederatedDomains: readonly { readonly domain: string }[];
        readonly incomingAcl: readonly { readonly origin: { readonly domain?: string } }[];
      };
    };
    const { federation } = document;
    return stringify({
      ...document,
      federation: {
        ...federation,
        sipFederatedDomains: federation.sipFederatedDomains.filter((each) => each.domain !== domain),
        incomingAcl: federation.incomingAcl.filter(({ origin }) => origin.domain !== domain),
      },
    });
  }
});
