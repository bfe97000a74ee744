import type { Clock, Logger } from "@interpres/runtime";
import { AccountTable } from "./account-table.ts";
import { AdministratorTable } from "./administrator-table.ts";
import { AuditTable } from "./audit-table.ts";
import { BlockTable } from "./block-table.ts";
import { type CertificateTable, openCertificates } from "./certificate-table.ts";
import { type Database, openDatabase } from "./database.ts";
import { DecisionTable } from "./decision-table.ts";
import { DirectoryRunTable } from "./directory-run-table.ts";
import { EmailDropTable } from "./email-drop-table.ts";
import { JournalTable } from "./journal-table.ts";
import { OfflineTable } from "./offline-table.ts";
import { OutsiderTable } from "./outsider-table.ts";
import { PassageTable } from "./passage-table.ts";
import { PeerCertificateTable } from "./peer-certificate-table.ts";
import { queries } from "./queries.ts";
import { ReceiptTable, type StoredReceipt } from "./receipt-table.ts";
import { RosterTable } from "./roster-table.ts";
import { SecretTable } from "./secret-table.ts";
import { Sequence } from "./sequence.ts";
import { openSettings, type SettingsSchema, type SettingsStore } from "./settings-store.ts";
import type { StoreError } from "./store-error.ts";
import { ApiTokenTable, SessionTable } from "./token-tables.ts";
import { type StoredWatch, WatchTable } from "./watch-table.ts";

/** The kinds of row whose shape other packages decide. */
export interface StoreShapes {
  readonly document: unknown;
  readonly watch: StoredWatch;
  readonly journalEntry: { readonly id: string };
  readonly receipt: StoredReceipt;
}

export interface StoreOptions<Shapes extends StoreShapes> {
  /** The database file; its folder must exist. */
  readonly path: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings: SettingsSchema<Shapes["document"]>;
  /** Told when nothing can be written any more: the node must end. */
  readonly onDeath: (error: StoreError) => void;
}

/** Everything a node keeps on its disk. */
export interface Store<Shapes extends StoreShapes> {
  readonly settings: SettingsStore<Shapes["document"]>;
  readonly accounts: AccountTable;
  readonly rosters: RosterTable;
  readonly offline: OfflineTable;
  readonly blocks: BlockTable;
  readonly outsiders: OutsiderTable;
  readonly watches: WatchTable<Shapes["watch"]>;
  readonly journal: JournalTable<Shapes["journalEntry"]>;
  readonly receipts: ReceiptTable<Shapes["receipt"]>;
  readonly certificates: CertificateTable;
  readonly audit: AuditTable;
  readonly decisions: DecisionTable;
  readonly passages: PassageTable;
  readonly emailDrops: EmailDropTable;
  readonly peerCertificates: PeerCertificateTable;
  readonly administrators: AdministratorTable;
  readonly sessions: SessionTable;
  readonly apiTokens: ApiTokenTable;
  readonly secrets: SecretTable;
  readonly directoryRuns: DirectoryRunTable;
  /** Settles once the disk takes writes and has all that was queued before; rejects with a `StoreError` where it does not. */
  flush(): Promise<void>;
  /** Writes what is queued, then closes. */
  close(): Promise<void>;
}

/** Opens or creates the store. Throws `StoreError`: `in-use`, `damaged`, `newer`, `failed`. */
export async function openStore<Shapes extends StoreShapes>(options: StoreOptions<Shapes>): Promise<Store<Shapes>> {
  const { clock, log } = options;
  const database = await openDatabase(options);
  try {
    const sequence = new Sequence(clock, await lastPosition(database));
    const audit = new AuditTable({ database, clock, sequence });
    const settings = await openSettings({ database, audit, clock, log }, options.settings);
    const certificates = await openCertificates({ database, audit, clock });
    const decisions = new DecisionTable({ database, clock });
    const passages = new PassageTable({ database, clock });
    const journal = new JournalTable<Shapes["journalEntry"]>({ database, sequence, clock });
    return {
      settings,
      certificates,
      audit,
      decisions,
      passages,
      accounts: new AccountTable({ database, audit }),
      rosters: new RosterTable(database),
      offline: new OfflineTable({ database, sequence }),
      blocks: new BlockTable(database),
      outsiders: new OutsiderTable(database),
      emailDrops: new EmailDropTable(database),
      peerCertificates: new PeerCertificateTable(database),
      watches: new WatchTable(database),
      journal,
      receipts: new ReceiptTable({ database, clock }),
      administrators: new AdministratorTable({ database, audit }),
      sessions: new SessionTable({ database, audit }),
      apiTokens: new ApiTokenTable({ database, audit }),
      secrets: new SecretTable(database),
      directoryRuns: new DirectoryRunTable({ database, audit }),
      flush: () => database.write([]),
      close: () => {
        decisions.stop();
        passages.stop();
        journal.stop();
        return database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Numbers go on from here even when the clock was set back while the node was down. */
async function lastPosition(database: Database): Promise<number> {
  const [journal] = await database.read(
    queries.selectFrom("journal").select(({ fn }) => fn.max("position").as("last")),
  );
  const [offline] = await database.read(
    queries.selectFrom("offline_message").select(({ fn }) => fn.max("position").as("last")),
  );
  const [audit] = await database.read(queries.selectFrom("audit").select(({ fn }) => fn.max("id").as("last")));
  return Math.max(Number(journal?.last ?? 0), Number(offline?.last ?? 0), Number(audit?.last ?? 0));
}
