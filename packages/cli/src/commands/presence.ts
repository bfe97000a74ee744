import {
  type EmailDrop,
  type EmailImpact,
  emailDrops,
  type PresenceSettings,
  type PresenceSettingsPatch,
  presenceSettingsPath,
  type UserNotice,
  userNoticePath,
} from "@interpres/admin-api";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Io } from "../io.ts";
import type { Column } from "../render.ts";
import { CommandSession } from "../session.ts";

const DROPS: readonly Column<EmailDrop>[] = [
  { heading: "LAST", cell: ({ lastAt }) => lastAt },
  { heading: "SENDER", cell: ({ sender }) => sender },
  { heading: "USER", cell: ({ user }) => user },
  { heading: "ADDRESSED", cell: ({ addressed }) => addressed },
  { heading: "METHOD", cell: ({ method }) => method },
  { heading: "COUNT", cell: ({ count }) => String(count) },
];

interface SetOptions {
  readonly email?: "on" | "off";
  readonly acknowledgeWarning?: true;
  readonly acceptJidUntil?: string;
  readonly withoutApproval?: "on" | "off";
  readonly maxContacts?: number | "none";
  readonly maxWatchers?: number | "none";
}

interface DropOptions {
  readonly user?: string;
  readonly peer?: string;
}

/** `presence show|set|impact|drops|notice`: addresses for federation, approval and limits. */
export function addPresenceCommands(program: Command, io: Io): void {
  const presence = program.command("presence").description("addresses for federation, approval, limits");
  const sessionOf = (command: Command) => new CommandSession(command, io);
  presence
    .command("show")
    .description("the settings as they are")
    .action((_options: unknown, command: Command) => show(sessionOf(command)));
  addSet(presence, io);
  presence
    .command("impact")
    .description("whom switching e-mail addresses over touches")
    .action((_options: unknown, command: Command) => impact(sessionOf(command)));
  presence
    .command("drops")
    .description("who still writes to a JID that is not in use abroad, newest first")
    .option("--user <jid>", "to this user")
    .option("--peer <domain>", "from this domain or address")
    .action((options: DropOptions, command: Command) => drops(options, sessionOf(command)));
  presence
    .command("notice")
    .description("a letter to our users about their address abroad")
    .action((_options: unknown, command: Command) => notice(sessionOf(command)));
}

function addSet(presence: Command, io: Io): void {
  const switchOf = (flags: string, description: string) => new Option(flags, description).choices(["on", "off"]);
  presence
    .command("set")
    .description("change settings; what is not named stays")
    .addOption(switchOf("--email <on|off>", "foreign domains know users by their e-mail address"))
    .option("--acknowledge-warning", "with --email on: `presence impact` has been read")
    .option(
      "--accept-jid-until <instant>",
      "RFC 3339; until then the JID works beside the e-mail address; never: at once",
    )
    .addOption(switchOf("--without-approval <on|off>", "users of this system see each other without asking"))
    .option("--max-contacts <number>", "contacts a user may have, or none for no limit", limit)
    .option("--max-watchers <number>", "who may see a user, at most, or none for no limit", limit)
    .action((options: SetOptions, command: Command) => set(options, new CommandSession(command, io)));
}

function limit(text: string): number | "none" {
  if (text === "none") return text;
  const value = Number(text);
  if (!Number.isInteger(value)) throw new InvalidArgumentError("not a number, and not none");
  return value;
}

async function show(session: CommandSession): Promise<void> {
  const settings = (await session.client.ask("GET", presenceSettingsPath)) as PresenceSettings;
  session.say(settings, lines(settings));
}

async function set(options: SetOptions, session: CommandSession): Promise<void> {
  const settings = (await session.client.ask("PATCH", presenceSettingsPath, patchOf(options))) as PresenceSettings;
  session.tell(settings, lines(settings));
}

function patchOf(options: SetOptions): PresenceSettingsPatch {
  const { email, acknowledgeWarning, acceptJidUntil, withoutApproval, maxContacts, maxWatchers } = options;
  return {
    ...(email === undefined ? {} : { useEmailAddressWhenFederating: email === "on" }),
    ...(acknowledgeWarning === undefined ? {} : { acknowledgeWarning }),
    ...(acceptJidUntil === undefined ? {} : { acceptJidUntil: acceptJidUntil === "never" ? null : acceptJidUntil }),
    ...(withoutApproval === undefined ? {} : { allowWithoutApproval: withoutApproval === "on" }),
    ...(maxContacts === undefined ? {} : { maxContactListSize: maxContacts === "none" ? null : maxContacts }),
    ...(maxWatchers === undefined ? {} : { maxWatchers: maxWatchers === "none" ? null : maxWatchers }),
  };
}

function lines(settings: PresenceSettings): string {
  const { acceptJidUntil, maxContactListSize, maxWatchers } = settings;
  return [
    `e-mail addresses for federation: ${settings.useEmailAddressWhenFederating ? "on" : "off"}`,
    `JIDs accepted beside them until: ${acceptJidUntil ?? "never"}`,
    `users see each other without asking: ${settings.allowWithoutApproval ? "yes" : "no"}`,
    `contacts of a user, at most: ${maxContactListSize ?? "no limit"}`,
    `watchers of a user, at most: ${maxWatchers ?? "no limit"}`,
  ].join("\n");
}

async function impact(session: CommandSession): Promise<void> {
  const found = (await session.client.ask("GET", `${presenceSettingsPath}/email-impact`)) as EmailImpact;
  const fallbacks = found.fallingBack.map(({ jid, mailId, because }) => ({ jid, mailId: mailId ?? "", because }));
  const fallbackTable = fallbacks.length === 0 ? [] : [session.table(fallbacks, FALLBACKS)];
  session.say(found, [...impactLines(found), ...fallbackTable].join("\n"));
}

function impactLines(found: EmailImpact): readonly string[] {
  const { useEmailAddressWhenFederating, users, subscriptions, imSessions, mailDomains, problems } = found;
  const domains = mailDomains.map(({ domain, users: count }) => `${domain} (${count})`);
  return [
    `switching e-mail addresses ${useEmailAddressWhenFederating ? "off" : "on"}:`,
    `users: ${users.total}; by e-mail address: ${users.byEmailAddress} (the same as the JID: ${users.sameAddress}), by JID: ${users.byJid}`,
    `contacts asked again: ${subscriptions.outbound}; watchers who have to add our users again: ${subscriptions.inbound}`,
    `conversations opened anew with the next message: ${imSessions}`,
    `e-mail domains: ${domains.join(", ") || "none"}`,
    ...problems.map(({ path, message }) => `problem: ${path} ${message}`),
  ];
}

const FALLBACKS: readonly Column<{ readonly jid: string; readonly mailId: string; readonly because: string }>[] = [
  { heading: "BY JID", cell: ({ jid }) => jid },
  { heading: "MAIL ID", cell: ({ mailId }) => mailId },
  { heading: "BECAUSE", cell: ({ because }) => because },
];

async function drops({ user, peer }: DropOptions, session: CommandSession): Promise<void> {
  const rows = await session.client.all(emailDrops, { limit: 1000, user, peer });
  session.list(rows, { columns: DROPS, none: "nothing was dropped" });
}

async function notice(session: CommandSession): Promise<void> {
  const letter = (await session.client.ask("GET", userNoticePath)) as UserNotice;
  session.say(letter, letter.text.trimEnd());
}
