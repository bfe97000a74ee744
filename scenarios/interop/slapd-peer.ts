import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import type { IssuedCertificate } from "@interpres/testkit";
import { eventually } from "../harness/eventually.ts";
import { freePorts, missingPeers, PeerProcess, peerFolder } from "../harness/peers.ts";

export const SUFFIX = "dc=corp,dc=example";
export const READER = `cn=reader,${SUFFIX}`;
export const READER_PASSWORD = "reader-password-of-slapd";
const ROOT = `cn=root,${SUFFIX}`;
const ROOT_PASSWORD = "root";
/** What the reader gets without asking for pages. */
export const UNPAGED_LIMIT = 100;

const TREE = `dn: ${SUFFIX}
objectClass: dcObject
objectClass: organization
dc: corp
o: Corp

dn: ou=people,${SUFFIX}
objectClass: organizationalUnit
ou: people

dn: ou=leavers,${SUFFIX}
objectClass: organizationalUnit
ou: leavers

dn: ${READER}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: reader
userPassword: ${READER_PASSWORD}
`;

/** Why the tests with a real directory must be skipped. */
export function missingSlapd(): string | false {
  return missingPeers("slapd", "slapadd", "ldapmodify");
}

/** OpenLDAP's server in a folder of its own, on loopback: ldap (with STARTTLS) and ldaps. */
export class SlapdPeer {
  readonly port: number;
  readonly securePort: number;
  readonly #folder: ReturnType<typeof peerFolder>;
  #process: PeerProcess | undefined;

  private constructor(folder: ReturnType<typeof peerFolder>, [port = 0, securePort = 0]: readonly number[]) {
    this.#folder = folder;
    this.port = port;
    this.securePort = securePort;
  }

  /** Loads the entries, LDIF text, below a tree with people and leavers, then serves them. */
  static async start(options: { readonly certificate: IssuedCertificate; readonly ldif: string }): Promise<SlapdPeer> {
    const folder = peerFolder();
    const slapd = new SlapdPeer(folder, await freePorts(2));
    mkdirSync(join(folder.path, "database"));
    writeFileSync(join(folder.path, "certificate.pem"), options.certificate.certPem);
    writeFileSync(join(folder.path, "key.pem"), options.certificate.keyPem);
    writeFileSync(slapd.#config, configuration(folder.path));
    writeFileSync(join(folder.path, "entries.ldif"), `${TREE}\n${options.ldif}`);
    execFileSync("/usr/sbin/slapadd", ["-q", "-f", slapd.#config, "-l", join(folder.path, "entries.ldif")], {
      stdio: "pipe",
    });
    await slapd.serve();
    return slapd;
  }

  /** Starts it, again after `stop`. */
  async serve(): Promise<void> {
    const listeners = `ldap://127.0.0.1:${this.port}/ ldaps://127.0.0.1:${this.securePort}/`;
    const log = join(this.#folder.path, "slapd.log");
    const command = ["/usr/sbin/slapd", "-f", this.#config, "-h", listeners, "-d", "stats"];
    this.#process = new PeerProcess(command, { log });
    await eventually(() => this.#answers());
  }

  async stop(): Promise<void> {
    await this.#process?.stop();
  }

  async remove(): Promise<void> {
    await this.stop();
    this.#folder.remove();
  }

  /** What it says of the operations it did. */
  get output(): string {
    return this.#process?.output ?? "";
  }

  /** Changes entries by LDIF (RFC 2849), with the tool that comes with it. */
  modify(ldif: string): void {
    const url = `ldap://127.0.0.1:${this.port}/`;
    execFileSync("/usr/bin/ldapmodify", ["-x", "-H", url, "-D", ROOT, "-w", ROOT_PASSWORD], {
      input: ldif,
      stdio: "pipe",
    });
  }

  get #config(): string {
    return join(this.#folder.path, "slapd.conf");
  }

  #answers(): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.port, "127.0.0.1");
      socket.once("connect", () => {
        socket.destroy();
        resolve();
      });
      socket.once("error", (error) => reject(new Error(`${error.message}\n${this.output}`)));
    });
  }
}

/** Entries of people as OpenLDAP has them; the password of each is `password of UID`. */
export function person(uid: string, more: Readonly<Record<string, string>> = {}): string {
  const attributes = { cn: uid, sn: uid, uid, userPassword: `password of ${uid}`, ...more };
  const lines = Object.entries(attributes).map(([name, value]) => `${name}: ${value}`);
  return [`dn: uid=${uid},ou=people,${SUFFIX}`, "objectClass: inetOrgPerson", ...lines, "", ""].join("\n");
}

/** An entry as a change that adds it. */
export function added(entry: string): string {
  return entry.replace("\n", "\nchangetype: add\n");
}

/** The reader meets the limits that directories set to those who do not ask for pages. */
function configuration(folder: string): string {
  return `include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
include /etc/ldap/schema/nis.schema
include /etc/ldap/schema/msuser.schema
objectclass ( 1.3.6.1.4.1.4203.666.7.1 NAME 'accountNames' SUP top AUXILIARY
  MAY ( sAMAccountName $ userAccountControl $ objectGUID ) )
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile ${folder}/slapd.pid
TLSCertificateFile ${folder}/certificate.pem
TLSCertificateKeyFile ${folder}/key.pem
database mdb
suffix "${SUFFIX}"
rootdn "${ROOT}"
rootpw ${ROOT_PASSWORD}
directory ${folder}/database
limits dn.exact="${READER}" size.soft=${UNPAGED_LIMIT} size.hard=${UNPAGED_LIMIT} size.prtotal=unlimited
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="${READER}" read by * none
`;
}
