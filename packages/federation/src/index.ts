/** Who may talk to us and how we reach them: peers, TLS trust, admission, routing. */
export * from "./admission/acl-entry.ts";
export * from "./admission/acl-pattern.ts";
export type { SeenPeer } from "./admission/connection-admission.ts";
export type { DroppedRequest, LocalAddressee, LocalTargets } from "./admission/local-target.ts";
export type { Objection } from "./admission/objection.ts";
export {
  type Passage,
  type PassageFacts,
  Passages,
  type PassedPeer,
} from "./admission/passages.ts";
export { settingsProblems } from "./check-settings.ts";
export { type Changed, type Edit, type Problem, type Refused, schemaProblems } from "./edit.ts";
export * from "./edit-acl.ts";
export { addAttachment, deleteAttachment, servedDomains, updateAttachment } from "./edit-attachments.ts";
export { chosenDialect, updateDialect } from "./edit-dialects.ts";
export { addDomain, deleteDomain, updateDomain, withOwnedEntries } from "./edit-domains.ts";
export { routingNodeProblem, updateSipProxyParameters } from "./edit-parameters.ts";
export { addStaticRoute, deleteStaticRoute, updateStaticRoute } from "./edit-static-routes.ts";
export {
  addTlsPeerSubject,
  contextsSelecting,
  deleteTlsPeerSubject,
  importTlsPeerSubject,
  updateTlsContext,
  updateTlsPeerSubject,
} from "./edit-tls.ts";
export { Federation, type FederationInit } from "./federation.ts";
export * from "./peer/attachment.ts";
export * from "./peer/availability-mapping.ts";
export * from "./peer/dialect.ts";
export * from "./peer/domain-name.ts";
export { isFederated, type Peer, PeerDirectory } from "./peer/peer-directory.ts";
export { type PeerReason, peerReasonsIn } from "./peer/peer-reasons.ts";
export { routingFqdnProblem } from "./peer/routing-fqdn.ts";
export * from "./peer/sip-federated-domain.ts";
export * from "./peer/sip-proxy-parameters.ts";
export { addressPolicy, isNoHost } from "./routing/address-policy.ts";
export { type DiagnosedPeers, diagnosedTransport } from "./routing/diagnosed-transport.ts";
export type { DomainNetwork, NetworkRecord, PublishedNetwork } from "./routing/domain-network.ts";
export type { ExplainedHop, ExplainedStep, RouteExplanation } from "./routing/explanation.ts";
export { type HopObserver, observedTransport } from "./routing/observed-transport.ts";
export { lookUpPeer, type PeerRecord } from "./routing/peer-records.ts";
export {
  federationName,
  federationRecordText,
  type Publication,
  type PublishedDomain,
} from "./routing/published-records.ts";
export type { RecordFinding, RecordState } from "./routing/record-check.ts";
export { checkRecords, impatient, type RecordReport } from "./routing/record-report.ts";
export { type DatedReport, RecordWatch } from "./routing/record-watch.ts";
export * from "./routing/static-route.ts";
export * from "./settings.ts";
export type { InboundQuery, OutboundExplanation, Outcome, Simulation } from "./simulation.ts";
export * from "./trust/authority.ts";
export * from "./trust/certificate-store.ts";
export * from "./trust/cipher-suites.ts";
export { PeerIdentity } from "./trust/peer-identity.ts";
export * from "./trust/tls-settings.ts";
export type { Trust } from "./trust/trust.ts";
export type { UnselectedSighting } from "./trust/unselected-sightings.ts";
