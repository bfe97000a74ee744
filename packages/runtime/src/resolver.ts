export interface AddressRecord {
  readonly address: string;
}

/** RFC 2782. `target` has no trailing dot; "." (no such service) is the empty string. */
export interface SrvRecord {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly target: string;
}

/** RFC 3403 §4.1, as used by RFC 3263 §4.1. */
export interface NaptrRecord {
  readonly order: number;
  readonly preference: number;
  readonly flags: string;
  readonly services: string;
  readonly regexp: string;
  readonly replacement: string;
}

/** RFC 1035 §3.3.12. `name` has no trailing dot. */
export interface PointerRecord {
  readonly name: string;
}

export interface RecordTypes {
  readonly A: AddressRecord;
  readonly AAAA: AddressRecord;
  readonly SRV: SrvRecord;
  readonly NAPTR: NaptrRecord;
  readonly PTR: PointerRecord;
}

/** "none" covers a name that does not exist and one without this type (RFC 2308 §2); "failed" is no answer at all. */
export type DnsAnswer<Type extends keyof RecordTypes> =
  | { readonly kind: "records"; readonly records: readonly RecordTypes[Type][]; readonly ttlSeconds: number }
  | { readonly kind: "none"; readonly ttlSeconds: number }
  | { readonly kind: "failed"; readonly reason: string };

/** DNS as a port. Never rejects; addresses are not looked up in /etc/hosts except by the system's fallback. */
export interface Resolver {
  resolve<Type extends keyof RecordTypes>(name: string, type: Type): Promise<DnsAnswer<Type>>;
}
