import Type from "typebox";

/** Service parameters of `sip-proxy`, the same on every node of the cluster (facts R38, R61, B2.7). */
export const SipProxyParameters = Type.Object(
  {
    federationRoutingFqdn: Type.String({
      maxLength: 255,
      default: "",
      description:
        "Public FQDN of the routing node, as peers know it; written into Contact and Via, except with direct federation. Empty: the node's own FQDN",
    }),
    defaultFederationRoutingDomain: Type.String({
      maxLength: 255,
      default: "aol.com",
      description: "The clearing house that answers for aol domains without a route or SRV record of their own",
    }),
    serverName: Type.String({
      maxLength: 255,
      default: "",
      description:
        "One more name of this server, such as that of a load balancer: requests to it are for this server, and no hop leads there",
    }),
    useTransportInRecordRoute: Type.Boolean({
      default: true,
      description:
        "Write transport= into our Contact, which peers come back to: this server records no route beside it",
    }),
    imGateway: Type.Boolean({
      default: true,
      description: "Carry instant messages; off refuses them both ways and leaves presence",
    }),
  },
  { additionalProperties: false },
);
export type SipProxyParameters = Readonly<Type.Static<typeof SipProxyParameters>>;
