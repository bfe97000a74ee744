import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import type { MicrosoftEdge, TestCertificateAuthority, XmppClient } from "@interpres/testkit";
import { eventually } from "../harness/eventually.ts";
import { selectPeerSubjects } from "../harness/peer-subjects.ts";
import { missingPeers } from "../harness/peers.ts";
import { NODE_FQDN } from "../harness/road-bed.ts";
import { fateOf, SECOND } from "../services/services-bed.ts";
import { ConsoleBed } from "./console-bed.ts";
import type { ConsolePage } from "./console-page.ts";

const CERTIFICATES = "/os-administration/security/certificate-management";
const EDGE = `sip.${SECOND}`;
const CARL = `carl@${SECOND}`;

describe("Certificate Management in the console", { timeout: 240_000, skip: missingPeers("chromium") }, () => {
  let bed: ConsoleBed;
  let console: ConsolePage;
  let alice: XmppClient;
  let authority: TestCertificateAuthority;
  let edge: MicrosoftEdge;
  before(async () => {
    bed = await ConsoleBed.start();
    const { node } = bed.road;
    ({ edge, authority } = await bed.road.addStranger(SECOND, "leaf"));
    await node.admin.ask("POST", "/sip-federated-domains", { domain: SECOND, integrationType: "microsoft" });
    await node.admin.ask("POST", "/tls-peer-subjects", { name: EDGE });
    await selectPeerSubjects(node.admin, EDGE);
    alice = await bed.road.arrive("alice");
    console = await bed.signedIn(CERTIFICATES);
  });
  after(() => bed?.end());

  test("the lists say what is ours, whom we trust and when each ends", async () => {
    await console.heading("Certificate Management").waitFor();
    const own = console.page.getByRole("table", { name: "Own certificates" });
    await own.getByRole("row").filter({ hasText: "SIP" }).getByText(NODE_FQDN, { exact: true }).waitFor();
    await console.page.getByRole("table", { name: "Trust certificates" }).getByText("Contoso CA").first().waitFor();
    await console.page
      .getByRole("table", { name: "Calendar" })
      .getByText(/Days left: \d+/)
      .first()
      .waitFor();
    assert.deepEqual(await console.violations(), []);
  });

  test("what a peer presents is looked at, and refused until its authority is trusted from there", async () => {
    assert.notEqual(await fateOf(alice, edge, CARL), "arrived");
    await console.button("Upload Certificate/Certificate chain").click();
    await console.heading("Upload Certificate/Certificate chain").waitFor();
    const fetch = console.page.getByRole("region", { name: "Fetch from a peer" });
    await fetch.getByLabel("Host").fill("127.0.0.1");
    await fetch.getByLabel("Port").fill(String(edge.port));
    await fetch.getByRole("button", { name: "Fetch" }).click();
    await fetch.getByRole("status").filter({ hasText: "Seen at 127.0.0.1" }).waitFor();
    await fetch
      .getByText(/^Refused by .*presented/)
      .first()
      .waitFor();
    await fetch.getByRole("heading", { name: EDGE }).waitFor();
    assert.deepEqual(await console.violations(), []);
    await console.button(`Into the form above: ${EDGE}`).click();
    assert.match(await console.field("Certificate").inputValue(), /BEGIN CERTIFICATE/);
    assert.equal(await console.field("Description").inputValue(), "As presented by 127.0.0.1");
  });

  test("an authority's certificate is imported from a file; its name is a peer subject, and carl reads what alice writes", async () => {
    await console.field("Description").fill("Fabrikam's authority");
    const file = { name: "fabrikam.pem", mimeType: "application/x-pem-file", buffer: Buffer.from(authority.certPem) };
    await console.page.locator("input[type=file]").first().setInputFiles(file);
    await eventually(async () => assert.equal(await console.field("Certificate").inputValue(), authority.certPem));
    await console.button("Upload").click();
    await console.status(/Trusted: .*CA of fabrikam/i);
    await eventually(async () => assert.equal(await fateOf(alice, edge, CARL), "arrived"));
    await console.button("Go").last().click();
    await console.page.getByRole("link", { name: `CA of ${SECOND}` }).waitFor();
  });

  test("a peer's own certificate that is trusted makes its name a subject, and the page says that it is not selected", async () => {
    const { certPem } = await authority.issue({ cn: "sip.northwind.example", dnsNames: ["sip.northwind.example"] });
    await console.button("Upload Certificate/Certificate chain").click();
    await console.field("Certificate").fill(certPem);
    await console.button("Upload").click();
    await console.status(/sip\.northwind\.example.*TLS peer subject now, selected in: no TLS context yet/);
    const made = await bed.road.node.admin.ask("GET", "/tls-peer-subjects/sip.northwind.example");
    assert.equal((made as { readonly origin: string }).origin, "certificate-import");
  });

  test("what is no certificate is refused at its field, and nothing is written", async () => {
    await console.field("Certificate").fill("-----BEGIN NONSENSE-----");
    await console.button("Upload").click();
    await eventually(async () => assert.equal(await console.field("Certificate").getAttribute("aria-invalid"), "true"));
    assert.deepEqual(await console.violations(), []);
  });

  test("a signing request is made, signed by another authority, uploaded, and shown to peers that connect anew", async () => {
    await console.open(`${CERTIFICATES}/edit/sip`);
    await console.heading("Certificate for SIP").waitFor();
    const downloading = console.page.waitForEvent("download");
    await console.button("Generate CSR").click();
    await console.status("Have this request signed");
    await console.button("Download").last().click();
    const csr = readFileSync(await (await downloading).path(), "utf8");
    assert.match(csr, /BEGIN CERTIFICATE REQUEST/);
    const chainPem = await authority.sign(csr);
    await console.open(`${CERTIFICATES}/new`);
    await console.field("Certificate Purpose").selectOption("SIP");
    await console.field("Certificate and chain").fill(chainPem);
    await console.button("Upload").click();
    await console.status("Uploaded: the certificate for SIP.");
    await edge.hangUp();
    await eventually(async () => assert.equal(await fateOf(alice, edge, CARL), "arrived"));
  });

  test("connections under the older certificate are counted and drained", async () => {
    await console.open(`${CERTIFICATES}/edit/sip`);
    assert.equal(await fateOf(alice, edge, CARL), "arrived");
    await console.button("Regenerate").click();
    await console.confirm();
    await console.status(`A new certificate for ${NODE_FQDN} is kept.`);
    await console.page.getByText(/older certificate or context: [1-9]/).waitFor();
    assert.deepEqual(await console.violations(), []);
    await console.button("Drain older connections").click();
    await console.status(/^Connections that close as soon as nothing is under way on them: [1-9]/);
    await eventually(async () => {
      await console.page.reload();
      await console.page.getByText(/older certificate or context: 0/).waitFor({ timeout: 1000 });
    });
    assert.equal(await fateOf(alice, edge, CARL), "arrived");
  });

  test("an authority that is trusted no longer takes its peers with it, and says which", async () => {
    await console.open(CERTIFICATES);
    await console.page.getByRole("link", { name: `CA of ${SECOND}` }).click();
    await console.heading("Trust certificate").waitFor();
    assert.deepEqual(await console.violations(), []);
    await console.button("Delete").click();
    await console.confirm();
    await console.status(new RegExp(`connections of .*${EDGE}`));
    await eventually(async () => assert.notEqual(await fateOf(alice, edge, CARL), "arrived"));
  });
});
