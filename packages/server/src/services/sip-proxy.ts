import type { Federation, RecordWatch } from "@interpres/federation";
import type { Broke, Service } from "@interpres/runtime";
import type { TransportLayer, TransportProtocol } from "@interpres/sip";
import { again, type BoundPorts, type ListenerAddress, type OptionalListener } from "./listener.ts";

interface Parts {
  readonly federation: Federation;
  readonly transport: TransportLayer;
  readonly listeners: {
    readonly sipTls: ListenerAddress;
    readonly sipTcp: OptionalListener;
    readonly sipUdp: OptionalListener;
  };
  readonly bound: BoundPorts;
  /** Requests find their way from now on. */
  readonly opened: () => void;
  /** Looks after the records by which peers find this node. */
  readonly records: RecordWatch;
}

/** How long what was said at the end, the BYE of each session, may take to leave for peers that take little at a time. */
const FAREWELL_MS = 2000;

/** The SIP listeners and the way out, and what routing knows of DNS. */
export function sipProxyService({ federation, transport, listeners, bound, opened, records }: Parts): Service {
  const { sipTls, sipTcp, sipUdp } = listeners;
  const listen = async (protocol: TransportProtocol, address: ListenerAddress, broke: Broke): Promise<number> =>
    (await transport.listen({ ...address, protocol }, broke)).port;
  return {
    name: "sip-proxy",
    start: async (broke) => {
      federation.start();
      bound.sipTls = await listen("tls", again(sipTls, bound.sipTls), broke);
      if (sipTcp.enabled) bound.sipTcp = await listen("tcp", again(sipTcp, bound.sipTcp), broke);
      if (sipUdp.enabled) bound.sipUdp = await listen("udp", again(sipUdp, bound.sipUdp), broke);
      opened();
      records.start();
    },
    stop: async () => {
      records.stop();
      await federation.departures.drained(FAREWELL_MS);
      federation.stop();
      await transport.close();
    },
  };
}
