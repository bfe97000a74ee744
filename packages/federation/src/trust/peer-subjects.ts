import type { PresentedCertificate } from "@interpres/sip";
import { presentedNames } from "./peer-identity.ts";
import type { TlsContext, TlsPeerSubject } from "./tls-settings.ts";

/** The peer subjects one context has selected: the allow-list of the handshake (facts R45, R51). */
export class SelectedSubjects {
  readonly all: readonly TlsPeerSubject[];
  readonly #byName: ReadonlyMap<string, TlsPeerSubject>;

  constructor(subjects: readonly TlsPeerSubject[], context: TlsContext) {
    const selected = new Set(context.peerSubjects.map((name) => name.toLowerCase()));
    this.all = subjects.filter((subject) => selected.has(subject.name.toLowerCase()));
    this.#byName = new Map(this.all.map((subject) => [subject.name.toLowerCase(), subject]));
  }

  /** The subject a certificate matches, whole names only (RFC 5922 §7.2); the common name is looked at first. */
  matching(certificate: PresentedCertificate): TlsPeerSubject | undefined {
    for (const name of presentedNames(certificate)) {
      const subject = this.#byName.get(name);
      if (subject !== undefined) return subject;
    }
    return undefined;
  }

  has(name: string): boolean {
    return this.#byName.has(name.toLowerCase());
  }

  /** For people: what would have been accepted. */
  toString(): string {
    return this.all.map((subject) => subject.name).join(", ");
  }
}
