import Type from "typebox";
import { closed, Instant, nullable, oneOf } from "./closed.ts";
import { FieldProblem } from "./problem.ts";
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

/** Why a user stays known by her JID although mail addresses are used. */
export const fallbackReasons = ["no-mail-id", "not-an-address", "not-unique", "foreign-domain"] as const;

const count = Type.Integer({ minimum: 0 });

/** Whom switching mail addresses on or off touches, from what is the case now. */
export const EmailImpact = Type.Object(
  {
    useEmailAddressWhenFederating: Type.Boolean({ description: "How it is now; the rest tells of switching it over" }),
    users: Type.Object(
      {
        total: count,
        byEmailAddress: Type.Integer({ minimum: 0, description: "Known by a mail address when it is on" }),
        sameAddress: Type.Integer({ minimum: 0, description: "Of these: whose mail address is her JID" }),
        byJid: Type.Integer({ minimum: 0, description: "Known by the JID all the same" }),
      },
      closed,
    ),
    fallingBack: Type.Array(
      Type.Object({ jid: Type.String(), mailId: nullable(Type.String()), because: oneOf(fallbackReasons) }, closed),
      { description: "The first 1000 of users.byJid" },
    ),
    subscriptions: Type.Object(
      {
        outbound: Type.Integer({
          minimum: 0,
          description: "Begun anew under the other address; the contact may be asked",
        }),
        inbound: Type.Integer({ minimum: 0, description: "Ended: the watcher has to add the user again" }),
      },
      closed,
    ),
    imSessions: Type.Integer({ minimum: 0, description: "Ended, and opened anew with the next message" }),
    peers: Type.Array(
      Type.Object({ domain: Type.String(), outbound: count, inbound: count, imSessions: count }, closed),
    ),
    mailDomains: Type.Array(
      Type.Object(
        {
          domain: Type.String(),
          users: count,
          isFederated: Type.Boolean({ description: "A foreign domain too: one of the two has to go first" }),
          records: Type.Array(Type.String({ description: "A line for the zone file of the domain" })),
        },
        closed,
      ),
    ),
    problems: Type.Array(FieldProblem, { description: "What does not fit together with mail addresses in use" }),
  },
  closed,
);
export type EmailImpact = Readonly<Type.Static<typeof EmailImpact>>;
