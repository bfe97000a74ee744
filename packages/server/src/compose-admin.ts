import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createSigningRequest, type RouteExplanation } from "@interpres/federation";
import type { Gateway } from "@interpres/interworking";
import { type Service, Turns } from "@interpres/runtime";
import { type Attachments, hashPassword, type ScramVerifiers, type XmppServer } from "@interpres/xmpp";
import { KnownAddresses } from "./addresses/known-addresses.ts";
import { ShownAddresses } from "./addresses/shown-addresses.ts";
import { PasswordSignIn } from "./admin/account/password-sign-in.ts";
import { hashSecret } from "./admin/account/secrets.ts";
import type { AdminContext, FixedToken, LiveState } from "./admin/admin-context.ts";
import { createAdminServer } from "./admin/admin-server.ts";
import { invalidInput } from "./admin/http/problem-error.ts";
import type { UpgradeDoors } from "./admin/http/upgrade-doors.ts";
import { DomainChanger } from "./admin/node/domain-changer.ts";
import type { ServiceControl } from "./admin/node/service-control.ts";
import { unselectedSubjectNotices } from "./admin/trust/unselected-subjects.ts";
import type { DnsHalf } from "./compose-dns.ts";
import type { Doctor } from "./diagnosis/doctor.ts";
import type { DirectorySync } from "./directory/directory-sync.ts";
import { certificateFetcher, connectionView, liveTls } from "./live-tls.ts";
import type { NodeParts, SipHalf } from "./node-parts.ts";
import { adminService } from "./services/admin.ts";
import type { FederationIdentities } from "./services/federation-identities.ts";
import { dhcpDomain } from "./shell/system-network.ts";

/** Where `npm start` builds it; this package does not import that one. */
const CONSOLE = fileURLToPath(new URL("../../console/dist/", import.meta.url));

interface AdminParts {
  readonly xmpp: XmppServer;
  readonly sip: SipHalf;
  readonly gateway: Gateway;
  readonly identities: FederationIdentities;
  readonly services: ServiceControl;
  readonly doctor: Doctor;
  readonly directorySync: DirectorySync;
  readonly dns: DnsHalf;
  readonly attachments: Pick<Attachments, "links">;
}

interface ComposedAdmin {
  readonly service: Service;
  readonly localToken: string;
  readonly context: AdminContext;
  readonly doors: UpgradeDoors;
  readonly hasConsole: () => boolean;
}

/** The admin API over the living parts, and the token that programs on this machine find in the data directory. */
export async function composeAdmin(parts: NodeParts, others: AdminParts): Promise<ComposedAdmin> {
  const localToken = parts.random.token();
  const local: FixedToken = { name: "local", role: "administrator", hash: hashSecret(localToken) };
  const context = contextOf(parts, others, [local]);
  const { settings, bound, running } = parts;
  const tls = () => {
    const { chainPem, keyPem } = running.certificates.own("admin");
    return { cert: chainPem, key: keyPem, minVersion: "TLSv1.2" } as const;
  };
  const server = await createAdminServer(context, tls());
  running.certificates.onChange(() => server.useCertificate(tls()));
  const service = adminService({ server, listener: settings.listeners.admin, bound });
  const hasConsole = () => existsSync(join(CONSOLE, "index.html"));
  return { service, localToken, context, doors: server.doors, hasConsole };
}

