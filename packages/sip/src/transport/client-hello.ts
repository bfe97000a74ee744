/** What a client says it can do, in the first octets of a handshake (RFC 8446 §4.1.2, RFC 5246 §7.4.1.2). */
export interface ClientOffer {
  /** Protocol versions as they stand on the wire, newest first: 0x0303 is TLS 1.2. */
  readonly versions: readonly number[];
  /** Cipher suites as they stand on the wire. */
  readonly suites: readonly number[];
}

const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const SUPPORTED_VERSIONS = 43;
/** Record header and handshake header. */
const BODY_AT = 5 + 4;
const RANDOM_OCTETS = 32;

/** Reads octets of one peer; past their end everything is zero, which no caller takes for an offer. */
class Reader {
  readonly #octets: Uint8Array;
  at: number;

  constructor(octets: Uint8Array, at: number) {
    this.#octets = octets;
    this.at = at;
  }

  get isPast(): boolean {
    return this.at > this.#octets.length;
  }

  one(): number {
    const value = this.#octets[this.at] ?? 0;
    this.at += 1;
    return value;
  }

  two(): number {
    return this.one() * 256 + this.one();
  }

  skip(octets: number): void {
    this.at += octets;
  }
}

/** The offer in the first octets of a connection, as far as they have come; undefined when they are no ClientHello. */
export function readClientHello(octets: Uint8Array): ClientOffer | undefined {
  if (octets[0] !== HANDSHAKE || octets[5] !== CLIENT_HELLO) return undefined;
  const reader = new Reader(octets, BODY_AT);
  const legacyVersion = reader.two();
  reader.skip(RANDOM_OCTETS);
  reader.skip(reader.one());
  const suites = listOf(reader, reader.two());
  if (reader.isPast) return undefined;
  reader.skip(reader.one());
  const versions = supportedVersions(reader, octets.length) ?? versionsUpTo(legacyVersion);
  return { versions: versions.filter(isProper), suites: suites.filter(isProper) };
}

function listOf(reader: Reader, lengthInOctets: number): readonly number[] {
  const end = reader.at + lengthInOctets;
  const values: number[] = [];
  while (reader.at + 1 < end && !reader.isPast) values.push(reader.two());
  reader.at = end;
  return values;
}

/** Only clients that know TLS 1.3 send the extension. */
function supportedVersions(reader: Reader, end: number): readonly number[] | undefined {
  reader.skip(2);
  while (reader.at + 4 <= end) {
    const [type, length] = [reader.two(), reader.two()];
    if (type === SUPPORTED_VERSIONS) return listOf(reader, reader.one());
    reader.skip(length);
  }
  return undefined;
}

/** Without the extension a client names the newest it knows, and knows all before that. */
function versionsUpTo(newest: number): readonly number[] {
  return [0x0303, 0x0302, 0x0301, 0x0300].filter((version) => version <= newest);
}

/** Neither GREASE (RFC 8701 §2) nor the signals of RFC 5746 §3.3 and RFC 7507 §4, which are no suites. */
function isProper(value: number): boolean {
  const isGrease = (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff);
  return !isGrease && value !== 0x00ff && value !== 0x5600;
}
