import Type from "typebox";
import { closed, Instant, nullable, oneOf } from "./closed.ts";
import { FieldProblem } from "./problem.ts";

const attribute = (byDefault: string, description: string) =>
  Type.String({
    pattern: "^([A-Za-z][A-Za-z0-9-]*|[0-9]+(\\.[0-9]+)+)(;[A-Za-z0-9-]+)*$",
    maxLength: 128,
    default: byDefault,
    description,
  });

/** Which attributes (RFC 4512 §2.5) of an entry mean what. */
export const DirectoryAttributes = Type.Object(
  {
    localPart: attribute("uid", "What stands before the @ of the user's JID; sAMAccountName in Active Directory"),
    displayName: attribute("displayName", "The user's name for people"),
    mailId: attribute("mail", "The user's address in the mail domain"),
    key: attribute("entryUUID", "What never changes as long as the entry lives; objectGUID in Active Directory"),
    disabled: Type.Union(
      [
        Type.Null(),
        Type.Object(
          {
            attribute: attribute("userAccountControl", "Tells whether the user is disabled there"),
            bits: Type.Union([Type.Null(), Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1 })], {
              default: null,
              description:
                "Disabled when one of these bits is set (userAccountControl: 2); null: when the value is TRUE",
            }),
          },
          closed,
        ),
      ],
      { default: null, description: "Null: whoever the filter finds is enabled" },
    ),
  },
  { ...closed, default: {} },
);
export type DirectoryAttributes = Readonly<Type.Static<typeof DirectoryAttributes>>;

const settings = {
  enabled: Type.Boolean({ default: false, description: "Whether users come from this directory" }),
  url: Type.String({ maxLength: 1024, default: "", description: "ldaps://host[:636] or ldap://host[:389]" }),
  startTls: Type.Boolean({
    default: false,
    description: "Secures an ldap:// connection before anything is said on it",
  }),
  authorityPem: Type.String({
    maxLength: 262_144,
    default: "",
    description: "Certificates that sign the directory's certificate, PEM; empty: our trusted certificates do",
  }),
  bindDn: Type.String({ maxLength: 2048, default: "", description: "Who we are there; empty: nobody in particular" }),
  base: Type.String({ maxLength: 2048, default: "", description: "Where in the tree users stand" }),
  filter: Type.String({
    minLength: 1,
    maxLength: 4096,
    default: "(objectClass=inetOrgPerson)",
    description: "Which entries are users (RFC 4515)",
  }),
  domain: Type.String({ maxLength: 255, default: "", description: "The local domain the users get" }),
  attributes: DirectoryAttributes,
  pageSize: Type.Integer({
    minimum: 1,
    maximum: 1000,
    default: 500,
    description: "Entries asked for at a time (RFC 2696)",
  }),
  syncIntervalMinutes: Type.Integer({
    minimum: 0,
    maximum: 10_080,
    default: 0,
    description: "Minutes from one synchronisation to the next, more or less a tenth; 0: only by hand",
  }),
  deleteVanishedAfterDays: Type.Union([Type.Null(), Type.Integer({ minimum: 0, maximum: 3650 })], {
    default: null,
    description: "Users whose entry is gone are disabled, and after so many days deleted; null: never deleted",
  }),
};

/** Where users come from besides those added here, as it is stored; everything but the password. */
export const DirectorySettings = Type.Object(settings, { ...closed, default: {} });
export type DirectorySettings = Readonly<Type.Static<typeof DirectorySettings>>;

/** `/directory` as a reader sees it. */
export const Directory = Type.Object(
  {
    ...settings,
    hasPassword: Type.Boolean({ description: "Whether a password for bindDn is kept; it is never shown" }),
  },
  closed,
);
export type Directory = Readonly<Type.Static<typeof Directory>>;

/**
 * Replaces the whole; what is left away gets its default. Without a password the one kept stays, as long as url and bindDn
 * do.
 */
export const DirectoryInput = Type.Object(
  {
    ...Type.Partial(Type.Object(settings)).properties,
    password: Type.Optional(Type.String({ minLength: 1, maxLength: 1024, description: "Write only" })),
    hasPassword: Type.Optional(Type.Boolean({ description: "What a reader was shown; not written" })),
  },
  closed,
);
export type DirectoryInput = Readonly<Type.Static<typeof DirectoryInput>>;

export const directoryPath = "/directory";

/** What a synchronisation does with one user. */
export const directoryActions = ["add", "change", "disable", "enable", "delete"] as const;
export type DirectoryAction = (typeof directoryActions)[number];

const count = Type.Integer({ minimum: 0 });

export const DirectoryCounts = Type.Object(
  {
    entries: count,
    add: count,
    change: count,
    disable: count,
    enable: count,
    delete: count,
    unchanged: count,
    problems: count,
  },
  closed,
);
export type DirectoryCounts = Readonly<Type.Static<typeof DirectoryCounts>>;

/** One user the synchronisation touches; the differences say what, old and new. */
export const DirectoryChange = Type.Object(
  {
    action: oneOf(directoryActions),
    jid: Type.String(),
    dn: Type.String(),
    differences: Type.Array(
      Type.Object({ field: Type.String(), before: nullable(Type.String()), after: nullable(Type.String()) }, closed),
    ),
  },
  closed,
);
export type DirectoryChange = Readonly<Type.Static<typeof DirectoryChange>>;

/** An entry that could not become a user, or not as it says of itself. */
export const EntryProblem = Type.Object({ dn: Type.String(), reason: Type.String() }, closed);
export type EntryProblem = Readonly<Type.Static<typeof EntryProblem>>;

/** One synchronisation, under way or over. */
export const DirectoryRun = Type.Object(
  {
    mode: oneOf(["apply", "dry-run"], { description: "dry-run: shows what would be done" }),
    actor: Type.String({ description: "Who asked for it; system: the schedule" }),
    state: oneOf(["reading", "applying", "done", "failed"]),
    startedAt: Instant,
    finishedAt: nullable(Instant),
    counts: DirectoryCounts,
    applied: Type.Integer({ minimum: 0, description: "Users written so far" }),
    changes: Type.Array(DirectoryChange, { description: "The first of them; counts has them all" }),
    problems: Type.Array(EntryProblem, { description: "The first of them; counts has them all" }),
    failure: nullable(FieldProblem),
  },
  closed,
);
export type DirectoryRun = Readonly<Type.Static<typeof DirectoryRun>>;

/** The run under way or, when there is none, the last one; null before the first. */
export const DirectoryStatus = Type.Object({ run: nullable(DirectoryRun) }, closed);
export type DirectoryStatus = Readonly<Type.Static<typeof DirectoryStatus>>;

export const DirectorySyncInput = Type.Object(
  {
    dryRun: Type.Boolean({ default: false }),
    acceptVanished: Type.Boolean({
      default: false,
      description: "Goes on although most of the users are not in the directory any more",
    }),
  },
  { ...closed, default: {} },
);
export type DirectorySyncInput = Readonly<Partial<Type.Static<typeof DirectorySyncInput>>>;

export const directorySyncPath = "/directory/sync";
