import Type from "typebox";

/** The cluster as a whole (contract §4 `/cluster/settings`, §6). */
export const ClusterSection = Type.Object(
  {
    sipProxyDomain: Type.String({ maxLength: 255, default: "", description: "Domain of this cluster's SIP proxies" }),
    changeControl: Type.Unsafe<"live" | "on-restart">({
      type: "string",
      enum: ["live", "on-restart"],
      default: "live",
      description: "Whether a saved change counts at once or when the service it belongs to restarts",
    }),
  },
  { additionalProperties: false, default: {} },
);
export type ClusterSection = Readonly<Type.Static<typeof ClusterSection>>;
