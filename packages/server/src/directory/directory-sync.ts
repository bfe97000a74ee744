import { isDeepStrictEqual } from "node:util";
import { DirectoryRun, type EntryProblem } from "@interpres/admin-api";
import type { Clock, Logger, Turns } from "@interpres/runtime";
import type { AccountTable, DirectoryRunTable } from "@interpres/store";
import { type AccountDirectory, parseBareJid } from "@interpres/xmpp";
import Value from "typebox/value";
import { auditedAccount } from "./audited-account.ts";
import { begunRun, plannedRun, withProblems } from "./directory-run.ts";
import { type DirectoryAccess, DirectoryError, type DirectorySource } from "./directory-source.ts";
import { type EntryRules, type ReadEntry, readEntry } from "./read-entry.ts";
import { type AccountChange, isSynced, planSync, type SyncPlan } from "./sync-plan.ts";

export interface DirectorySyncPorts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly source: DirectorySource;
  readonly access: () => Promise<DirectoryAccess>;
  readonly accounts: AccountDirectory;
  readonly accountTable: Pick<AccountTable, "putAll" | "remove">;
  /** Whoever changes accounts takes turns: what a plan was made of is then still so, or seen not to be. */
  readonly accountTurns: Turns;
  readonly runs: Pick<DirectoryRunTable, "last" | "keep">;
  readonly mailDomainProblem: EntryRules["mailDomainProblem"];
}

export interface SyncRequest {
  readonly mode: DirectoryRun["mode"];
  readonly actor: string;
  /** Whether it goes on where most of the users have vanished: more likely a mistake than a company. */
  readonly mostVanished: "refused" | "accepted";
}

/** More users than one node is made for. */
const MAX_ENTRIES = 100_000;
const CHUNK = 100;
/** So many may vanish at once without anybody asking. */
const FEW = 10;

/** Brings the accounts into line with the directory, one run at a time. */
export class DirectorySync {
  readonly #ports: DirectorySyncPorts;
  #run: DirectoryRun | undefined;
  #underWay: Promise<DirectoryRun> | undefined;
  #isStopped = false;

  constructor(ports: DirectorySyncPorts) {
    this.#ports = ports;
  }

  get isRunning(): boolean {
    return this.#underWay !== undefined;
  }

  /** The run under way, else the last one, as far as it is known without asking the disk. */
  get last(): DirectoryRun | undefined {
    return this.#run;
  }

  /** As `last`, also of an earlier start of the node. */
  async status(): Promise<DirectoryRun | undefined> {
    if (this.#run !== undefined) return this.#run;
    const kept = await this.#ports.runs.last();
    this.#run ??= Value.Check(DirectoryRun, kept) ? kept : undefined;
    return this.#run;
  }

  /** Begins a run, unless one is under way; settles when it is over and never rejects. */
  run(request: SyncRequest): Promise<DirectoryRun> {
    if (this.#underWay !== undefined) throw new Error("a synchronisation is under way");
    this.#isStopped = false;
    this.#underWay = this.#perform(request).finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  /** Settles when the run under way has ended, after what it is writing. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#underWay;
  }

  async #perform(request: SyncRequest): Promise<DirectoryRun> {
    this.#run = begunRun(request.mode, request.actor, this.#ports.clock.now());
    try {
      await this.#work(request);
      this.#progress({ state: "done" });
    } catch (error) {
      this.#fail(error);
    }
    return this.#finish(request);
  }

  async #work({ mode, actor, mostVanished }: SyncRequest): Promise<void> {
    const { clock, accounts } = this.#ports;
    const access = await this.#ports.access();
    const { settings } = access;
    if (!settings.enabled) throw new DirectoryError("enabled", "no directory is enabled");
    const entries = await this.#read(access);
    const present = accounts.list();
    const plan = planSync({ entries, accounts: present, settings, now: clock.now() });
    this.#run = plannedRun(this.#current(), plan, entries.length);
    const members = present.filter((account) => isSynced(account) && account.origin.vanishedAt === undefined).length;
    if (mostVanished === "refused") refuseLoss(plan, { members, entries: entries.length });
    if (mode === "apply") await this.#apply(plan.changes, actor);
  }

