import type { Federation, RecordWatch } from "@interpres/federation";
import type { Service } from "@interpres/runtime";
import type { TransportLayer } from "@interpres/sip";
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
  return {
    name: "sip-proxy",
    start: async () => {
      federation.start();
      const tls = await transport.listen({ ...again(sipTls, bound.sipTls), protocol: "tls" });
      bound.sipTls = tls.port;
      if (sipTcp.enabled)
        bound.sipTcp = (await transport.listen({ ...again(sipTcp, bound.sipTcp), protocol: "tcp" })).port;
      if (sipUdp.enabled)
        bound.sipUdp = (await transport.listen({ ...again(sipUdp, bound.sipUdp), protocol: "udp" })).port;
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
