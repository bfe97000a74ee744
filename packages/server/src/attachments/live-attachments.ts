import type { AttachmentSettings } from "@interpres/federation";
import { type Logger, Turns } from "@interpres/runtime";
import type { SecretTable } from "@interpres/store";
import type { Attachment, Attachments } from "@interpres/xmpp";
import { secretFor, secretName } from "./attachment-secret.ts";

interface LiveAttachmentsPorts {
  readonly attachments: Attachments;
  readonly secrets: Pick<SecretTable, "find">;
  /** Those in force, read at each use. */
  readonly settings: () => readonly AttachmentSettings[];
  readonly log: Logger;
}

/** Brings the attachments of the settings in force to life, with their secrets. */
export class LiveAttachments {
  readonly #ports: LiveAttachmentsPorts;
  readonly #turns = new Turns();

  constructor(ports: LiveAttachmentsPorts) {
    this.#ports = ports;
  }

  /** Takes the settings of now. Rejects when the secrets cannot be read. */
  take(): Promise<void> {
    return this.#turns.take(async () => {
      const wanted = await Promise.all(this.#ports.settings().map((each) => this.#withSecret(each)));
      this.#ports.attachments.apply(wanted);
    });
  }

  /** The same for a change of settings, which nobody waits for. */
  changed(): void {
    this.take().catch((error: unknown) => this.#ports.log.error("attachments.not-read", { error: String(error) }));
  }

  start(): void {
    this.#ports.attachments.start();
  }

  stop(): void {
    this.#ports.attachments.stop();
  }

  /** Without a secret the users are still ours to speak for, and nothing is tried. */
  async #withSecret({ name, host, port, localDomains, components }: AttachmentSettings): Promise<Attachment> {
    const secret = secretFor({ host, port }, await this.#ports.secrets.find(secretName(name)));
    const base = { name, host, port, localDomains };
    return secret === undefined ? { ...base, secret: "", components: [] } : { ...base, secret, components };
  }
}
