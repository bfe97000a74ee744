import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { TestCertificateAuthority, XmppClient } from "@interpres/testkit";
import { missingPeers } from "../harness/peers.ts";
import { LOCAL } from "../harness/road-bed.ts";
import { missingSlapd, person, READER, READER_PASSWORD, SlapdPeer, SUFFIX } from "../interop/slapd-peer.ts";
import { fateOf } from "../services/services-bed.ts";
import { ConsoleBed } from "./console-bed.ts";
import type { ConsolePage } from "./console-page.ts";

const skip = missingPeers("chromium") || missingSlapd();
const BOB = "bob@contoso.example";

describe("Directory in the console, with a real one", { timeout: 180_000, skip }, () => {
  let bed: ConsoleBed;
  let console: ConsolePage;
  let slapd: SlapdPeer;
  let authority: TestCertificateAuthority;
  before(async () => {
    authority = await TestCertificateAuthority.create("Directory CA");
    const certificate = await authority.issue({ cn: "localhost", dnsNames: ["localhost"] });
    const people = ["dora", "emil"].map((name) => person(name, { displayName: `${name} of Corp` }));
    slapd = await SlapdPeer.start({ certificate, ldif: people.join("") });
    bed = await ConsoleBed.start();
    console = await bed.signedIn("/");
    await console.choose("Directory");
  });
  after(async () => {
    await bed?.end();
    await slapd?.remove();
  });

  const known = async (name: string) => (await bed.road.node.admin.try("GET", `/users/${name}@${LOCAL}`)).status;

  test("a wrong address is refused at its field, and nothing is kept", async () => {
    await console.heading("Directory").waitFor();
    assert.deepEqual(await console.violations(), []);
    await console.field("Users come from this directory").check();
    await console.field("URL").fill("http://directory.example");
    await console.button("Save").click();
    await console.page.locator("[aria-invalid=true]").first().waitFor();
    assert.equal(await console.field("URL").getAttribute("aria-invalid"), "true");
  });

  test("a right one is kept, its password never shown again", async () => {
    await console.field("URL").fill(`ldaps://localhost:${slapd.securePort}`);
    await console.field("Certificates that sign the directory's").fill(authority.certPem);
    await console.field("Bind DN").fill(READER);
    await console.field("Password").fill(READER_PASSWORD);
    await console.field("Base").fill(SUFFIX);
    await console.field("Local domain").fill(LOCAL);
    await console.button("Save").click();
    await console.status("Saved.");
    await console.page.getByText("One is kept; empty leaves it as it is.").waitFor();
    assert.equal(await console.field("Password").inputValue(), "");
  });

  test("a preview shows who would be added, and adds nobody", async () => {
    await console.button("Preview").click();
    await console.status("This is what would be done.");
    await console.row(`dora@${LOCAL}`).getByText("Add").waitFor();
    assert.deepEqual(await console.violations(), []);
    assert.equal(await known("dora"), 404);
  });

  test("synchronised, she signs in with the directory's password and writes to a foreign domain", async () => {
    await console.button("Synchronise").click();
    await console.confirm();
    await console.status("Synchronised.");
    await console.page.getByRole("table", { name: "The last run" }).getByText("Synchronisation").waitFor();
    const at = { port: bed.road.node.ports.xmppClient, domain: LOCAL };
    const dora = await XmppClient.login(at, {
      user: "dora",
      password: "password of dora",
      mechanism: "PLAIN",
      resource: "desk",
    });
    dora.send("<presence/>");
    assert.equal(await fateOf(dora, bed.road.edge, BOB), "arrived");
    await dora.close();
  });

  test("a directory that does not answer is told, and nobody is lost", async () => {
    await slapd.stop();
    await console.button("Preview").click();

    await console.page.getByRole("table", { name: "The last run" }).getByText("Failed").waitFor();
    assert.equal(await known("dora"), 200);
  });
});
