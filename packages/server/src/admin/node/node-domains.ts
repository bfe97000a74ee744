import Type from "typebox";

const name = Type.String({ minLength: 1, maxLength: 255 });

/**
 * Domains given to nodes after their first start, by node name. `configuredFqdn` is what the node's own settings file
 * said at that moment: once the file says something else, the file is the newer word and counts.
 */
export const NodeDomains = Type.Record(
  name,
  Type.Object({ domain: name, configuredFqdn: name }, { additionalProperties: false }),
  { default: {}, description: "Domains of nodes changed by `set network domain`" },
);
export type NodeDomains = Readonly<Record<string, { readonly domain: string; readonly configuredFqdn: string }>>;

/** What a node's settings file says of its name. */
export interface ConfiguredNode {
  readonly name: string;
  readonly fqdn: string;
}

/** The FQDN that counts now: the file's, unless its domain was changed while the file said the same. */
export function fqdnInForce({ name, fqdn }: ConfiguredNode, domains: NodeDomains): string {
  const changed = Object.hasOwn(domains, name) ? domains[name] : undefined;
  if (changed === undefined || changed.configuredFqdn !== fqdn) return fqdn;
  return `${hostOf(fqdn)}.${changed.domain}`;
}

/** A node by the name that counts, read at each use: its domain can be changed while it runs (facts R31 to R36). */
export function nodeInForce(configured: ConfiguredNode, domains: () => NodeDomains): ConfiguredNode {
  return {
    name: configured.name,
    get fqdn() {
      return fqdnInForce(configured, domains());
    },
  };
}

/** The next section, with one node in another domain. */
export function withDomain(domains: NodeDomains, { name, fqdn }: ConfiguredNode, domain: string): NodeDomains {
  return { ...domains, [name]: { domain, configuredFqdn: fqdn } };
}

/** The first label. */
export function hostOf(fqdn: string): string {
  return fqdn.split(".", 1)[0] ?? "";
}

/** What follows the first label; empty where nothing does. */
export function domainOf(fqdn: string): string {
  return fqdn.slice(hostOf(fqdn).length + 1);
}
