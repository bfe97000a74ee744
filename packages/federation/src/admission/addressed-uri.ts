import { domainOf, type SipRequest, SyntaxProblem } from "@interpres/sip";

/**
 * The URI of the user a request is for. Where the Request-URI names this very server (the federation routing FQDN: our
 * Contact, or what a front box wrote; facts R40), the user is at the domain of To: a server's name does not say which.
 */
export function addressedUri(request: SipRequest, isOwnName: (host: string) => boolean): string {
  const uri = request.uri();
  if (uri instanceof SyntaxProblem || uri.user === undefined || !isOwnName(uri.host.toLowerCase()))
    return request.requestUri;
  return `${uri.scheme}:${uri.user}@${domainOf(request.to.uri)}`;
}
