/** Who federates through a clearing house, as he was registered with the order. */
export interface Customer {
  /** The name his certificate must have, and the one that is called. */
  readonly fqdn: string;
  readonly domains: readonly string[];
  /** Where that name is reached. */
  readonly port: () => number;
}

/** The domains a clearing house routes: its own, which has aliases, those it hosts, and those that federate with it. */
export class HouseDomains {
  readonly #own: string;
  readonly #aliases: readonly string[];
  readonly #others: readonly string[];

  constructor(own: string, aliases: readonly string[], others: readonly string[]) {
    this.#own = own;
    this.#aliases = aliases;
    this.#others = others;
  }

  /** The final answer to a request that is not routed: a stranger's domain, or one of a customer who is not registered. */
  refusalOf(address: string, customer: Customer, fromUri: string): string | undefined {
    const domain = domainIn(address);
    if (this.#aliases.includes(domain)) return `404 Users Of ${domain} Are At ${this.#own}`;
    if (domain !== this.#own && !this.#others.includes(domain)) return "404 Domain Not Served";
    return customer.domains.includes(domainIn(fromUri)) ? undefined : "404 Domain Not Provisioned";
  }
}

function domainIn(address: string): string {
  return /@([^:;>?]+)/.exec(address)?.[1]?.toLowerCase() ?? "";
}
