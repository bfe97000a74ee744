import {
  type DiagnosisOutcome,
  type DiagnosisRepair,
  type DiagnosisStep,
  type DiagnosisStepName,
  diagnosisSteps,
} from "@interpres/admin-api";

/** What one step found. */
export interface Finding {
  readonly outcome: Exclude<DiagnosisOutcome, "skipped">;
  readonly seen: string;
  /** What to do; only where something is to be done. */
  readonly remedy?: string;
  readonly repair?: DiagnosisRepair;
}

interface About {
  readonly title: string;
  readonly expected: string;
  readonly why: string;
}

/** What each step is about, whatever it finds. */
const ABOUT: Readonly<Record<DiagnosisStepName, About>> = {
  domain: {
    title: "The domain is federated",
    expected: "a SIP federated domain of its own entry",
    why: "nothing passes from or to a domain that was not added",
  },
  route: {
    title: "There is a way to it",
    expected: "a static route in service, or an SRV record",
    why: "requests go where a static route or DNS says, and nowhere else",
  },
  addresses: {
    title: "Its host has an address",
    expected: "an A or AAAA record that may be used",
    why: "a name without an address cannot be called",
  },
  connection: {
    title: "Its port is open",
    expected: "a connection",
    why: "firewalls, stopped services and wrong ports all look like this",
  },
  tls: {
    title: "TLS is agreed",
    expected: "a version and a cipher suite that both sides allow",
    why: "without a common version and suite there is no connection, and no reason in any log but the handshake's",
  },
  chain: {
    title: "Its certificate is trusted",
    expected: "a chain to a certificate of our trust store",
    why: "federation trusts what an administrator has imported, and no public authority besides",
  },
  validity: {
    title: "Its certificate is of today",
    expected: "a date within the certificate's, by our clock",
    why: "expired certificates stop both directions at once; wrong clocks look the same",
  },
  usages: {
    title: "Its certificate is for servers and clients",
    expected: "both extended key usages, or none",
    why: "each side of a federation calls the other, so each certificate is used at both ends",
  },
  subject: {
    title: "Its name is a selected TLS peer subject",
    expected: "the common name selected in the TLS context of the SIP edge",
    why: "a trusted authority signs for many; the subject says which of them is meant",
  },
  names: {
    title: "The certificate is that of the host we called",
    expected: "a name that may be at this hop",
    why: "whoever sits at the address must prove to be the host that route or record named",
  },
  identity: {
    title: "It may speak for the domain",
    expected: "a certificate name that is bound to the domain by route, record or subject",
    why: "requests from there are answered 403 when their From is not the certificate's to claim",
  },
  "access-list": {
    title: "The access list lets it in",
    expected: "an entry for the domain, the host or the address",
    why: "requests from there are refused before anything else is looked at",
  },
  options: {
    title: "It answers",
    expected: "an answer to OPTIONS",
    why: "the first request that crosses shows whether they take our certificate and our domain",
  },
  clock: {
    title: "The clocks agree",
    expected: "less than five minutes apart",
    why: "certificates are judged by the clock of whoever looks at them",
  },
  subscribe: {
    title: "It takes subscriptions",
    expected: "an answer to a one-time SUBSCRIBE",
    why: "presence and, with Microsoft, permission are decided on this request",
  },
  pace: {
    title: "They take what we send",
    expected: "no answer within the last hour that asks us to wait",
    why: "a partner that limits us delays presence before messages: contacts look as they were, or offline",
  },
  "own-records": {
    title: "We can be found",
    expected: "records that lead to this node, as our DNS servers see them",
    why: "their way back begins at our records, and Microsoft checks them even for our own requests",
  },
  refusals: {
    title: "Nothing of theirs was refused lately",
    expected: "no refusal within the last hour",
    why: "what they see as silence is often a refusal of ours",
  },
};

/** The steps as they are found; what is left out at the end was skipped because of the first failure. */
export class Report {
  readonly #findings = new Map<DiagnosisStepName, Finding>();
  #because = "";

  add(step: DiagnosisStepName, finding: Finding): Finding["outcome"] {
    this.#findings.set(step, finding);
    if (finding.outcome === "failed" && this.#because === "")
      this.#because = `not looked at, because "${ABOUT[step].title}" failed`;
    return finding.outcome;
  }

  /** Steps left out for a reason that is no failure. */
  leaveOut(because: string): void {
    if (this.#because === "") this.#because = because;
  }

  steps(): readonly DiagnosisStep[] {
    return diagnosisSteps.map((step) => {
      const finding = this.#findings.get(step);
      if (finding !== undefined) return told(step, finding);
      return { step, ...ABOUT[step], outcome: "skipped", seen: this.#because, remedy: null, repair: null };
    });
  }

  /** What was looked at so far. */
  found(): readonly DiagnosisStep[] {
    return [...this.#findings].map(([step, finding]) => told(step, finding));
  }
}

function told(step: DiagnosisStepName, { outcome, seen, remedy, repair }: Finding): DiagnosisStep {
  return { step, ...ABOUT[step], outcome, seen, remedy: remedy ?? null, repair: repair ?? null };
}
