/** A domain whose users are addressed under another one, as its operator permits (facts R9). */
export interface DomainAlias {
  readonly alias: string;
  /** The domain that stands on the wire; it must be federated with, as type aol. */
  readonly domain: string;
}

/** Every alias there is. One counts while nobody has added it as a domain of its own. */
export const domainAliases: readonly DomainAlias[] = [{ alias: "aim.com", domain: "aol.com" }];
