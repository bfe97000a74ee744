import Type from "typebox";
import { closed, Instant, nullable } from "./closed.ts";
import { resource } from "./resource.ts";

const limit = (description: string) => nullable(Type.Integer({ minimum: 1, maximum: 1_000_000, description }));

const fields = {
  useEmailAddressWhenFederating: Type.Boolean({ description: "Foreign domains know users by their mail address" }),
  acceptJidUntil: Type.Union([Instant, Type.Null()], {
    description: "Until then a user with a mail address is reached by her JID too; null: never",
  }),
  allowWithoutApproval: Type.Boolean({ description: "Users of this system see each other without asking" }),
  maxContactListSize: limit("Contacts a user may have; null: no limit"),
  maxWatchers: limit("Who may see a user's availability, at most; null: no limit"),
};

/** Who is known by which address, and who may watch whom. */
export const PresenceSettings = Type.Object(fields, closed);
export type PresenceSettings = Readonly<Type.Static<typeof PresenceSettings>>;

/** What is not named stays. */
export const PresenceSettingsPatch = Type.Object(
  {
    ...Type.Partial(PresenceSettings).properties,
    acknowledgeWarning: Type.Optional(
      Type.Boolean({ description: "Needed to switch mail addresses on: whom it touches stands in email-impact" }),
    ),
  },
  closed,
);
export type PresenceSettingsPatch = Readonly<Type.Static<typeof PresenceSettingsPatch>>;

export const presenceSettingsPath = "/presence-settings";

/** What a foreign sender sent to addresses by which a user is not known abroad; the user did not hear of it. */
export const EmailDrop = Type.Object(
  {
    sender: Type.String({ description: "Address of the foreign user" }),
    peer: Type.String({ description: "Foreign domain" }),
    user: Type.String({ description: "The local user it was meant for, bare JID" }),
    addressed: Type.String({ description: "Address that was used last" }),
    method: Type.String({ description: "Method of the last request" }),
    count: Type.Integer({ minimum: 1 }),
    firstAt: Instant,
    lastAt: Instant,
  },
  closed,
);
export type EmailDrop = Readonly<Type.Static<typeof EmailDrop>>;
export const emailDrops = resource<EmailDrop>("/presence-settings/email-drops");
