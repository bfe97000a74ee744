import { isDeepStrictEqual } from "node:util";
import type { PolicyChange, PolicyDraft, PolicyResource } from "@interpres/admin-api";
import * as federation from "@interpres/federation";

type Settings = federation.FederationSettings;

/** What an edit needs to know beside the settings. */
export interface DraftFacts {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly fqdnsWithUsers: readonly string[];
}

type Change = (settings: Settings, change: Given, facts: DraftFacts) => federation.Edit<unknown>;

interface Given {
  readonly key: string;
  readonly value: unknown;
}

/** The edits that saving each resource goes through. */
const EDITS: Readonly<Record<PolicyResource, Partial<Readonly<Record<PolicyChange["action"], Change>>>>> = {
  "sip-federated-domains": {
    create: (settings, { value }, { now }) => federation.addDomain(settings, value, now),
    update: (settings, { key, value }) => federation.updateDomain(settings, key, value),
    delete: (settings, { key }) => federation.deleteDomain(settings, key),
  },
  "incoming-acl": {
    create: (settings, { value }) => federation.addAclEntry(settings, value),
    update: (settings, { key, value }) => federation.updateAclEntry(settings, key, value),
    delete: (settings, { key }) => federation.deleteAclEntry(settings, key),
  },
  "static-routes": {
    create: (settings, { value }) => federation.addStaticRoute(settings, value),
    update: (settings, { key, value }) => federation.updateStaticRoute(settings, key, value),
    delete: (settings, { key }) => federation.deleteStaticRoute(settings, key),
  },
  "tls-peer-subjects": {
    create: (settings, { value }) => federation.addTlsPeerSubject(settings, value),
    update: (settings, { key, value }) => federation.updateTlsPeerSubject(settings, key, value),
    delete: (settings, { key }) => federation.deleteTlsPeerSubject(settings, key),
  },
  "tls-contexts": { update: (settings, { key, value }) => federation.updateTlsContext(settings, key, value) },
  "service-parameters": {
    update: (settings, { key, value }, { fqdnsWithUsers }) =>
      key === "sip-proxy"
        ? federation.updateSipProxyParameters(settings, value, fqdnsWithUsers)
        : refused("key", "must be sip-proxy"),
  },
};

/** The settings after a draft, with what its edits warned of; or the first refusal, at its path in the draft. */
export function draftedSettings(
  { changes }: PolicyDraft,
  settings: Settings,
  facts: DraftFacts,
): federation.Edit<undefined> {
  const warnings: federation.Problem[] = [];
  let next = settings;
  for (const [index, change] of changes.entries()) {
    const edit = editOf(change, next, facts);
    const at = ({ path, message }: federation.Problem) => ({ path: pathOf(index, change, path), message });
    if (edit.kind === "refused") return { ...edit, errors: edit.errors.map(at) };
    warnings.push(...edit.warnings.map(at));
    next = edit.settings;
  }
  return { kind: "changed", settings: next, resource: undefined, warnings };
}

/** The first change whose object is not the one it was drafted for: by its path, where somebody has changed it since. */
export function changedUnderneath(
  { changes }: PolicyDraft,
  { draftedFor, present }: { readonly draftedFor: Settings; readonly present: Settings },
): federation.Problem | undefined {
  const index = changes.findIndex(
    (change) => !isDeepStrictEqual(objectOf(change, draftedFor), objectOf(change, present)),
  );
  const change = changes[index];
  if (change === undefined) return undefined;
  return { path: `changes.${index}.key`, message: `${change.resource} ${change.key} was changed by somebody since` };
}

function editOf(change: PolicyChange, settings: Settings, facts: DraftFacts): federation.Edit<unknown> {
  const { resource, action, key, value } = change;
  const edit = EDITS[resource][action];
  if (edit === undefined) return refused("action", `${resource} cannot be ${action}d`);
  if (action !== "create" && key === undefined) return refused("key", "is required");
  if (action !== "delete" && value === undefined) return refused("value", "is required");
  return edit(settings, { key: key ?? "", value }, facts);
}

function refused(path: string, message: string): federation.Refused {
  return { kind: "refused", status: 400, type: "invalid-input", errors: [{ path, message }] };
}

const OF_THE_CHANGE: ReadonlySet<string> = new Set(["action", "key", "value"]);
/** What resources name their objects by: in a change that is its key. */
const KEYS: Readonly<Record<PolicyResource, string>> = {
  "sip-federated-domains": "domain",
  "incoming-acl": "id",
  "static-routes": "id",
  "tls-peer-subjects": "name",
  "tls-contexts": "name",
  "service-parameters": "key",
};

function pathOf(index: number, { resource, action }: PolicyChange, path: string): string {
  if (OF_THE_CHANGE.has(path)) return `changes.${index}.${path}`;
  const isKey = action !== "create" && path === KEYS[resource];
  return isKey ? `changes.${index}.key` : `changes.${index}.value.${path}`;
}

/** What a change is about, as these settings have it; undefined for what is only created. */
function objectOf({ resource, action, key }: PolicyChange, settings: Settings): unknown {
  if (action === "create" || key === undefined) return undefined;
  const name = federation.normalName(key);
  switch (resource) {
    case "sip-federated-domains":
      return settings.sipFederatedDomains.find(({ domain }) => domain === name);
    case "incoming-acl":
      return settings.incomingAcl.find(({ id }) => id === key);
    case "static-routes":
      return settings.staticRoutes.find(({ id }) => id === key);
    case "tls-peer-subjects":
      return settings.tlsPeerSubjects.find((subject) => federation.normalName(subject.name) === name);
    case "tls-contexts":
      return settings.tlsContexts.find((context) => context.name === key);
    case "service-parameters":
      return settings.serviceParameters["sip-proxy"];
  }
}
