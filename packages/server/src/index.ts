/** One node as a library: for the process itself and for the demo. */
export { type NodeSettings, readNodeSettings, SettingsError } from "./settings.ts";
export { type InterpresNode, type NodePorts, startNode } from "./start-node.ts";
