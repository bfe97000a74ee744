import type { AdminClient } from "./admin-client.ts";

/** In the API: the TLS context of connections with peers. */
export const PEER_AUTH = "/tls-contexts/Default_SIP_Proxy_Peer_Auth_TLS_Context";

/** Selects TLS peer subjects there, beside those that are selected. */
export async function selectPeerSubjects(admin: AdminClient, ...names: readonly string[]): Promise<void> {
  const { peerSubjects } = (await admin.ask("GET", PEER_AUTH)) as { readonly peerSubjects: readonly string[] };
  await admin.ask("PUT", PEER_AUTH, { peerSubjects: [...new Set([...peerSubjects, ...names])] });
}
