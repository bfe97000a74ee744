/** Durable state on one SQLite file: settings, promises, history; fits the repositories other packages declare. */
export type { AccountTable } from "./account-table.ts";
export type { Administrator, AdministratorTable, Role } from "./administrator-table.ts";
export type { AuditEntry, AuditQuery, AuditRecord, AuditTable } from "./audit-table.ts";
export type {
  CertificateFilePaths,
  CertificateTable,
  OwnCertificate,
  Replacement,
  TrustedCertificate,
} from "./certificate-table.ts";
export { DecisionHistory } from "./decision-history.ts";
export type { DecisionTable } from "./decision-table.ts";
export type { DirectoryRunTable } from "./directory-run-table.ts";
export type { EmailDrop, EmailDropTable } from "./email-drop-table.ts";
export type { JournalTable } from "./journal-table.ts";
export { hoursOf, PASSAGE_HOUR_MS, type PassageTable } from "./passage-table.ts";
export type { PeerCertificateTable, SeenCertificate } from "./peer-certificate-table.ts";
export type { ReceiptTable } from "./receipt-table.ts";
export type { SecretTable } from "./secret-table.ts";
export type {
  AlongWith,
  SettingsEdit,
  SettingsListener,
  SettingsSchema,
  SettingsStore,
  Snapshot,
} from "./settings-store.ts";
export { openStore, type Store, type StoreOptions, type StoreShapes } from "./store.ts";
export { StoreError, type StoreErrorCode } from "./store-error.ts";
export type { AdminSession, ApiToken, ApiTokenTable, SessionTable } from "./token-tables.ts";
export type { StoredWatch, WatchTable } from "./watch-table.ts";
