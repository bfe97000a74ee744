import {
  type AdminClient,
  type DiagnosisRepair,
  incomingAcl,
  nodes,
  RefusedError,
  type TlsContext,
  type TlsPeerSubject,
  tlsContexts,
  tlsPeerSubjects,
} from "@interpres/admin-api";

const PEER_AUTH = "Default_SIP_Proxy_Peer_Auth_TLS_Context";

/** What one press of a button mends. The others need something to be looked at, typed, or done elsewhere. */
export type DirectRepair = Extract<
  DiagnosisRepair,
  { readonly kind: "start-service" | "select-subject" | "bind-subject" | "allow-access" }
>;

/** Does what a finding of the doctor calls for. What was done already is no failure. */
export async function mend(api: AdminClient, repair: DirectRepair): Promise<void> {
  switch (repair.kind) {
    case "start-service":
      return startEverywhere(api, repair.service);
    case "select-subject":
      return selectSubject(api, repair.name);
    case "bind-subject":
      await selectSubject(api, repair.name);
      return bindSubject(api, repair);
    case "allow-access":
      await api.create(incomingAcl, { pattern: repair.pattern });
  }
}

async function startEverywhere(api: AdminClient, service: string): Promise<void> {
  for (const { name } of await api.all(nodes))
    await api.ask("PATCH", `/nodes/${encodeURIComponent(name)}/services/${service}`, { activated: true });
}

/** Defines the subject where it is not, and selects it in the context of the SIP edge. */
async function selectSubject(api: AdminClient, name: string): Promise<void> {
  try {
    await api.create(tlsPeerSubjects, { name });
  } catch (error) {
    if (!(error instanceof RefusedError) || error.problem.type !== "tls-peer-subject-exists") throw error;
  }
  const { peerSubjects }: TlsContext = await api.get(tlsContexts, PEER_AUTH);
  if (!peerSubjects.includes(name))
    await api.replace(tlsContexts, PEER_AUTH, { peerSubjects: [...peerSubjects, name] });
}

async function bindSubject(api: AdminClient, { name, domain }: { readonly name: string; readonly domain: string }) {
  const { description, matchAlternativeNames, speaksFor = [] }: TlsPeerSubject = await api.get(tlsPeerSubjects, name);
  if (speaksFor.includes(domain)) return;
  const bound = { name, description, matchAlternativeNames, speaksFor: [...speaksFor, domain] };
  await api.replace(tlsPeerSubjects, name, bound);
}
