import type { ReactNode } from "react";
import { ControlCenter } from "./control-center.tsx";

/** Tools > Control Center - Network Services. */
export default function NetworkServices(): ReactNode {
  return <ControlCenter kind="network" path="/serviceability/tools/control-center-network-services" />;
}