function contextOf(parts: NodeParts, others: AdminParts, tokens: readonly FixedToken[]): AdminContext {
  const { clock, random, log, metrics, store, settings, history } = parts;
  const { certificates, audit, administrators, sessions, apiTokens } = store;
  return {
    clock,
    random,
    log,
    node: settings.node,
    settings: store.settings,
    audit,
    administrators,
    signIn: new PasswordSignIn({ administrators, clock, log }),
    administratorTurns: new Turns(),
    sessions,
    apiTokens,
    fixedTokens: tokens,
    certificates,
    peerCertificates: parts.peerCertificates,
    certificateFiles: parts.certificateFiles,
    createSigningRequest,
    domainChanger: domainChanger(parts, others.services),
    accounts: others.xmpp.accounts,
    accountTable: store.accounts,
    accountTurns: parts.accountTurns,
    secrets: store.secrets,
    directorySync: others.directorySync,
    attachmentLinks: () => others.attachments.links,
    hashPassword: hashed,
    sipTlsPort: () => parts.bound.sipTls ?? settings.listeners.sipTls.port,
    mailAddresses: others.identities.mail,
    emailDrops: () => others.identities.drops.list(),
    federationAddress: (account) => others.identities.addressOf(account),
    explain: async (uri) => {
      const explanation = await others.sip.federation.explain(uri);
      return explanation === undefined ? undefined : copyOf(explanation);
    },
    policy: {
      simulate: (federation) => others.sip.federation.simulate(federation),
      passages: store.passages,
    },
    dns: {
      check: () => others.dns.records.check(),
      latest: () => others.dns.records.latest,
      peer: (domain) => others.dns.peer(domain),
    },
    consoleFolder: CONSOLE,
    webClient: { sockets: others.xmpp.webSockets, localDomains: () => parts.federationSettings().localDomains },
    live: liveState(others),
    shownAddresses: shownAddresses(parts, others),
    tls: liveTls(others.sip),
    certificateFetcher: certificateFetcher(parts, others.sip),
    decisions: history,
    lamps: parts.lamps,
    traffic: parts.traffic,
    flushStore: () => store.flush(),
    flows: parts.flows,
    decisionFeed: parts.decisionFeed,
    traceExporter: parts.traceExporter,
    diagnose: (domain, asked) => others.doctor.examine(domain, asked),
    metrics,
    services: others.services,
    notificationSources: [unselectedSubjectNotices(settings.node.name, () => others.sip.federation.unselectedPeers())],
  };
}

function domainChanger(
  { clock, random, store, bound, configuredNode }: NodeParts,
  services: ServiceControl,
): DomainChanger {
  const { settings, certificates } = store;
  return new DomainChanger({
    configured: configuredNode,
    settings,
    certificates,
    clock,
    random,
    dhcpDomain,
    sipTlsPort: () => bound.sipTls ?? 0,
    services,
  });
}

/** The API's type is what its schema gives, and schemas know no readonly lists. */
function copyOf({ steps, nextHops, ...facts }: RouteExplanation) {
  return {
    ...facts,
    steps: steps.map((step) => ({ ...step })),
    nextHops: nextHops.map((hop) => ({ ...hop, addresses: [...hop.addresses] })),
  };
}

/** The API has refused empty and over-long passwords by now; what SASLprep refuses beside (RFC 4013 §2.3) is left. */
async function hashed(password: string): Promise<ScramVerifiers> {
  const verifiers = await hashPassword(password);
  if (verifiers === undefined) throw invalidInput([{ path: "password", message: "holds characters no password may" }]);
  return verifiers;
}

function shownAddresses(
  { clock, peers, federationSettings }: NodeParts,
  { gateway, xmpp }: AdminParts,
): ShownAddresses {
  const known = function* (): Iterable<string> {
    for (const { jid } of xmpp.accounts.list()) yield jid;
    for (const { foreign } of gateway.subscriptions()) yield foreign;
    for (const { domain } of peers()) yield domain;
    yield* federationSettings().localDomains;
  };
  return new ShownAddresses(gateway, new KnownAddresses({ clock, known }));
}

function liveState({ gateway, sip }: AdminParts): LiveState {
  return {
    subscriptions: () =>
      gateway.subscriptions().map(({ local, foreign, foreignUri, dialog, expiresAt, ...view }) => ({
        ...view,
        user: local,
        contact: foreign,
        contactUri: foreignUri,
        state: dialog,
        expiresAt: instant(expiresAt),
      })),
    refreshSubscription: (id) => gateway.refresh(id),
    imSessions: () =>
      gateway.imSessions().map(({ local, foreign, startedAt, ...view }) => ({
        ...view,
        user: local,
        contact: foreign,
        startedAt: instant(startedAt),
      })),
    connections: () => sip.transport.connections().map((connection) => connectionView(connection, sip)),
  };
}

function instant(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}
