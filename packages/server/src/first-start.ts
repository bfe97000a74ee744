import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createAuthority } from "@interpres/federation";
import type { Clock, Random } from "@interpres/runtime";
import type { AdministratorTable, ApiTokenTable, AuditEntry, CertificateTable } from "@interpres/store";
import { hashAdministratorPassword } from "./admin/account/password-hash.ts";
import { hashSecret } from "./admin/account/secrets.ts";
import {
  AUTHORITY,
  authorityOf,
  issueOwn,
  type WantedCertificate,
  wantedCertificates,
} from "./admin/trust/own-authority.ts";
import type { NodeSettings } from "./settings.ts";

/** What the first start made, for the terminal. */
export interface FirstStart {
  readonly administrator: string;
  /** Only where nobody had given one. */
  readonly printedPassword: string | undefined;
}

interface Ports {
  readonly certificates: CertificateTable;
  readonly administrators: AdministratorTable;
  readonly apiTokens: ApiTokenTable;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Fills an empty database: our certificate authority, a certificate for each purpose, the first administrator. On later
 * starts it completes what is missing and answers undefined when there already was an administrator.
 */
export async function firstStart(settings: NodeSettings, ports: Ports): Promise<FirstStart | undefined> {
  await ensureCertificates(settings, ports);
  writeFileSync(join(settings.dataDirectory, "ca.pem"), authorityOf(ports.certificates).chainPem);
  if ((await ports.administrators.list()).length > 0) return undefined;
  const { name, password } = settings.bootstrap.administrator;
  const chosen = password ?? randomBytes(12).toString("base64url");
  const passwordHash = await hashAdministratorPassword(chosen, ports.random);
  await ports.administrators.add(
    { name, role: "administrator", passwordHash, createdAt: ports.clock.now() },
    created(`administrators/${name}`),
  );
  await addBootstrapToken(settings, ports);
  return { administrator: name, printedPassword: password === null ? chosen : undefined };
}

/** Octets that stay the same for the life of the installation and that nobody else knows. */
export function installationSecret(certificates: CertificateTable): Uint8Array {
  return Buffer.from(authorityOf(certificates).keyPem);
}

async function ensureCertificates(settings: NodeSettings, ports: Ports): Promise<void> {
  const { certificates } = ports;
  if (certificates.own(AUTHORITY) === undefined) {
    const made = await createAuthority(settings.node.fqdn, ports);
    await certificates.putOwn(
      AUTHORITY,
      { chainPem: made.certificatePem, keyPem: made.keyPem },
      created("certificates/own/authority"),
    );
  }
  const wanted = wantedCertificates(settings.node.fqdn, [settings.bootstrap.localDomain]);
  const missing = wanted.filter(({ purpose }) => certificates.own(purpose) === undefined);
  await Promise.all(missing.map((each) => issue(each, ports)));
}

/** A fixed token for automation, stored like any other from here on. */
async function addBootstrapToken({ bootstrap }: NodeSettings, { apiTokens, clock, random }: Ports): Promise<void> {
  if (bootstrap.apiToken === null) return;
  const id = random.token();
  const token = { id, name: "bootstrap", role: "administrator", hash: hashSecret(bootstrap.apiToken) } as const;
  await apiTokens.add({ ...token, createdBy: "system", createdAt: clock.now() }, created(`tokens/${id}`));
}

async function issue({ purpose, ...subject }: WantedCertificate, ports: Ports): Promise<void> {
  const made = await issueOwn(subject, ports);
  await ports.certificates.putOwn(purpose, made, created(`certificates/own/${purpose}`));
}

function created(resource: string): AuditEntry {
  return { actor: "system", action: "create", resource };
}
