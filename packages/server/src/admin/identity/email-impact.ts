import { EmailImpact } from "@interpres/admin-api";
import { federationRecordText } from "@interpres/federation";
import type { AccountRecord } from "@interpres/xmpp";
import type { AdminContext } from "../admin-context.ts";
import type { AdminApp } from "../http/authenticate.ts";
import type { ClusterSettings } from "../node/cluster-settings.ts";
import { federatedMailDomains, federationFqdn, mailAddressWarnings, mailDomainCollisions } from "./mail-domains.ts";

/** More than anybody reads; the number of all stands beside it. */
const MOST_SHOWN = 1000;
const XMPP_SERVER_PORT = 5269;

/** `/presence-settings/email-impact`: whom switching mail addresses on or off touches (facts R65). */
export function registerEmailImpact(app: AdminApp, context: AdminContext): void {
  app.get(
    "/presence-settings/email-impact",
    { config: { access: "auditor" }, schema: { response: { 200: EmailImpact }, tags: ["presence-settings"] } },
    async () => emailImpact(context),
  );
}

function emailImpact(context: AdminContext): EmailImpact {
  const { document } = context.settings.current();
  const users = usersByStanding(context);
  return {
    useEmailAddressWhenFederating: document.presence.useEmailAddressWhenFederating,
    users: {
      total: context.accounts.list().length,
      byEmailAddress: users.moving.size + users.same,
      sameAddress: users.same,
      byJid: users.fallingBack.length,
    },
    fallingBack: users.fallingBack.slice(0, MOST_SHOWN),
    ...traffic(users.moving, context),
    mailDomains: mailDomains(document, context),
    problems: problemsWhenOn(document, context),
  };
}

interface Standings {
  /** Bare JIDs of those whose address becomes another. */
  readonly moving: ReadonlySet<string>;
  readonly same: number;
  readonly fallingBack: EmailImpact["fallingBack"];
}

function usersByStanding({ accounts, mailAddresses }: AdminContext): Standings {
  const moving = new Set<string>();
  const fallingBack: EmailImpact["fallingBack"] = [];
  let same = 0;
  for (const account of accounts.list()) {
    const standing = mailAddresses.standing(account);
    if (standing.kind === "jid") fallingBack.push(fallback(account, standing.because));
    else if (standing.address.jid.toString() === account.jid) same += 1;
    else moving.add(account.jid);
  }
  return { moving, same, fallingBack };
}

function fallback(
  { jid, mailId }: AccountRecord,
  because: EmailImpact["fallingBack"][number]["because"],
): EmailImpact["fallingBack"][number] {
  return { jid, mailId: mailId ?? null, because };
}

/** What goes on now in a name that will be another. */
function traffic(
  moving: ReadonlySet<string>,
  { live }: AdminContext,
): Pick<EmailImpact, "subscriptions" | "imSessions" | "peers"> {
  const subscriptions = live.subscriptions().filter(({ user }) => moving.has(user));
  const sessions = live.imSessions().filter(({ user }) => moving.has(user));
  const ofDirection = (wanted: "inbound" | "outbound", peer?: string) =>
    subscriptions.filter((each) => each.direction === wanted && (peer === undefined || each.peer === peer)).length;
  const domains = [...new Set([...subscriptions, ...sessions].map(({ peer }) => peer))].sort();
  return {
    subscriptions: { outbound: ofDirection("outbound"), inbound: ofDirection("inbound") },
    imSessions: sessions.length,
    peers: domains.map((domain) => ({
      domain,
      outbound: ofDirection("outbound", domain),
      inbound: ofDirection("inbound", domain),
      imSessions: sessions.filter(({ peer }) => peer === domain).length,
    })),
  };
}

/** Each needs the records of facts R71. */
function mailDomains(document: ClusterSettings, context: AdminContext): EmailImpact["mailDomains"] {
  const federated = new Set(federatedMailDomains(document, context));
  const fqdn = federationFqdn(document, context);
  return [...context.mailAddresses.domains()].sort().map(([domain, users]) => ({
    domain,
    users,
    isFederated: federated.has(domain),
    records: [
      federationRecordText(domain, { host: fqdn, port: context.sipTlsPort() }),
      `_xmpp-server._tcp.${domain}. IN SRV 0 0 ${XMPP_SERVER_PORT} ${fqdn}.`,
    ],
  }));
}

function problemsWhenOn(document: ClusterSettings, context: AdminContext): EmailImpact["problems"] {
  const on = { ...document, presence: { ...document.presence, useEmailAddressWhenFederating: true } };
  return [...mailDomainCollisions(document, context), ...mailAddressWarnings(on, context)];
}
