import Type from "typebox";
import { closed, oneOf } from "./closed.ts";

const settings = {
  enabled: Type.Boolean({ default: false, description: "Whether what passes is sent there as it passes" }),
  host: Type.String({ maxLength: 255, default: "", description: "Host name or address of the collector" }),
  port: Type.Integer({ minimum: 1, maximum: 65_535, default: 9060, description: "Its port" }),
  protocol: oneOf(["udp", "tcp", "tls"], { default: "udp", description: "By which it takes HEP" }),
  captureId: Type.Integer({
    minimum: 0,
    maximum: 4_294_967_295,
    default: 2001,
    description: "The number by which the collector knows this system",
  }),
  bodies: oneOf(["masked", "shown"], {
    default: "masked",
    description: "Whether it gets what people say; secrets are masked in any case",
  }),
};

/** Where the flow of messages is sent to as HEPv3, as Homer takes it; everything but the key. */
export const TraceCollectorSettings = Type.Object(settings, { ...closed, default: {} });
export type TraceCollectorSettings = Readonly<Type.Static<typeof TraceCollectorSettings>>;

/** `/trace/collector` as a reader sees it. */
export const TraceCollector = Type.Object(
  {
    ...settings,
    hasAuthKey: Type.Boolean({ description: "Whether a key is kept for this host and port; it is never shown" }),
  },
  closed,
);
export type TraceCollector = Readonly<Type.Static<typeof TraceCollector>>;

/** Replaces the whole; what is left away gets its default. Without a key the one kept stays, as long as host and port do. */
export const TraceCollectorInput = Type.Object(
  {
    ...Type.Partial(Type.Object(settings)).properties,
    authKey: Type.Optional(
      Type.Union([Type.String({ minLength: 1, maxLength: 255 }), Type.Null()], {
        description: "Write only; null: none from now on",
      }),
    ),
    hasAuthKey: Type.Optional(Type.Boolean({ description: "What a reader was shown; not written" })),
  },
  closed,
);
export type TraceCollectorInput = Readonly<Type.Static<typeof TraceCollectorInput>>;

export const traceCollectorPath = "/trace/collector";

/** One interaction that has passed, to be sent to the collector now. */
export const TraceSendInput = Type.Object(
  { correlationId: Type.String({ minLength: 1, maxLength: 1024, description: "Of the interaction" }) },
  closed,
);
export type TraceSendInput = Readonly<Type.Static<typeof TraceSendInput>>;

/** How many messages went out. */
export const TraceSent = Type.Object({ sent: Type.Integer({ minimum: 0 }) }, closed);
export type TraceSent = Readonly<Type.Static<typeof TraceSent>>;

export const traceSendPath = "/trace/collector/send";
