import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { CommandLine } from "../harness/command-line.ts";
import { eventually } from "../harness/eventually.ts";
import { missingPeers } from "../harness/peers.ts";
import { isPresence } from "../harness/stanzas.ts";
import { ConsoleBed } from "./console-bed.ts";
import type { ConsolePage } from "./console-page.ts";

const BOB = "bob@contoso.example";
/** Its second letter is Cyrillic. */
const FALSE_BOB = "bоb@contoso.example";
const FALSE_URI = "sip:b%D0%BEb@contoso.example";
const WARNING = `looks like ${BOB}; mixes letters of several scripts`;
const HARA = "o\\27hara@example.com";

interface Shown {
  readonly items: readonly {
    readonly addresses: readonly { readonly jid: string; readonly sipUri: string | null }[];
  }[];
}

/** RFC 7247 §8, rule A8: each address in both forms, and a mark on the one that could be taken for another. */
describe("addresses in both forms", { timeout: 120_000, skip: missingPeers("chromium") }, () => {
  let bed: ConsoleBed;
  let console: ConsolePage;

  before(async () => {
    bed = await ConsoleBed.start();
    const { node, edge } = bed.road;
    await node.admin.ask("POST", "/users", { jid: HARA, password: "correct horse" });
    await edge.setState("bob", "available");
    const alice = await bed.road.signIn("alice");
    alice.send("<presence/>");
    for (const contact of [BOB, FALSE_BOB]) alice.send(`<presence type='subscribe' to='${contact}'/>`);
    await alice.waitFor((stanza) => isPresence(stanza, undefined, BOB));
    console = await bed.signedIn("/");
  });
  after(() => bed?.end());

  const shown = (text: string) => console.page.getByRole("main").getByText(text, { exact: true }).first();

  test("the API tells what stands on the wire, and what is known to look the same", async () => {
    const { admin } = bed.road.node;
    await eventually(async () => {
      const { items } = (await admin.ask("GET", `/decisions?peer=${encodeURIComponent(FALSE_BOB)}`)) as Shown;
      assert.deepEqual(items[0]?.addresses[1], {
        jid: FALSE_BOB,
        sipUri: FALSE_URI,
        looksLike: [BOB],
        mixesScripts: true,
      });
    });
    const own = (await admin.ask("GET", `/users/${encodeURIComponent(HARA)}`)) as Shown["items"][number];
    assert.equal(own.addresses[0]?.sipUri, "sip:o'hara@example.com");
  });

  test("Why has both forms of both sides, and the warning", async () => {
    await console.choose("Why");
    await console.field("Contact or domain there").fill(FALSE_BOB);
    await console.button("Look up").click();
    await shown(FALSE_URI).waitFor();
    await shown("sip:alice@example.com").waitFor();
    await shown(WARNING).waitFor();
    assert.deepEqual(await console.violations(), []);
  });

  test("so have the route tester and a user's page", async () => {
    await console.choose("Route Tester");
    await console.field("Address").fill("b%D0%BEb@contoso.example");
    await console.button("Test").click();
    await shown(FALSE_BOB).waitFor();
    await shown(WARNING).waitFor();
    await console.open(`/administration/user-management/users/edit/${encodeURIComponent(HARA)}`);
    await shown("sip:o'hara@example.com").waitFor();
  });

  test("the overview marks the subscription", async () => {
    const alice = await bed.road.signIn("alice", "phone");
    alice.send(`<presence type='subscribe' to='${FALSE_BOB}'/>`);
    await console.open("/");
    const row = console.page.getByRole("row").filter({ hasText: FALSE_BOB });
    await row.getByText(FALSE_URI).waitFor();
    await row.getByText(WARNING).waitFor();
  });

  test("the command line says it too", async () => {
    const { out } = await new CommandLine(bed.road.node).run(["route", "explain", "b%D0%BEb@contoso.example"]);
    assert.ok(out.includes(`${FALSE_BOB} is ${FALSE_URI} in SIP; warning: ${WARNING}`), out);
  });
});
