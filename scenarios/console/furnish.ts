import { isPresence } from "../harness/stanzas.ts";
import type { ConsoleBed } from "./console-bed.ts";

/** Traffic, good and bad, so that the pages have something to show. */
export async function furnish({ road }: ConsoleBed): Promise<void> {
  const { node, edge } = road;
  const alice = await road.signIn("alice");
  alice.send("<presence/>");
  await edge.setState("bob", "available");
  alice.send("<presence type='subscribe' to='bob@contoso.example'/>");
  await alice.waitFor((stanza) => isPresence(stanza, undefined, "bob@contoso.example"));
  await edge.say("bob", "alice@example.com", "Good morning, Alice");
  await node.admin.ask("POST", "/sip-federated-domains", {
    domain: "hosteddomain.com",
    integrationType: "aol",
    description: "Hosted Domain Ltd.",
  });
  await node.admin.ask("POST", "/static-routes", {
    destinationPattern: "aol.com",
    nextHop: "gateway.aol.example",
    description: "Clearing house",
  });
  await node.admin.ask("POST", "/tls-peer-subjects", { name: "gateway.aol.example", description: "Clearing house" });
  await node.admin.ask("POST", "/incoming-acl", { pattern: "Allow from 192.0.2.0/24", description: "Test network" });
}
