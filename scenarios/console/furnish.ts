import { attribute } from "@interpres/xmpp/xml";
import { isPresence } from "../harness/stanzas.ts";
import type { ConsoleBed } from "./console-bed.ts";

/** Traffic, good and bad, so that the pages have something to show. */
export async function furnish({ road }: ConsoleBed): Promise<void> {
  const { node, edge, zone } = road;
  const alice = await road.signIn("alice");
  alice.send("<presence/>");
  await edge.setState("bob", "available");
  alice.send("<presence type='subscribe' to='bob@contoso.example'/>");
  await alice.waitFor((stanza) => isPresence(stanza, undefined, "bob@contoso.example"));
  await edge.say("bob", "alice@example.com", "Good morning, Alice");
  alice.send("<message type='chat' to='bob@contoso.example'><body>Good morning, Bob</body></message>");
  await edge.watch("bob", "alice@example.com");
  const host = "imp1.example.com";
  zone.host(host, "127.0.0.1").service("_sipfederationtls._tcp.example.com", host, node.ports.sipTls);
  await node.admin.ask("POST", "/sip-federated-domains", {
    domain: "hosteddomain.com",
    integrationType: "aol",
    description: "Hosted Domain Ltd.",
  });
  alice.send("<message type='chat' id='nobody' to='carl@hosteddomain.com'><body>Hello, Carl</body></message>");
  await alice.waitFor((stanza) => attribute(stanza, "id") === "nobody");
  await node.admin.ask("POST", "/static-routes", {
    destinationPattern: "aol.com",
    nextHop: "gateway.aol.example",
    description: "Clearing house",
  });
  await node.admin.ask("POST", "/tls-peer-subjects", { name: "gateway.aol.example", description: "Clearing house" });
  await node.admin.ask("POST", "/incoming-acl", { pattern: "Allow from 192.0.2.0/24", description: "Test network" });
}
