import type { LocalTargets } from "@interpres/federation";
import { unescapeUri } from "@interpres/sip";
import { type AccountDirectory, escapeLocal, makeBare } from "@interpres/xmpp";

/** Who is at home here, for admission: answered from the accounts in memory. */
export function localTargets(ports: {
  readonly domains: () => readonly string[];
  readonly accounts: AccountDirectory;
}): LocalTargets {
  const isLocalDomain = (domain: string): boolean => ports.domains().includes(domain.toLowerCase());
  return {
    isLocalDomain,
    accountExists: (uri) => {
      const user = uri.user === undefined ? undefined : unescapeUri(uri.user);
      const local = user === undefined ? undefined : escapeLocal(user);
      const jid = local === undefined ? undefined : makeBare(local, uri.host);
      return jid !== undefined && ports.accounts.exists(jid);
    },
  };
}
