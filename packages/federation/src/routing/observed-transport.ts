import type { NextHop, SipTransport } from "@interpres/sip";

/** Who wants to know how hops fare: `Federation`. */
export interface HopObserver {
  hopFailed(hop: NextHop): void;
  hopAnswered(hop: NextHop): void;
}

/** `transport`, telling `observer` of each hop that could not be reached, or could: the next request begins elsewhere. */
export function observedTransport(transport: SipTransport, observer: HopObserver): SipTransport {
  return {
    onMessage: (handler) => transport.onMessage(handler),
    onProblem: (handler) => transport.onProblem(handler),
    onConnectionClosed: (handler) => transport.onConnectionClosed(handler),
    sendResponse: (response, connection) => transport.sendResponse(response, connection),
    sendRequest: (request, hop, failed, sent) =>
      transport.sendRequest(
        request,
        hop,
        (failure) => {
          // Our own stop says nothing about the hop.
          if (failure.cause !== "shut-down") observer.hopFailed(hop);
          failed(failure);
        },
        (connection) => {
          observer.hopAnswered(hop);
          sent?.(connection);
        },
      ),
  };
}
