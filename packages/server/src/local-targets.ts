import type { LocalAddressee, LocalTargets } from "@interpres/federation";
import type { Addressee, MailIdentities } from "@interpres/interworking";
import { unescapeUri } from "@interpres/sip";
import { escapeLocal, makeBare } from "@interpres/xmpp";

const account: LocalAddressee = { kind: "account" };
const nobody: LocalAddressee = { kind: "nobody" };

/** Who is at home here, for admission: answered from the accounts in memory. */
export function localTargets(ports: {
  readonly domains: () => readonly string[];
  readonly identities: MailIdentities;
}): LocalTargets {
  const { domains, identities } = ports;
  return {
    isLocalDomain: (text) => {
      const domain = text.toLowerCase();
      return domains().includes(domain) || identities.servesMailDomain(domain);
    },
    addressee: (uri) => {
      const name = uri.user === undefined ? undefined : unescapeUri(uri.user);
      const local = name === undefined ? undefined : escapeLocal(name);
      const address = local === undefined ? undefined : makeBare(local, uri.host);
      return address === undefined ? nobody : forAdmission(identities.addressee(address));
    },
  };
}

function forAdmission(addressee: Addressee): LocalAddressee {
  switch (addressee.kind) {
    case "user":
      return account;
    case "nobody":
      return nobody;
    case "other-address":
      return { kind: "other-address", user: addressee.user.toString() };
  }
}
