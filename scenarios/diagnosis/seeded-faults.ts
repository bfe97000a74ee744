import { TestCertificateAuthority } from "@interpres/testkit";
import type { Fault } from "./faulty-peer.ts";

/** One thing wrong with a peer, and what the doctor says of it. */
export interface Seeded {
  readonly name: string;
  readonly fault: () => Promise<Fault> | Fault;
  readonly outcome?: "warned" | "failed";
  readonly step: string;
  readonly seen: RegExp;
  readonly remedy: RegExp;
  /** What can be ordered here, beside the words. */
  readonly repair?: string;
  /** What is asked of the other administrator. */
  readonly asks?: RegExp;
  /** Steps behind it that are looked at all the same. */
  readonly goesOn?: readonly string[];
}

const OLD_TLS = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" } as const;
const DAY_MS = 86_400_000;
const YESTERDAY = new Date(Date.now() - DAY_MS);
const TOMORROW = new Date(Date.now() + DAY_MS);

export const SEEDED: readonly Seeded[] = [
  {
    name: "no SRV record",
    fault: () => ({ record: "missing" }),
    step: "route",
    seen: /_sipfederationtls/,
    remedy: /publish the SRV record/,
    repair: "add-route",
    asks: /Publish the SRV record/,
  },
  {
    name: "an SRV record to a host without address",
    fault: () => ({ record: "to-nowhere" }),
    step: "addresses",
    seen: /none/,
    remedy: /host without a public address/,
    asks: /Publish an address/,
  },
  {
    name: "an SRV record to a host that is somebody else",
    fault: () => ({ certificate: { cn: "sip.contoso.example", dnsNames: ["sip.contoso.example"] } }),
    step: "names",
    seen: /sip\.contoso\.example; wanted: .*d[0-9a-f]{8}\.example/,
    remedy: /name the host of the certificate/,
    repair: "bind-subject",
    asks: /SRV record name the host of your certificate/,
  },
  {
    name: "a closed port",
    fault: () => ({ port: "closed" }),
    step: "connection",
    seen: /ECONNREFUSED/,
    remedy: /open the port/,
    asks: /Open the port/,
  },
  {
    name: "no common TLS version",
    fault: () => ({ tls: OLD_TLS }),
    step: "tls",
    seen: /they would take TLSv1\.1/,
    remedy: /widen versions/,
    asks: /allow a TLS version/,
  },
  {
    name: "an authority we do not trust",
    fault: async () => ({ authority: await TestCertificateAuthority.create("Unknown CA") }),
    step: "chain",
    seen: /UNABLE_TO/,
    remedy: /import the certificate of the authority/,
    repair: "trust-certificate",
    asks: /Send us the certificate of the authority/,
  },
  {
    name: "an authority between that we trust without its root",
    fault: async () => {
      const root = await TestCertificateAuthority.create("Their root");
      return {
        authority: await root.subordinate("Their issuing CA"),
        imports: "authority",
        presents: "with-authority",
      };
    },
    outcome: "warned",
    step: "chain",
    seen: /signed by .*Their issuing CA.*, below a root that is not trusted/,
    remedy: /import the root/,
    asks: /Send us the certificate of the authority/,
    goesOn: ["options", "subscribe"],
  },
  {
    name: "an authority of ours that they do not trust",
    fault: async () => ({ trusts: (await TestCertificateAuthority.create("Their CA")).certPem }),
    step: "options",
    seen: /closed instead of an answer: closed by the peer/,
    remedy: /import our authority/,
    asks: /trust the authority of our certificate/,
  },
  {
    name: "an expired certificate",
    fault: () => ({ certificate: { notAfter: YESTERDAY } }),
    step: "validity",
    seen: /CERT_HAS_EXPIRED/,
    remedy: /renew/,
    asks: /Renew your certificate/,
  },
  {
    name: "a certificate for servers only",
    fault: () => ({ certificate: { ekus: ["server"] } }),
    step: "usages",
    seen: /1\.3\.6\.1\.5\.5\.7\.3\.1/,
    remedy: /server and client authentication/,
    asks: /server and client authentication/,
  },
  {
    name: "a wrong common name",
    fault: () => ({ certificate: { cn: "wrong.example" } }),
    step: "subject",
    seen: /wrong\.example/,
    remedy: /select it in the context/,
    repair: "select-subject",
    asks: /name of your server's certificate/,
  },
  {
    name: "a subject that is defined and not selected",
    fault: () => ({ subject: "defined" }),
    step: "subject",
    seen: /is defined but not selected/,
    remedy: /select it in the context/,
    repair: "select-subject",
  },
  {
    name: "no entry of the access list for an address without TLS",
    fault: () => ({ over: "tcp" }),
    step: "access-list",
    seen: /d[0-9a-f]{8}\.example from 127\.0\.0\.1; wanted: an entry of the incoming access list/,
    remedy: /add one for its host or address/,
    repair: "allow-access",
    goesOn: ["options", "subscribe"],
  },
  {
    name: "a clock an hour ahead",
    fault: () => ({ answer: { status: 200, headers: [["Date", new Date(Date.now() + 3_600_000).toUTCString()]] } }),
    step: "clock",
    seen: /theirs .*, ours /,
    remedy: /NTP/,
    asks: /Compare your clock/,
    goesOn: ["subscribe"],
  },
  {
    name: "a clock of the day before our certificate",
    fault: () => ({ answer: { status: 200, headers: [["Date", new Date(Date.now() - 2 * DAY_MS).toUTCString()]] } }),
    step: "clock",
    seen: /by theirs our certificate is not of today/,
    remedy: /NTP/,
    goesOn: ["subscribe"],
  },
  {
    name: "a certificate of tomorrow: a clock is wrong",
    fault: () => ({ certificate: { notBefore: TOMORROW } }),
    step: "validity",
    seen: /CERT_NOT_YET_VALID/,
    remedy: /set the clock that is wrong/,
    asks: /unless your clock or ours is wrong/,
  },
  {
    name: "a peer that answers 403",
    fault: () => ({
      answer: {
        status: 403,
        headers: [["ms-diagnostics-public", '1017;reason="Cannot route From and To domains";source="sip.x.example"']],
      },
    }),
    step: "options",
    seen: /403 .*ms-diagnostics 1017 from sip\.x\.example: Cannot route .*they do not route between these two domains/,
    remedy: /list our domain/,
    asks: /Allow our domain/,
    goesOn: ["clock", "subscribe"],
  },
  {
    name: "a peer that throttles us",
    fault: () => ({ answer: { status: 503, headers: [["Retry-After", "60"]] } }),
    step: "options",
    seen: /503 .*Retry-After 60/,
    remedy: /hold us back/,
    goesOn: ["clock", "subscribe"],
  },
  {
    name: "a peer that throttles us as HTTP does",
    fault: () => ({ answer: { status: 429 } }),
    step: "options",
    seen: /429 /,
    remedy: /hold us back/,
    goesOn: ["clock", "subscribe"],
  },
  {
    name: "a peer that lets us wait for each answer",
    fault: () => ({ answer: { status: 200, afterMs: 2300 } }),
    outcome: "warned",
    step: "options",
    seen: /200 OK to OPTIONS; after 2\.\d s/,
    remedy: /hold us back/,
    goesOn: ["clock", "subscribe"],
  },
];
