import { PresenceSettings, PresenceSettingsPatch } from "@interpres/admin-api";
import type { AdminContext } from "../admin-context.ts";
import { withWarnings } from "../federation/edit-federation.ts";
import { type AdminApp, principal } from "../http/authenticate.ts";
import { instantText, parseInstant } from "../http/instant.ts";
import { conflict, invalidInput } from "../http/problem-error.ts";
import type { ClusterSettings } from "../node/cluster-settings.ts";
import { mailAddressWarnings, mailDomainCollisions } from "./mail-domains.ts";
import type { PresenceSection } from "./presence-section.ts";

const tags = ["presence-settings"];
const resource = "presence-settings";

/** `/presence-settings`: addresses for federation, approval among our users, limits. */
export function registerPresenceSettings(app: AdminApp, context: AdminContext): void {
  const stored = () => context.settings.current().document;

  app.get(
    "/presence-settings",
    { config: { access: "auditor" }, schema: { response: { 200: PresenceSettings }, tags } },
    async () => shown(stored().presence),
  );

  app.patch(
    "/presence-settings",
    {
      config: { access: "administrator" },
      schema: { body: PresenceSettingsPatch, response: { 200: PresenceSettings }, tags },
    },
    async (request) => {
      const { document } = await context.settings.change(principal(request).name, (before) => {
        const after = sectionAfter(request.body, before, context);
        const audit = { action: "update", resource, before: shown(before.presence), after: shown(after) };
        return { document: isSame(before.presence, after) ? before : { ...before, presence: after }, audit };
      });
      return withWarnings(shown(document.presence), mailAddressWarnings(document, context));
    },
  );
}

/** The next section; throws what forbids it. */
function sectionAfter(
  { acknowledgeWarning, acceptJidUntil, ...values }: PresenceSettingsPatch,
  document: ClusterSettings,
  context: AdminContext,
): PresenceSection {
  const before = document.presence;
  const until = acceptJidUntil === undefined ? before.acceptJidUntil : instantOf(acceptJidUntil);
  if (until !== null && until !== before.acceptJidUntil && until <= context.clock.now())
    throw invalidInput([{ path: "acceptJidUntil", message: "is in the past" }]);
  const after = { ...before, ...values, acceptJidUntil: until };
  if (after.useEmailAddressWhenFederating && !before.useEmailAddressWhenFederating) {
    refuseCollision(document, context);
    if (acknowledgeWarning !== true) throw unacknowledged();
  }
  return after;
}

function instantOf(text: string | null): number | null {
  const instant = text === null ? null : parseInstant(text);
  if (instant === undefined)
    throw invalidInput([{ path: "acceptJidUntil", message: "is not a date and time of RFC 3339" }]);
  return instant;
}

function refuseCollision(document: ClusterSettings, context: AdminContext): void {
  const [collision] = mailDomainCollisions(document, context);
  if (collision !== undefined) throw conflict("mail-domain-federated", collision);
}

/** Facts R65, R72, R76: whoever switches on has read what happens. */
function unacknowledged(): Error {
  const message =
    "must be true: foreign contacts have to add our users again by mail address, and what they send to a JID is " +
    "dropped from then on. GET presence-settings/email-impact tells whom it touches";
  return conflict("warning-not-acknowledged", { path: "acknowledgeWarning", message });
}

function isSame(one: PresenceSection, other: PresenceSection): boolean {
  return Object.entries(one).every(([name, value]) => other[name as keyof PresenceSection] === value);
}

function shown({ acceptJidUntil, ...section }: PresenceSection): PresenceSettings {
  return { ...section, acceptJidUntil: acceptJidUntil === null ? null : instantText(acceptJidUntil) };
}
