/** A foreign domain as users see it: as they write it, and what the administrator says of it. */
export interface FederatedDomain {
  readonly domain: string;
  readonly description: string;
}

/** The foreign domains users may talk to. Answered from a snapshot. */
export interface FederatedDomains {
  list(): readonly FederatedDomain[];
  /** The listed domain that another stands for, such as an alias; otherwise the same one. */
  listedAs(domain: string): string;
}

export const noFederatedDomains: FederatedDomains = { list: () => [], listedAs: (domain) => domain };
