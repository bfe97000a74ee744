import type { PolicyDraft } from "@interpres/admin-api";
import type { Io } from "./io.ts";
import { readDocument } from "./read-file.ts";

/** For the help of commands that take a draft. */
export const DRAFT_HELP = `
The draft is a YAML or JSON file, - for standard input:
  changes:
    - { resource: static-routes, action: create,
        value: { destinationPattern: contoso.example, nextHop: new.example } }
    - { resource: incoming-acl, action: delete, key: "7" }
Resources: sip-federated-domains, incoming-acl, static-routes, tls-peer-subjects,
tls-contexts (update), service-parameters (update, key sip-proxy).`;

/** The draft in a file; what is wrong with its changes the node says. Throws where it cannot be read. */
export async function draftIn(file: string, io: Io): Promise<PolicyDraft> {
  return (await readDocument(file, io)) as PolicyDraft;
}
