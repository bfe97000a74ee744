import Type from "typebox";

/** Pages that may be allowed. */
export const MAX_ORIGINS = 100;
export const ORIGINS_DESCRIPTION =
  "Pages of other sites whose scripts may connect by WebSocket, each as https://chat.example.com, separated by spaces";

/** Who may reach this cluster's XMPP over WebSocket (contract §1). */
export const WebClientSection = Type.Object(
  {
    allowedOrigins: Type.Array(Type.String({ pattern: "^https://[^\\s/?#@]+$" }), {
      default: [],
      maxItems: MAX_ORIGINS,
      description: ORIGINS_DESCRIPTION,
    }),
  },
  { additionalProperties: false, default: {} },
);
export type WebClientSection = Readonly<Type.Static<typeof WebClientSection>>;
