import { type Cluster, clusterPath } from "@interpres/admin-api";
import type { ReactNode } from "react";
import { useAnswer } from "../data/resources.ts";
import classes from "./shell.module.css";

/** Which node this is; of several all are named. */
export function NodeName(): ReactNode {
  const { data } = useAnswer<Cluster>(clusterPath);
  return <span className={classes.node}>{data?.nodes.map(({ fqdn }) => fqdn).join(", ")}</span>;
}
