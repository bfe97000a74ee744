import { defaultXmppSettings, type XmppSettings } from "@interpres/xmpp";
import type { PresenceSection } from "./admin/identity/presence-section.ts";

/** What the XMPP server takes from the presence settings. */
export function xmppSettingsOf({
  allowWithoutApproval,
  maxContactListSize,
  maxWatchers,
}: PresenceSection): XmppSettings {
  return {
    ...defaultXmppSettings,
    subscriptionApproval: allowWithoutApproval ? "automatic" : "ask",
    maxContactListSize: maxContactListSize ?? Number.POSITIVE_INFINITY,
    maxWatchers: maxWatchers ?? Number.POSITIVE_INFINITY,
  };
}
