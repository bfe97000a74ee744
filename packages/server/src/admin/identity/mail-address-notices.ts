import type { Notification } from "@interpres/admin-api";
import type { AdminContext } from "../admin-context.ts";
import { mailAddressWarnings } from "./mail-domains.ts";

/** What does not fit together while users are known by their mail address (facts R67, R70). */
export function mailAddressNotices(context: AdminContext): readonly Notification[] {
  const { document } = context.settings.current();
  if (!document.presence.useEmailAddressWhenFederating) return [];
  const routing = mailAddressWarnings(document, context).map(
    ({ message }): Notification => ({
      id: "mail-domains-and-routing-fqdn",
      severity: "warning",
      node: null,
      service: "sip-proxy",
      text: `Federation routing FQDN: ${message}. Set a name in one of these domains.`,
      link: "/service-parameters/sip-proxy",
    }),
  );
  return [...routing, ...unusable(context)];
}

/** Users who have a Mail ID that leads nowhere; one who has none is known by her JID and nothing is wrong. */
function unusable({ accounts, mailAddresses }: AdminContext): readonly Notification[] {
  const standings = accounts.list().map((account) => mailAddresses.standing(account));
  const count = standings.filter((standing) => standing.kind === "jid" && standing.because !== "no-mail-id").length;
  if (count === 0) return [];
  const users = count === 1 ? "1 user has a Mail ID" : `${count} users have Mail IDs`;
  return [
    {
      id: "unusable-mail-ids",
      severity: "warning",
      node: null,
      service: null,
      text: `${users} that cannot be used for federation: foreign domains know them by their JID`,
      link: "/presence-settings/email-impact",
    },
  ];
}
