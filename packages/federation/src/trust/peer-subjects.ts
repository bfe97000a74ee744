import type { PresentedCertificate } from "@interpres/sip";
import { comparableName } from "./certificate-name.ts";
import { alternativeNames, commonName } from "./peer-identity.ts";
import type { TlsContext, TlsPeerSubject } from "./tls-settings.ts";

/** How many subjects a refusal names. */
const LONGEST_LIST = 20;

/** The peer subjects of one context: those it has selected are the allow-list of the handshake (facts R45, R51). */
export class SelectedSubjects {
  readonly all: readonly TlsPeerSubject[];
  /** Defined, and of no effect (facts R48). */
  readonly others: readonly TlsPeerSubject[];
  readonly #selected: ReadonlyMap<string, TlsPeerSubject>;
  readonly #others: ReadonlyMap<string, TlsPeerSubject>;

  constructor(subjects: readonly TlsPeerSubject[], context: TlsContext) {
    const selected = new Set(context.peerSubjects.map(comparableName));
    const isSelected = ({ name }: TlsPeerSubject): boolean => selected.has(comparableName(name));
    this.all = subjects.filter(isSelected);
    this.others = subjects.filter((subject) => !isSelected(subject));
    this.#selected = byName(this.all);
    this.#others = byName(this.others);
  }

  /**
   * The selected subject a certificate matches: by its common name (facts B15), or by an alternative name where the
   * subject says so (`matchAlternativeNames`).
   */
  matching(certificate: PresentedCertificate): TlsPeerSubject | undefined {
    return subjectOf(certificate, this.#selected);
  }

  /** The subject it would match, were it selected. */
  unselected(certificate: PresentedCertificate): TlsPeerSubject | undefined {
    return subjectOf(certificate, this.#others);
  }

  /** For people: what would have been accepted, with the descriptions they gave (facts R47). */
  toString(): string {
    const told = this.all.slice(0, LONGEST_LIST).map(({ name, description }) => {
      return description === "" ? name : `${name} (${description})`;
    });
    const untold = this.all.length - told.length;
    return [...told, ...(untold > 0 ? [`${untold} more`] : [])].join(", ");
  }
}

function byName(subjects: readonly TlsPeerSubject[]): ReadonlyMap<string, TlsPeerSubject> {
  return new Map(subjects.map((subject) => [comparableName(subject.name), subject]));
}

function subjectOf(
  certificate: PresentedCertificate,
  subjects: ReadonlyMap<string, TlsPeerSubject>,
): TlsPeerSubject | undefined {
  const byCommonName = subjects.get(commonName(certificate) ?? "");
  if (byCommonName !== undefined) return byCommonName;
  for (const name of alternativeNames(certificate)) {
    const subject = subjects.get(name);
    if (subject?.matchAlternativeNames === true) return subject;
  }
  return undefined;
}
