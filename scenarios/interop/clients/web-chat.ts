import type { Locator, Page } from "playwright-core";

/** A person at `/chat`: does what her hands and eyes would do. Each step waits for what it needs, and fails when it does not come. */
export class WebChat {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async visit(origin: string): Promise<void> {
    await this.page.goto(`${origin}/chat`);
    await this.page.locator("input[name=jid]").waitFor();
  }

  async signIn(name: string, password: string): Promise<void> {
    await this.page.fill("input[name=jid]", name);
    await this.page.fill("input[name=password]", password);
    await this.page.click("button[type=submit]");
  }

  /** What the form says went wrong. */
  get feedback(): Locator {
    return this.page.locator(".conn-feedback");
  }

  get roster(): Locator {
    return this.page.locator("#converse-roster");
  }

  async addContact(address: string): Promise<void> {
    await this.roster.locator("converse-dropdown button").first().click();
    await this.roster.locator("a.add-contact").click();
    const form = this.page.locator("converse-add-contact-modal");
    await form.locator("input[name=jid]").fill(address);
    await form.locator("button[type=submit]").click();
  }

  contact(address: string): Locator {
    return this.roster.locator("converse-roster-contact", { hasText: address });
  }

  /** A contact who is `online`, `away`, `dnd` or `offline`. */
  contactWho(address: string, state: string): Locator {
    return this.contact(address).locator(`.contact-name--${state}`);
  }

  async openConversation(address: string): Promise<void> {
    await this.contact(address).click();
    await this.page.locator("textarea.chat-textarea").waitFor();
  }

  async say(text: string): Promise<void> {
    // Key by key, as a person does: that is what others see as typing.
    await this.page.locator("textarea.chat-textarea").pressSequentially(text);
    await this.page.keyboard.press("Enter");
  }

  message(text: string): Locator {
    return this.page.locator("converse-chat-message", { hasText: text });
  }

  get typingNotice(): Locator {
    return this.page.locator(".chat-content__notifications");
  }

  /** How much of the page's width something takes. */
  async place(selector: string): Promise<{ readonly x: number; readonly width: number } | undefined> {
    const box = await this.page.locator(selector).boundingBox();
    return box === null ? undefined : { x: Math.round(box.x), width: Math.round(box.width) };
  }
}
