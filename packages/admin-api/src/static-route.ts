import Type from "typebox";
import { closed, oneOf } from "./closed.ts";
import { resource } from "./resource.ts";

const place = (description: string) => Type.Integer({ minimum: 1, maximum: 65535, default: 1, description });
const required = {
  destinationPattern: Type.String({
    minLength: 1,
    maxLength: 255,
    description: ".com.domaina.* is domaina.com and all below it; a plain domain is reversed for you",
  }),
  nextHop: Type.String({ minLength: 1, maxLength: 255, description: "Host name or IP address; SRV name with port 0" }),
};
const optional = {
  description: Type.String({ maxLength: 255, default: "" }),
  nextHopPort: Type.Integer({ minimum: 0, maximum: 65535, default: 5061, description: "0: next hop is an SRV name" }),
  routeType: oneOf(["domain", "user"]),
  protocol: oneOf(["tls", "tcp", "udp"]),
  priority: place("Lower is tried first"),
  weight: place("Share among equal priorities"),
  allowLessSpecific: Type.Boolean({ default: true, description: "Less specific patterns may follow" }),
  inService: Type.Boolean({ default: true }),
  blocked: Type.Boolean({ default: false, description: "Nothing goes to this destination" }),
};

/** One static route. */
export const StaticRoute = Type.Object({ id: Type.String(), ...required, ...optional }, closed);
export type StaticRoute = Readonly<Type.Static<typeof StaticRoute>>;

export const StaticRouteInput = Type.Object(
  { id: Type.Optional(Type.String()), ...required, ...Type.Partial(Type.Object(optional)).properties },
  closed,
);
export type StaticRouteInput = Readonly<Type.Static<typeof StaticRouteInput>>;

export const staticRoutes = resource<StaticRoute, StaticRouteInput>("/static-routes");
