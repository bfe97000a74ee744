import type { SeenPeer } from "@interpres/federation";
import type { Clock } from "@interpres/runtime";
import type { SeenCertificate } from "@interpres/store";
import { LRUCache } from "lru-cache";

/** Names of peers that are remembered; the longest unseen goes first. */
const MOST_PEERS = 1000;
/** A peer that connects again with the same certificate is written down this often. */
const WRITE_AGAIN_MS = 86_400_000;

export interface PeerCertificatesPorts {
  readonly clock: Clock;
  readonly table: {
    load(): Promise<readonly SeenCertificate[]>;
    put(seen: SeenCertificate): void;
    remove(name: string): void;
  };
}

/** The certificates that admitted peers showed last, over restarts: the other half of the calendar (facts C13). */
export class PeerCertificates {
  readonly #ports: PeerCertificatesPorts;
  readonly #seen: LRUCache<string, SeenCertificate>;

  constructor(ports: PeerCertificatesPorts) {
    this.#ports = ports;
    this.#seen = new LRUCache({
      max: MOST_PEERS,
      dispose: (_seen, name, reason) => {
        if (reason === "evict") ports.table.remove(name);
      },
    });
  }

  /** What earlier runs have seen; before the first peer connects. */
  async load(): Promise<void> {
    for (const seen of await this.#ports.table.load()) this.#seen.set(seen.name, seen);
  }

  saw({ name, certificate, tls }: SeenPeer): void {
    const now = this.#ports.clock.now();
    const pem = pemOf(certificate.raw);
    const known = this.#seen.get(name);
    const isNews = known === undefined || known.pem !== pem || now - known.seenAt >= WRITE_AGAIN_MS;
    if (!isNews) return;
    const seen = { name, pem, version: tls.version, cipher: tls.cipher, seenAt: now };
    this.#seen.set(name, seen);
    this.#ports.table.put(seen);
  }

  list(): readonly SeenCertificate[] {
    return [...this.#seen.values()];
  }
}

function pemOf(der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
