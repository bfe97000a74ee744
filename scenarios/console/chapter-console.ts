import { type ChangeControl, ChapterBed, LOCAL } from "../chapter/chapter-bed.ts";
import { Chromium } from "../harness/chromium.ts";
import { buildConsole, WIDE } from "./console-bed.ts";
import { ConsolePage } from "./console-page.ts";

/** The steps of the book's chapter, in the browser, at its menu paths. Each ends when the page says that it is done. */
export class ChapterConsole {
  readonly bed: ChapterBed;
  readonly console: ConsolePage;
  readonly #browser: Chromium;

  private constructor(bed: ChapterBed, console: ConsolePage, browser: Chromium) {
    this.bed = bed;
    this.console = console;
    this.#browser = browser;
  }

  /** An empty node whose domain has been set in the shell, as the chapter has it, before anything else. */
  static async start(changeControl: ChangeControl): Promise<ChapterConsole> {
    buildConsole();
    const bed = await ChapterBed.start(changeControl);
    try {
      // The console's certificate bears the node's name: a browser would have to be told of the new one.
      await bed.cli.run(["shell"], `set network domain ${LOCAL}\ny\nquit\n`);
      const { admin } = bed.node.ports;
      const browser = await Chromium.start(admin);
      const console = new ConsolePage(await browser.page(WIDE), `https://localhost:${admin}`);
      await console.open("/");
      await console.signIn();
      await console.button("Sign out").waitFor();
      return new ChapterConsole(bed, console, browser);
    } catch (error) {
      await bed.end();
      throw error;
    }
  }

  async end(): Promise<void> {
    await this.#browser.abort();
    await this.bed.end();
  }

  /** One of the applications, then one of its pages by its label. */
  async goTo(application: string, page: string): Promise<void> {
    await this.console.switchTo(application);
    await this.console.choose(page);
  }

  /** Serviceability > Tools > Control Center: Restart, and OK. */
  async restart(kind: "Feature" | "Network", service: string): Promise<void> {
    await this.goTo("Serviceability", `Control Center - ${kind} Services`);
    await this.console.page.getByRole("radio", { name: service }).check();
    await this.console.button("Restart").click();
    await this.console.confirm();
    await this.console.status(`Restarted: ${service}`);
  }

  /** Administration > User Management > Users > Add New; resolves with the password that was made. */
  async addUser(jid: string): Promise<string> {
    await this.goTo("Administration", "Users");
    await this.console.button("Add New").click();
    await this.console.field("User ID \\(JID\\)").fill(jid);
    await this.console.button("Save").click();
    await this.console.status(`Added: ${jid}`);
    const told = await this.console.page.getByRole("alert").filter({ hasText: "The password of" }).innerText();
    return / is (\S+) —/.exec(told)?.[1] ?? "";
  }

  /** Presence > Inter Domain Federation > SIP Federation > Add New. */
  async addDomain(domain: string, integrationType: string): Promise<void> {
    await this.goTo("Administration", "SIP Federation");
    await this.console.button("Add New").click();
    await this.console.field("Domain Name").fill(domain);
    await this.console.field("Description").fill(`Users of ${domain}`);
    await this.console.field(integrationType).check();
    await this.console.button("Save").click();
    await this.console.status(`Added: ${domain}`);
  }

  /** Presence > Routing > Static Routes > Add New. */
  async addRoute(domain: string, nextHop: string, port: number): Promise<void> {
    await this.goTo("Administration", "Static Routes");
    await this.console.button("Add New").click();
    await this.console.field("Destination Pattern").fill(domain);
    await this.console.button("Reverse").click();
    await this.console.field("Next Hop").fill(nextHop);
    await this.console.field("Next Hop Port").fill(String(port));
    await this.console.button("Save").click();
    await this.console.status(/^Added: \./);
  }

  /** System > Service Parameters > SIP Proxy > Federation Routing IM and Presence FQDN; what the page says of it is the test's to see. */
  async setRoutingFqdn(fqdn: string): Promise<void> {
    await this.goTo("Administration", "Service Parameters");
    await this.console.field("Service").selectOption("SIP Proxy (Active)");
    await this.console.field("Federation Routing IM and Presence FQDN").fill(fqdn);
    await this.console.button("Save").click();
  }

  /** OS Administration > Security > Certificate Management: what shall be trusted. */
  async trust(pem: string): Promise<void> {
    await this.goTo("OS Administration", "Certificate Management");
    await this.console.button("Upload Certificate/Certificate chain").click();
    await this.console.field("Certificate").fill(pem);
    await this.console.button("Upload").click();
    await this.console.status(/^Trusted: /);
  }

  /** The same page: our own for SIP, with its key. */
  async uploadOwn(chainPem: string, keyPem: string): Promise<void> {
    await this.goTo("OS Administration", "Certificate Management");
    await this.console.button("Upload Certificate/Certificate chain").click();
    await this.console.field("Certificate Purpose").selectOption("SIP");
    await this.console.field("Certificate and chain").fill(chainPem);
    await this.console.field("Private key").fill(keyPem);
    await this.console.button("Upload").click();
    await this.console.status("Uploaded: the certificate for SIP.");
  }

  /** System > Security > TLS Peer Subjects > Add New. */
  async addPeerSubject(name: string, description: string): Promise<void> {
    await this.goTo("Administration", "TLS Peer Subjects");
    await this.console.button("Add New").click();
    await this.console.field("Peer Subject Name").fill(name);
    await this.console.field("Description").fill(description);
    await this.console.button("Save").click();
    await this.console.status(`Added: ${name}`);
  }

  /** System > Security > TLS Context Configuration: every cipher, this subject, no empty fragments. */
  async selectPeerSubject(name: string): Promise<void> {
    await this.goTo("Administration", "TLS Context Configuration");
    await this.console.page.getByRole("link", { name: "Default_SIP_Proxy_Peer_Auth_TLS_Context" }).click();
    await this.console.field("Disable Empty TLS Fragments").check();
    await this.#arrow("TLS Cipher Mapping", "Select all");
    await this.console.page.getByLabel("Available TLS Peer Subjects").selectOption(name);
    await this.#arrow("TLS Peer Subject Mapping", "Select");
    await this.console.button("Save").click();
    await this.console.status("Saved: Default_SIP_Proxy_Peer_Auth_TLS_Context");
  }

  async #arrow(group: string, name: string): Promise<void> {
    const mapping = this.console.page.getByRole("group", { name: group });
    await mapping.getByRole("button", { name, exact: true }).click();
  }
}
