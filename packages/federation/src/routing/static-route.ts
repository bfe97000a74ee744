import Type from "typebox";

/** One static route of SIP federation (facts R24–R30, B2.3). Lower `priority` first; equal ones share by `weight`. */
export const StaticRoute = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 32 }),
    destinationPattern: Type.String({
      minLength: 1,
      maxLength: 255,
      description: "Labels reversed: .com.domaina.* is domaina.com and all below it; .* is everything",
    }),
    description: Type.String({ maxLength: 255, default: "" }),
    nextHop: Type.String({
      minLength: 1,
      maxLength: 255,
      description: "Host name, IP address, or SRV name with port 0",
    }),
    nextHopPort: Type.Integer({ minimum: 0, maximum: 65535, default: 5061, description: "0: next hop is an SRV name" }),
    routeType: Type.Union([Type.Literal("domain"), Type.Literal("user")], { default: "domain" }),
    protocol: Type.Union([Type.Literal("tls"), Type.Literal("tcp"), Type.Literal("udp")], { default: "tls" }),
    priority: Type.Integer({ minimum: 1, maximum: 65535, default: 1, description: "Lower is tried first" }),
    weight: Type.Integer({ minimum: 1, maximum: 65535, default: 1, description: "Share among equal priorities" }),
    allowLessSpecific: Type.Boolean({
      default: true,
      description: "Less specific patterns may follow when this one fails",
    }),
    inService: Type.Boolean({ default: true }),
    blocked: Type.Boolean({ default: false, description: "Nothing goes to this destination" }),
  },
  { additionalProperties: false },
);
export type StaticRoute = Readonly<Type.Static<typeof StaticRoute>>;
