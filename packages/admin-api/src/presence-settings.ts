import Type from "typebox";
import { closed, Instant, nullable } from "./closed.ts";

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
