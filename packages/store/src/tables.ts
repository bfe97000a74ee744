/**
 * The tables as rows. Column types are those SQLite and PostgreSQL share: text, integer, bigint. Times are milliseconds
 * since 1970, flags 0 or 1, composite values JSON text.
 */
export interface Tables {
  readonly settings_version: SettingsVersionRow;
  readonly account: AccountRow;
  readonly roster_item: RosterItemRow;
  readonly roster: RosterRow;
  readonly offline_message: OfflineMessageRow;
  readonly block: BlockRow;
  readonly outsider_rule: OutsiderRuleRow;
  readonly watch: WatchTableRow;
  readonly journal: JournalRow;
  readonly receipt: ReceiptTableRow;
  readonly own_certificate: OwnCertificateRow;
  readonly certificate_request: CertificateRequestRow;
  readonly trust_certificate: TrustCertificateRow;
  readonly peer_certificate: PeerCertificateRow;
  readonly administrator: AdministratorRow;
  readonly session_token: SessionTokenRow;
  readonly api_token: ApiTokenRow;
  readonly audit: AuditRow;
  readonly decision: DecisionRow;
  readonly passage: PassageRow;
  readonly email_drop: EmailDropRow;
  readonly secret: SecretRow;
  readonly directory_run: DirectoryRunRow;
}

export interface SettingsVersionRow {
  readonly version: number;
  readonly document: string;
  readonly actor: string;
  readonly created_at: number;
}

export interface AccountRow {
  readonly jid: string;
  readonly document: string;
}

export interface RosterItemRow {
  readonly owner: string;
  readonly contact: string;
  readonly document: string;
}

export interface RosterRow {
  readonly owner: string;
  readonly version: number;
  readonly floor: number;
}

export interface OfflineMessageRow {
  readonly id: string;
  readonly owner: string;
  readonly position: number;
  readonly stored_at: number;
  readonly characters: number;
  readonly stanza: string;
}

export interface BlockRow {
  readonly owner: string;
  readonly jid: string;
}

export interface OutsiderRuleRow {
  readonly owner: string;
  readonly domain: string;
  readonly decision: string;
}

export interface WatchTableRow {
  readonly id: string;
  readonly direction: string;
  readonly document: string;
}

export interface ReceiptTableRow {
  readonly id: string;
  readonly at: number;
  readonly document: string;
}

export interface JournalRow {
  readonly id: string;
  readonly position: number;
  readonly document: string;
}

export interface OwnCertificateRow {
  readonly purpose: string;
  readonly chain_pem: string;
  readonly key_pem: string;
  readonly updated_at: number;
  readonly chain_path: string | null;
  readonly key_path: string | null;
}

export interface CertificateRequestRow {
  readonly purpose: string;
  readonly key_pem: string;
  readonly created_at: number;
}

export interface TrustCertificateRow {
  readonly id: string;
  readonly pem: string;
  readonly description: string;
  readonly added_at: number;
}

export interface PeerCertificateRow {
  readonly name: string;
  readonly pem: string;
  readonly tls_version: string;
  readonly cipher: string;
  readonly seen_at: number;
}

export interface AdministratorRow {
  readonly name: string;
  readonly role: string;
  readonly password_hash: string;
  readonly created_at: number;
}

export interface SessionTokenRow {
  readonly id: string;
  readonly administrator: string;
  readonly created_at: number;
  readonly expires_at: number;
}

export interface ApiTokenRow {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly hash: string;
  readonly created_by: string;
  readonly created_at: number;
}

export interface AuditRow {
  readonly id: number;
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly resource: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface DecisionRow {
  readonly id: string;
  readonly at: number;
  readonly user: string | null;
  readonly peer: string | null;
  readonly peer_domain: string | null;
  readonly document: string;
}

export interface PassageRow {
  readonly facts: string;
  readonly rule: string;
  readonly hour: number;
  readonly count: number;
}

export interface EmailDropRow {
  readonly sender: string;
  readonly user: string;
  readonly addressed: string;
  readonly method: string;
  readonly count: number;
  readonly first_at: number;
  readonly last_at: number;
}

export interface SecretRow {
  readonly name: string;
  readonly value: string;
}

export interface DirectoryRunRow {
  readonly id: string;
  readonly document: string;
}
