import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { TestCertificateAuthority } from "@interpres/testkit";
import { type Fault, FaultyPeer } from "../diagnosis/faulty-peer.ts";
import { missingPeers } from "../harness/peers.ts";
import { LOCAL, NODE_FQDN } from "../harness/road-bed.ts";
import { ConsoleBed, NARROW } from "./console-bed.ts";
import type { ConsolePage } from "./console-page.ts";

/** Faults are on the wire; what the administrator presses must end in an examination that finds none. */
describe("the federation doctor, in the console", { timeout: 180_000, skip: missingPeers("chromium") }, () => {
  let bed: ConsoleBed;
  let console: ConsolePage;

  before(async () => {
    bed = await ConsoleBed.start();
    const { zone, node } = bed.road;
    zone.host(NODE_FQDN, "127.0.0.1").service(`_sipfederationtls._tcp.${LOCAL}`, NODE_FQDN, node.ports.sipTls);
    console = await bed.signedIn("/");
  });
  after(() => bed?.end());

  async function faulty(fault: Fault): Promise<FaultyPeer> {
    return bed.road.own(await FaultyPeer.start(bed.road, fault));
  }

  async function examine(domain: string): Promise<void> {
    await console.open(`/diagnosis/doctor?domain=${domain}`);
    await console.button("Examine").click();
  }

  const step = (title: string) =>
    console.page.getByRole("listitem").filter({ has: console.page.getByText(title, { exact: true }) });

  test("is found in the menu, shows each step while it goes on, and what it came to", async () => {
    const { domain } = await faulty({ answer: { status: 200, afterMs: 1200 } });
    await console.choose("Federation Doctor");
    await console.heading("Federation Doctor").waitFor();
    await console.field("Domain").fill(domain);
    await console.button("Examine").click();
    await console.status(/Examining d.* 1[0-9] of 18 steps/);
    await step("Its port is open").getByText("OK").waitFor();
    assert.equal(await step("It takes subscriptions").count(), 0);
    await console.status(`${domain}: no fault found.`);
    await step("It takes subscriptions").getByText("200 OK to SUBSCRIBE").waitFor();
    assert.deepEqual(await console.violations(), []);
  });

  test("a fault has what was seen and expected, why it matters, a remedy, and a text for the other side", async () => {
    const { domain } = await faulty({ port: "closed" });
    await examine(domain);
    await console.status(/1 failed, \d+ could not be looked at/);
    const port = step("Its port is open");
    for (const part of [
      /Seen.*ECONNREFUSED/s,
      /Expected.*a connection/s,
      /Because.*firewalls/s,
      /Remedy.*open the port/s,
    ])
      assert.match(await port.innerText(), part);
    const letter = console.page.getByRole("region", { name: "For the other administrator" });
    await letter.getByText(/Open the port to us/).waitFor();
    await console.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await letter.getByRole("button", { name: "Copy the text" }).click();
    await letter.getByText("Copied").waitFor();
    assert.match(String(await console.page.evaluate("navigator.clipboard.readText()")), /with d.* at .*Open the port/s);
    assert.deepEqual(await console.violations(), []);
  });

  const MENDED: readonly (readonly [name: string, fault: () => Fault, button: RegExp])[] = [
    ["a subject that nothing selects", () => ({ subject: "defined" }), /^Define and select the subject sip\.d/],
    ["a subject nobody has defined", () => ({ subject: "missing" }), /^Define and select the subject sip\.d/],
    [
      "an address that the access list lacks",
      () => ({ over: "tcp" }),
      /^Add to the access list: Allow from 127\.0\.0\.1$/,
    ],
    [
      "a host that may not speak for the domain",
      () => ({ certificate: { cn: "sip.contoso.example", dnsNames: ["sip.contoso.example"] } }),
      /^Let sip\.contoso\.example speak for d/,
    ],
  ];
  for (const [name, fault, button] of MENDED)
    test(`${name} is mended by one button`, async () => {
      const { domain } = await faulty(fault());
      await examine(domain);
      await console.status(/failed/);
      await console.page.getByRole("button", { name: button }).first().click();
      await console.status(new RegExp(`^${domain}: (no fault found|it works)`));
    });

  test("a certificate is trusted after it was shown with its fingerprint", async () => {
    const authority = await TestCertificateAuthority.create("Fabrikam CA");
    const { domain } = await faulty({ authority, presents: "with-authority" });
    await examine(domain);
    await console.status(/failed/);
    await console.page.getByRole("button", { name: /^Look at the certificate of sip/ }).click();
    const dialog = console.page.getByRole("dialog", { name: "Trust this certificate?" });
    await dialog.getByText(/SHA-256 [0-9a-f]{64}/).waitFor();
    assert.deepEqual(await console.violations(), []);
    await console.confirm();
    await console.status(`${domain}: no fault found.`);
  });

  test("an authority that is not presented is asked for", async () => {
    const authority = await TestCertificateAuthority.create("Tailspin CA");
    const { domain } = await faulty({ authority });
    await examine(domain);
    await console.status(/failed/);
    await console.page.getByRole("button", { name: /^Look at the certificate of sip/ }).click();
    const dialog = console.page.getByRole("dialog", { name: "Trust this certificate?" });
    await dialog.getByLabel("Certificate of the authority", { exact: true }).fill(authority.certPem);
    await console.confirm();
    await console.status(`${domain}: no fault found.`);
  });

  test("where no record leads there, a route is added beside the finding", async () => {
    const peer = await faulty({ record: "missing" });
    await examine(peer.domain);
    await console.status(/failed/);
    const route = step("There is a way to it");
    await route.getByLabel("Next Hop *", { exact: true }).fill(`sip.${peer.domain}`);
    await route.getByLabel("Next Hop Port *").fill(String(peer.port));
    bed.road.zone.host(`sip.${peer.domain}`, "127.0.0.1");
    await route.getByRole("button", { name: `Add a static route for ${peer.domain}` }).click();
    await console.status(`${peer.domain}: no fault found.`);
  });

  test("a service that was stopped is started", async () => {
    const { admin } = bed.road.node;
    const { items } = (await admin.ask("GET", "/nodes")) as { readonly items: readonly { readonly name: string }[] };
    await admin.ask("POST", `/nodes/${items[0]?.name}/services/sip-proxy/stop`);
    await examine("contoso.example");
    await console.status(/failed/);
    await console.button("Activate and start sip-proxy").click();
    await console.status("contoso.example: no fault found.");
  });

  test("our own record is given to be copied, and a domain nobody added leads to where it is", async () => {
    bed.road.zone.remove(`_sipfederationtls._tcp.${LOCAL}`);
    await examine("contoso.example");
    await step("We can be found")
      .getByText(/^_sipfederationtls\._tcp\.example\.com\. IN SRV 0 0 \d+ imp1/)
      .waitFor();
    await step("We can be found").getByRole("button", { name: "Copy the text" }).waitFor();
    await examine("nowhere.example");
    const link = console.page.getByRole("link", { name: "Add nowhere.example as a partner" });
    assert.match((await link.getAttribute("href")) ?? "", /domain=nowhere\.example/);
  });

  test("on a telephone nothing is cut off", async () => {
    const narrow = await bed.signedIn("/diagnosis/doctor?domain=contoso.example", NARROW);
    await narrow.button("Examine").click();
    await narrow.status(/failed|no fault/);
    assert.equal(await narrow.page.evaluate("document.documentElement.scrollWidth"), NARROW.width);
    assert.deepEqual(await narrow.violations(), []);
    await narrow.page.context().close();
  });

  test("the page's policy stood in nobody's way", () => {
    const complaints = bed.browser.complaints.filter((text) => !/status of (401|409)/.test(text));
    assert.deepEqual(complaints, []);
  });
});
