import { constants, type FileHandle, open } from "node:fs/promises";
import { type CertificatePurpose, certificatePurposes } from "@interpres/admin-api";
import { type Clock, type Logger, type Service, type Timer, Turns } from "@interpres/runtime";
import type { CertificateFilePaths, CertificateTable, OwnCertificate } from "@interpres/store";
import type { CheckedOwnCertificate } from "./own-certificate-check.ts";

const POLL_MS = 5_000;
const MAX_OCTETS = 65_536;

/** The texts of both files, or which of them cannot be read and why. */
export type ReadPair =
  | { readonly kind: "pair"; readonly pair: OwnCertificate }
  | { readonly kind: "unreadable"; readonly path: "chainPath" | "keyPath"; readonly message: string };

export interface CertificateFilesPorts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly certificates: Pick<CertificateTable, "own" | "putOwn">;
  readonly check: (purpose: CertificatePurpose, pair: OwnCertificate) => CheckedOwnCertificate;
}

/**
 * Certificates that somebody else keeps in files of this node, an ACME client for one: read again when the files change. A
 * pair that does not fit, because only half of it is written, leaves the present one in service.
 */
export class CertificateFiles {
  readonly #ports: CertificateFilesPorts;
  readonly #problems = new Map<CertificatePurpose, string>();
  readonly #turns = new Turns();
  #timer: Timer | undefined;
  #isRunning = false;

  constructor(ports: CertificateFilesPorts) {
    this.#ports = ports;
  }

  /** What keeps the files of a purpose from being taken. */
  problemOf(purpose: CertificatePurpose): string | undefined {
    return this.#ports.certificates.own(purpose)?.files === undefined ? undefined : this.#problems.get(purpose);
  }

  /** Looks at once, then every few seconds. */
  async start(): Promise<void> {
    this.#isRunning = true;
    await this.#look();
  }

  stop(): void {
    this.#isRunning = false;
    this.#timer?.cancel();
  }

  /** One after the other: what is in service when files are read must be so when they are taken. */
  reread(): Promise<void> {
    return this.#turns.take(() => this.#reread());
  }

  async #look(): Promise<void> {
    await this.reread();
    if (this.#isRunning) this.#timer = this.#ports.clock.after(POLL_MS, () => void this.#look());
  }

  async #reread(): Promise<void> {
    for (const purpose of certificatePurposes) {
      const own = this.#ports.certificates.own(purpose);
      if (own?.files !== undefined) await this.#take(purpose, own, own.files);
    }
  }

  async #take(purpose: CertificatePurpose, own: OwnCertificate, files: CertificateFilePaths): Promise<void> {
    const read = await readPair(files);
    if (read.kind === "unreadable") return this.#refuse(purpose, `${files[read.path]} ${read.message}`);
    const checked = this.#ports.check(purpose, read.pair);
    if (checked.kind === "refused")
      return this.#refuse(purpose, checked.errors.map(({ message }) => message).join("; "));
    this.#problems.delete(purpose);
    const { certificate, fingerprint } = checked;
    if (certificate.chainPem === own.chainPem && certificate.keyPem === own.keyPem) return;
    // Somebody may have given another certificate while the files were read.
    if (this.#ports.certificates.own(purpose) !== own) return;
    await this.#ports.certificates.putOwn(
      purpose,
      { ...certificate, files },
      {
        actor: "system",
        action: "reread",
        resource: `certificates/own/${purpose}`,
        after: { fingerprint256: fingerprint },
      },
    );
    this.#ports.log.info("certificate.reread", { purpose, fingerprint256: fingerprint });
  }

  #refuse(purpose: CertificatePurpose, reason: string): void {
    if (this.#problems.get(purpose) !== reason) this.#ports.log.warn("certificate.unreadable", { purpose, reason });
    this.#problems.set(purpose, reason);
  }
}

/** Keeps an eye on the files while the node runs. */
export function certificateFilesService(files: CertificateFiles): Service {
  return { name: "certificate-files", start: () => files.start(), stop: async () => files.stop() };
}

export async function readPair({ chainPath, keyPath }: CertificateFilePaths): Promise<ReadPair> {
  const chain = await textOf(chainPath);
  if (chain.kind === "problem") return { kind: "unreadable", path: "chainPath", message: chain.message };
  const key = await textOf(keyPath);
  if (key.kind === "problem") return { kind: "unreadable", path: "keyPath", message: key.message };
  return { kind: "pair", pair: { chainPem: chain.text, keyPem: key.text } };
}

type FileText =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "problem"; readonly message: string };

/** Neither a pipe that nobody writes nor a device without end may hold the node up. */
async function textOf(path: string): Promise<FileText> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const facts = await file.stat();
    if (!facts.isFile()) return { kind: "problem", message: "is no file" };
    if (facts.size > MAX_OCTETS) return { kind: "problem", message: `has more than ${MAX_OCTETS} octets` };
    return { kind: "text", text: await file.readFile("utf8") };
  } catch (error) {
    return { kind: "problem", message: `cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}` };
  } finally {
    await file?.close();
  }
}
