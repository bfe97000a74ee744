import { domainOf, parseNameAddr, type SipResponse, type SipTransport } from "@interpres/sip";
import type { Dialect } from "../peer/dialect.ts";
import { refusalDiagnosis } from "../peer/refusal-diagnosis.ts";

/** Who is known by a domain, and who we are to him: `Federation`. */
export interface DiagnosedPeers {
  peerOf(domain: string): { readonly domain: string; readonly dialect: Dialect } | undefined;
  hostTowards(domain: string): string;
}

/**
 * `transport`, whose refusals say why in the header that the peer's servers read, where its dialect has one. At the very
 * end of the road, so that it does not matter who refuses: admission, the SIP stack or the translator.
 */
export function diagnosedTransport(transport: SipTransport, peers: DiagnosedPeers): SipTransport {
  return {
    onMessage: (handler) => transport.onMessage(handler),
    onProblem: (handler) => transport.onProblem(handler),
    onConnectionClosed: (handler) => transport.onConnectionClosed(handler),
    sendResponse: (response, connection) => transport.sendResponse(diagnosed(response, peers), connection),
    sendRequest: (request, hop, failed, sent) => transport.sendRequest(request, hop, failed, sent),
  };
}

function diagnosed(response: SipResponse, peers: DiagnosedPeers): SipResponse {
  if (response.status < 400) return response;
  // An answer to what was no whole request may have no From.
  const from = parseNameAddr(response.first("From") ?? "");
  const peer = "kind" in from ? undefined : peers.peerOf(domainOf(from.uri));
  const header = peer?.dialect.diagnosticsHeader;
  if (peer === undefined || header === undefined) return response;
  return response.with({ replace: [refusalDiagnosis(response, { header, host: peers.hostTowards(peer.domain) })] });
}