  async #read(access: DirectoryAccess): Promise<readonly ReadEntry[]> {
    const { source, mailDomainProblem } = this.#ports;
    const rules = { settings: access.settings, mailDomainProblem };
    const entries: ReadEntry[] = [];
    for await (const page of source.entries(access)) {
      for (const entry of page) entries.push(readEntry(entry, rules));
      if (entries.length > MAX_ENTRIES) throw new DirectoryError("filter", `finds more than ${MAX_ENTRIES} entries`);
      this.#goOn();
    }
    return entries;
  }

  async #apply(changes: readonly AccountChange[], actor: string): Promise<void> {
    const { accountTurns } = this.#ports;
    const puts = changes.filter((change) => change.action !== "delete");
    for (let at = 0; at < puts.length; at += CHUNK) {
      this.#goOn();
      await accountTurns.take(() => this.#put(puts.slice(at, at + CHUNK), actor));
    }
    for (const change of changes) {
      if (change.action !== "delete") continue;
      this.#goOn();
      await accountTurns.take(() => this.#remove(change, actor));
    }
  }

  /** One transaction; who was changed by somebody else since the plan is left to the next run. */
  async #put(chunk: readonly Exclude<AccountChange, { action: "delete" }>[], actor: string): Promise<void> {
    const { accounts, accountTable } = this.#ports;
    const valid = chunk.filter((change) => this.#stands(change));
    const before = valid.flatMap((change) => (change.action === "add" ? [] : [auditedAccount(change.before)]));
    const written = valid.map(({ account }) => account);
    const entry = { actor, action: "sync", resource: "users", before, after: written.map(auditedAccount) };
    if (written.length > 0) await accounts.putAll(written, () => accountTable.putAll(written, entry));
    this.#progress({ applied: this.#current().applied + written.length });
  }

  async #remove(change: Extract<AccountChange, { action: "delete" }>, actor: string): Promise<void> {
    const { accounts, accountTable } = this.#ports;
    const { jid } = change.before;
    const user = parseBareJid(jid);
    if (user === undefined || !this.#stands(change)) return;
    const entry = { actor, action: "delete", resource: `users/${jid}`, before: auditedAccount(change.before) };
    await accounts.remove(user, () => accountTable.remove(jid, entry));
    this.#progress({ applied: this.#current().applied + 1 });
  }

  #stands(change: AccountChange): boolean {
    const { jid, origin } = change.action === "delete" ? change.before : change.account;
    const user = parseBareJid(jid);
    const now = user === undefined ? undefined : this.#ports.accounts.find(user);
    if (isDeepStrictEqual(now, change.action === "add" ? undefined : change.before)) return true;
    this.#problem({ dn: origin.dn, reason: `${jid} was changed meanwhile and waits for the next synchronisation` });
    return false;
  }

  #problem(problem: EntryProblem): void {
    this.#run = withProblems(this.#current(), [problem]);
  }

  #progress(news: Partial<DirectoryRun>): void {
    this.#run = { ...this.#current(), ...news };
  }

  #current(): DirectoryRun {
    if (this.#run === undefined) throw new Error("no synchronisation has begun");
    return this.#run;
  }

  #goOn(): void {
    if (this.#isStopped) throw new DirectoryError("", "the node was stopped");
  }

  #fail(error: unknown): void {
    const isExpected = error instanceof DirectoryError;
    const reason = error instanceof Error ? error.message : String(error);
    const stack = error instanceof Error ? error.stack : undefined;
    if (!isExpected) this.#ports.log.error("directory.sync-broken", { reason: stack ?? reason });
    const failure = { path: isExpected ? error.path : "", message: reason };
    this.#progress({ state: "failed", failure });
    this.#ports.log.warn("directory.sync-failed", { reason });
  }

  async #finish({ mode, actor }: SyncRequest): Promise<DirectoryRun> {
    const { clock, log, runs } = this.#ports;
    this.#progress({ finishedAt: new Date(clock.now()).toISOString() });
    const run = this.#current();
    const { counts, applied, failure } = run;
    log.info("directory.synchronised", { mode, state: run.state, applied, ...counts });
    try {
      const after = { state: run.state, counts, applied, failure };
      if (mode === "apply") await runs.keep(run, { actor, action: "sync", resource: "directory/sync", after });
    } catch (error) {
      log.error("directory.run-not-kept", { reason: String(error) });
    }
    return run;
  }
}

/** A filter with a mistake in it finds nobody, or few: better nothing is done than a company signed out. */
function refuseLoss(
  { newlyVanished }: SyncPlan,
  { members, entries }: { readonly members: number; readonly entries: number },
): void {
  const isMost = newlyVanished > FEW && newlyVanished * 2 > members;
  if (newlyVanished === 0 || !(isMost || entries === 0)) return;
  const message =
    `${newlyVanished} of ${members} users are not in the directory any more; look at base and filter, ` +
    "or accept it (acceptVanished)";
  throw new DirectoryError("filter", message);
}
