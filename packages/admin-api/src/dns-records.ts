import Type from "typebox";
import { closed, Instant, nullable, oneOf } from "./closed.ts";

export const dnsStates = ["ok", "missing", "mismatched", "unreachable", "unknown"] as const;

/** One record as it shall be and as this node's resolver sees it. */
export const DnsFinding = Type.Object(
  {
    domain: Type.String({ description: "The domain it is for; the host itself for its address" }),
    kind: oneOf(["local", "mail", "host", "peer"], { description: "peer: a record of a foreign domain" }),
    name: Type.String(),
    type: oneOf(["SRV", "A"], { description: "A: addresses of either family" }),
    wanted: nullable(Type.String({ description: "As in a zone file; null for what is not ours to publish" })),
    found: Type.Array(Type.String()),
    state: oneOf(dnsStates, {
      description: "unreachable: it leads to a host without an address; unknown: DNS gave no answer",
    }),
    problems: Type.Array(Type.String()),
    advice: Type.Array(Type.String(), { description: "What is right and may still be in the way of some peers" }),
  },
  closed,
);
export type DnsFinding = Readonly<Type.Static<typeof DnsFinding>>;

/** The records to publish for each local and mail domain, and what was found just now. */
export const DnsRecords = Type.Object(
  {
    fqdn: Type.String({ description: "The federation routing FQDN" }),
    port: Type.Integer(),
    checkedAt: Instant,
    zone: Type.String({ description: "All of them in the words of a zone file, to be copied" }),
    items: Type.Array(DnsFinding),
  },
  closed,
);
export type DnsRecords = Readonly<Type.Static<typeof DnsRecords>>;

/** What concerns one domain: ours, or a foreign one and the records of ours that its servers need. */
export const DnsCheck = Type.Object(
  {
    domain: Type.String(),
    kind: oneOf(["local", "mail", "foreign"]),
    integrationType: nullable(Type.String({ description: "Null for a domain nobody has added" })),
    items: Type.Array(DnsFinding),
  },
  closed,
);
export type DnsCheck = Readonly<Type.Static<typeof DnsCheck>>;

export const dnsRecordsPath = "/dns-records";
