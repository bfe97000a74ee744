import Type from "typebox";

const limit = (description: string) =>
  Type.Union([Type.Integer({ minimum: 1, maximum: 1_000_000 }), Type.Null()], { default: 200, description });

/** Who is known by which address, and who may watch whom (contract §4 `/presence-settings`, facts B2.8). */
export const PresenceSection = Type.Object(
  {
    useEmailAddressWhenFederating: Type.Boolean({
      default: false,
      description: "Foreign domains know users by their mail address instead of their JID",
    }),
    acceptJidUntil: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], {
      default: null,
      description: "Until then a user with a mail address is reached by her JID too; milliseconds since 1970",
    }),
    allowWithoutApproval: Type.Boolean({
      default: false,
      description: "Users of this system see each other without asking; foreign users always ask",
    }),
    maxContactListSize: limit("Contacts a user may have; null = no limit"),
    maxWatchers: limit("Who may see a user's availability, at most; null = no limit"),
  },
  { additionalProperties: false, default: {} },
);
export type PresenceSection = Readonly<Type.Static<typeof PresenceSection>>;
