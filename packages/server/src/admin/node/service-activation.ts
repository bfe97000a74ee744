import { type ServiceName, serviceNames, serviceTable } from "@interpres/admin-api";
import Type from "typebox";

const features = serviceNames.filter((name) => serviceTable[name].kind === "feature");
const switches = Object.fromEntries(features.map((name) => [name, Type.Optional(Type.Boolean())]));

/** Which feature services a node starts with, by node name; what is not named is as on a fresh node. */
export const ServiceActivation = Type.Record(
  Type.String({ minLength: 1, maxLength: 255 }),
  Type.Object(switches, { additionalProperties: false }),
  { default: {}, description: "Feature services switched on or off, node by node" },
);
export type ServiceActivation = Readonly<Record<string, Readonly<Partial<Record<ServiceName, boolean>>>>>;

/** Whether a service starts with the node. Network services always do. */
export function isActivated(activation: ServiceActivation, node: string, name: ServiceName): boolean {
  if (serviceTable[name].kind === "network") return true;
  const chosen = Object.hasOwn(activation, node) ? activation[node]?.[name] : undefined;
  return chosen ?? serviceTable[name].atFirst !== "deactivated";
}

/** The next section, with one service of one node switched. */
export function withActivation(
  activation: ServiceActivation,
  node: string,
  chosen: Readonly<Partial<Record<ServiceName, boolean>>>,
): ServiceActivation {
  const before = Object.hasOwn(activation, node) ? activation[node] : {};
  return { ...activation, [node]: { ...before, ...chosen } };
}
