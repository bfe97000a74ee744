import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { type Clock, systemClock } from "@interpres/runtime";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  Pkcs10CertificateRequest,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";

export interface IssuedCertificate {
  readonly certPem: string;
  readonly keyPem: string;
}

export interface CertificateRequest {
  /** The subject's common name; the empty string makes an empty subject. */
  readonly cn: string;
  readonly dnsNames?: readonly string[];
  /** Subject alternative names of type URI, as `sip:example.com` of RFC 5922 §7.1. */
  readonly uris?: readonly string[];
  /** Extended key usages; both by default, none for an empty list. */
  readonly ekus?: readonly ("server" | "client")[];
  readonly notBefore?: Date;
  /** In the past for an expired certificate; a year ahead by default. */
  readonly notAfter?: Date;
  /** P-256 by default; RSA keys of 2048 bits take about 100 ms to make, weak ones have 1024. */
  readonly key?: "ecdsa" | "rsa" | "weak-rsa";
}

const DAY_MS = 86_400_000;
const ECDSA = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const RSA = {
  name: "RSASSA-PKCS1-v1_5",
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: "SHA-256",
};
const KEYS = { ecdsa: ECDSA, rsa: RSA, "weak-rsa": { ...RSA, modulusLength: 1024 } };
const USAGES = { server: ExtendedKeyUsage.serverAuth, client: ExtendedKeyUsage.clientAuth };

type Calendar = Pick<Clock, "now">;

interface Identity {
  readonly name: string;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly clock: Calendar;
}

/** A certificate authority that lives as long as a test. A second one is the authority nobody trusts. */
export class TestCertificateAuthority {
  /** What a peer puts among its trusted roots. */
  readonly certPem: string;
  readonly #name: string;
  readonly #keys: webcrypto.CryptoKeyPair;
  readonly #clock: Calendar;

  private constructor({ name, keys, clock }: Identity, certPem: string) {
    this.#name = name;
    this.#keys = keys;
    this.#clock = clock;
    this.certPem = certPem;
  }

  /** Dates are reckoned from `clock`: real TLS connections need the system's, others the one of what judges them. */
  static async create(cn = "Test CA", clock: Calendar = systemClock): Promise<TestCertificateAuthority> {
    const keys = await webcrypto.subtle.generateKey(ECDSA, true, ["sign", "verify"]);
    const now = clock.now();
    const certificate = await X509CertificateGenerator.createSelfSigned({
      serialNumber: serialNumber(),
      name: `CN=${cn}`,
      notBefore: new Date(now - DAY_MS),
      notAfter: new Date(now + 365 * DAY_MS),
      signingAlgorithm: ECDSA,
      keys,
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return new TestCertificateAuthority({ name: `CN=${cn}`, keys, clock }, certificate.toString("pem"));
  }

  /** One that was kept: its certificate, and its key as `keyPem` gave it. Rejects for what is none. */
  static async load(certPem: string, keyPem: string): Promise<TestCertificateAuthority> {
    const { publicKey, subject } = new X509Certificate(certPem);
    const [key = new ArrayBuffer()] = PemConverter.decode(keyPem);
    const keys = {
      privateKey: await webcrypto.subtle.importKey("pkcs8", key, ECDSA, true, ["sign"]),
      publicKey: await publicKey.export(ECDSA, ["verify"]),
    };
    return new TestCertificateAuthority({ name: subject, keys, clock: systemClock }, certPem);
  }

  /** Its key, for whoever keeps it. */
  keyPem(): Promise<string> {
    return pemOf(this.#keys.privateKey);
  }

  /** An authority whose certificate this one has signed. */
  async subordinate(cn: string): Promise<TestCertificateAuthority> {
    const keys = await webcrypto.subtle.generateKey(ECDSA, true, ["sign", "verify"]);
    const now = this.#clock.now();
    const certificate = await X509CertificateGenerator.create({
      serialNumber: serialNumber(),
      issuer: this.#name,
      subject: `CN=${cn}`,
      notBefore: new Date(now - DAY_MS),
      notAfter: new Date(now + 365 * DAY_MS),
      signingAlgorithm: ECDSA,
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
        await AuthorityKeyIdentifierExtension.create(this.#keys.publicKey),
      ],
    });
    return new TestCertificateAuthority({ name: `CN=${cn}`, keys, clock: this.#clock }, certificate.toString("pem"));
  }

  /** Signs a request (PKCS #10) for its own names, both usages and ninety days. */
  async sign(csrPem: string): Promise<string> {
    const request = new Pkcs10CertificateRequest(csrPem);
    const now = this.#clock.now();
    const certificate = await X509CertificateGenerator.create({
      serialNumber: serialNumber(),
      issuer: this.#name,
      subject: request.subjectName,
      notBefore: new Date(now - DAY_MS),
      notAfter: new Date(now + 90 * DAY_MS),
      signingAlgorithm: ECDSA,
      publicKey: request.publicKey,
      signingKey: this.#keys.privateKey,
      extensions: request.extensions,
    });
    return certificate.toString("pem");
  }

  async issue(request: CertificateRequest): Promise<IssuedCertificate> {
    const keys = await newKeys(request.key ?? "ecdsa");
    const now = this.#clock.now();
    const certificate = await X509CertificateGenerator.create({
      serialNumber: serialNumber(),
      issuer: this.#name,
      subject: request.cn === "" ? "" : `CN=${request.cn}`,
      notBefore: request.notBefore ?? new Date(Math.min(now, request.notAfter?.getTime() ?? now) - DAY_MS),
      notAfter: request.notAfter ?? new Date(now + 365 * DAY_MS),
      signingAlgorithm: ECDSA,
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      extensions: await this.#extensionsOf(request, keys),
    });
    return { certPem: certificate.toString("pem"), keyPem: await pemOf(keys.privateKey) };
  }

  async #extensionsOf(request: CertificateRequest, keys: webcrypto.CryptoKeyPair): Promise<Extension[]> {
    const ekus = request.ekus ?? ["server", "client"];
    const names = [
      ...(request.dnsNames ?? []).map((value) => ({ type: "dns" as const, value })),
      ...(request.uris ?? []).map((value) => ({ type: "url" as const, value })),
    ];
    return [
      new BasicConstraintsExtension(false),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(this.#keys.publicKey),
      ...(ekus.length === 0 ? [] : [new ExtendedKeyUsageExtension(ekus.map((eku) => USAGES[eku]))]),
      ...(names.length === 0 ? [] : [new SubjectAlternativeNameExtension(names)]),
    ];
  }
}

function newKeys(kind: NonNullable<CertificateRequest["key"]>): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(KEYS[kind], true, ["sign", "verify"]);
}

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  return PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");
}

/** Positive and not longer than RFC 5280 §4.1.2.2 allows. */
function serialNumber(): string {
  return `01${Buffer.from(webcrypto.getRandomValues(new Uint8Array(15))).toString("hex")}`;
}
