import type { FlowPath } from "@interpres/runtime";

/** A connection for flow events that no socket stands behind; addresses of documentation (RFC 5737). */
export const somePath: FlowPath = {
  protocol: "tcp",
  local: { address: "192.0.2.254", port: 5061 },
  remote: { address: "192.0.2.1", port: 40_000 },
};
