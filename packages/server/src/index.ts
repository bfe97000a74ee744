/** One node as a library: for the process itself and for the demo. */
export type { NodePorts } from "./node-parts.ts";
export { type NodeSettings, readNodeSettings, SettingsError } from "./settings.ts";
export { type InterpresNode, startNode } from "./start-node.ts";
