import type { Service } from "@interpres/runtime";
import type { AccountDirectory, PasswordKeeper } from "@interpres/xmpp";
import { mailDomainProblem } from "./admin/identity/mail-domains.ts";
import { DirectoryPasswords } from "./directory/directory-passwords.ts";
import { DIRECTORY_SECRET, passwordFor } from "./directory/directory-secret.ts";
import type { DirectoryAccess } from "./directory/directory-source.ts";
import { DirectorySync } from "./directory/directory-sync.ts";
import { LdapSource } from "./directory/ldap-source.ts";
import { SyncSchedule } from "./directory/sync-schedule.ts";
import type { NodeParts } from "./node-parts.ts";
import { directorySyncService } from "./services/directory-sync.ts";

/** Checks passwords at the directory. `accounts` is asked when a user signs in: it is made after this. */
export function composePasswordKeeper(parts: NodeParts, accounts: () => AccountDirectory): PasswordKeeper {
  const { log, metrics, clock } = parts;
  const find: AccountDirectory["find"] = (user) => accounts().find(user);
  const source = new LdapSource({ clock });
  return new DirectoryPasswords({ log, metrics, source, accounts: { find }, access: accessTo(parts) });
}

/** The synchronisation and its schedule. */
export function composeDirectory(
  parts: NodeParts,
  accounts: AccountDirectory,
): { readonly sync: DirectorySync; readonly service: Service } {
  const { clock, log, random, running, store, accountTurns } = parts;
  const sync = new DirectorySync({
    clock,
    log,
    accounts,
    accountTurns,
    source: new LdapSource({ clock }),
    access: accessTo(parts),
    accountTable: store.accounts,
    runs: store.directoryRuns,
    mailDomainProblem: (domain) => mailDomainProblem(domain, store.settings.current().document),
  });
  // One node yet, so it is this one.
  const isPublisher = () => true;
  const schedule = new SyncSchedule({ clock, random, sync, isPublisher, settings: () => running.current().directory });
  running.onChange(({ directory }, previous) => {
    if (directory !== previous.directory) void schedule.settingsChanged();
  });
  return { sync, service: directorySyncService({ sync, schedule }) };
}

function accessTo({ running, store }: NodeParts): () => Promise<DirectoryAccess> {
  return async () => {
    const settings = running.current().directory;
    const password = passwordFor(settings, await store.secrets.find(DIRECTORY_SECRET));
    return { settings, password, trustedPem: store.certificates.trusted().map(({ pem }) => pem) };
  };
}
