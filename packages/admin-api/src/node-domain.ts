import Type from "typebox";
import { CertificatePurpose } from "./certificate.ts";
import { closed, nullable, oneOf } from "./closed.ts";
import { integrationTypes } from "./sip-federated-domain.ts";

/** `POST /nodes/{node}/domain`: the domain this node shall be in; with `dryRun` only what that would mean. */
export const NodeDomainInput = Type.Object(
  {
    domain: Type.String({ maxLength: 255 }),
    dryRun: Type.Optional(Type.Boolean({ description: "Answer with what would happen and change nothing" })),
  },
  closed,
);
export type NodeDomainInput = Readonly<Type.Static<typeof NodeDomainInput>>;

const Renaming = Type.Object({ from: Type.String(), to: Type.String() }, closed);

/** What a change of a node's domain brings with it. */
export const NodeDomainChange = Type.Object(
  {
    node: Type.String(),
    applied: Type.Boolean(),
    fqdn: Renaming,
    federationRoutingFqdn: nullable(Renaming),
    warnings: Type.Array(Type.String()),
    certificates: Type.Array(
      Type.Object(
        {
          purpose: CertificatePurpose,
          commonName: Type.String(),
          replacesIssuer: nullable(
            Type.String({ description: "Who signed the one replaced, if that was not this node" }),
          ),
        },
        closed,
      ),
    ),
    records: Type.Array(Type.String({ description: "A line for the zone file of our own DNS" })),
    peers: Type.Array(
      Type.Object(
        {
          domain: Type.String(),
          integrationType: oneOf(integrationTypes),
          changes: Type.Array(Type.String({ description: "What the administrator there must change" })),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type NodeDomainChange = Readonly<Type.Static<typeof NodeDomainChange>>;

/** Path of a node's domain below `/api/v1`. */
export function nodeDomainPath(node: string): string {
  return `/nodes/${encodeURIComponent(node)}/domain`;
}
