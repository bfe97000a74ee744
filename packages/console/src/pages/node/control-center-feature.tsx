import type { ReactNode } from "react";
import { ControlCenter } from "./control-center.tsx";

/** Tools > Control Center - Feature Services. */
export default function FeatureServices(): ReactNode {
  return <ControlCenter kind="feature" path="/serviceability/tools/control-center-feature-services" />;
}
