import { BlockList, isIPv6 } from "node:net";
import { isWithin } from "../peer/domain-name.ts";
import type { AclEntry } from "./acl-entry.ts";
import { parseAclPattern } from "./acl-pattern.ts";

/** The incoming access list of one snapshot, made for asking. What no entry matches is refused (facts B2.2). */
export class IncomingAcl {
  readonly #names = new Set<string>();
  readonly #addresses = new BlockList();
  #allowsAll = false;
  #hasAddresses = false;

  constructor(entries: readonly AclEntry[]) {
    for (const entry of entries) this.#add(entry);
  }

  #add(entry: AclEntry): void {
    const pattern = parseAclPattern(entry.pattern);
    switch (pattern.kind) {
      case "all":
        this.#allowsAll = true;
        return;
      case "name":
        this.#names.add(pattern.name);
        return;
      case "address":
        this.#hasAddresses = true;
        this.#addresses.addSubnet(pattern.address, pattern.prefix, pattern.family);
        return;
      case "problem":
        throw new Error(`access-list entry ${entry.id} was stored with a bad pattern: ${pattern.message}`);
    }
  }

  /** A request from `domain`, before who sent it is looked at. Subdomains are domains of their own. */
  allowsDomain(domain: string): boolean {
    return this.#allowsAll || this.#names.has(domain);
  }

  /** A host by its certificate name: named itself, or within a domain that is. */
  allowsHost(name: string): boolean {
    if (this.#allowsAll || this.#names.has(name)) return true;
    for (let dot = name.indexOf("."); dot >= 0; dot = name.indexOf(".", dot + 1)) {
      const domain = name.slice(dot + 1);
      if (this.#names.has(domain)) return isWithin(name, domain);
    }
    return false;
  }

  allowsAddress(address: string): boolean {
    if (this.#allowsAll) return true;
    return this.#hasAddresses && this.#addresses.check(address, isIPv6(address) ? "ipv6" : "ipv4");
  }

  /** Whether a host name can matter. */
  get hasNames(): boolean {
    return this.#names.size > 0;
  }

  /** False while nobody at `address` could get anything: no name is listed, and the address is not. */
  mayAllow(address: string): boolean {
    return this.hasNames || this.allowsAddress(address);
  }
}
