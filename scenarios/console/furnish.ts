import type { XmppClient } from "@interpres/testkit";
import { attribute } from "@interpres/xmpp/xml";
import { LOCAL, PASSWORD } from "../harness/road-bed.ts";
import { isPresence } from "../harness/stanzas.ts";
import type { ConsoleBed } from "./console-bed.ts";

/** Traffic, good and bad, so that the pages have something to show. */
export async function furnish(bed: ConsoleBed): Promise<void> {
  await people(bed);
  await partners(bed);
  await bed.road.addStranger("fabrikam.example");
  const { alice } = await conversation(bed);
  alice.send("<message type='chat' id='nobody' to='carl@hosteddomain.com'><body>Hello, Carl</body></message>");
  await alice.waitFor((stanza) => attribute(stanza, "id") === "nobody");
}

async function people({ road: { node } }: ConsoleBed): Promise<void> {
  for (const [user, displayName] of [
    ["alice", "Alice Archer"],
    ["carol", "Carol Cooper"],
    ["dave", "Dave Draper"],
    ["erin", "Erin Ellis"],
  ] as const)
    await node.admin.ask("POST", "/users", {
      jid: `${user}@${LOCAL}`,
      displayName,
      mailId: `${displayName.toLowerCase().replace(" ", ".")}@${LOCAL}`,
      password: PASSWORD,
    });
  for (const [name, role] of [
    ["olga", "operator"],
    ["anna", "auditor"],
  ])
    await node.admin.ask("POST", "/administrators", { name, role, password: PASSWORD });
  await node.admin.ask("POST", "/tokens", { name: "monitoring", role: "auditor" });
  const directory = (await node.admin.ask("GET", "/directory")) as Readonly<Record<string, unknown>>;
  await node.admin.ask("PUT", "/directory", {
    ...directory,
    url: "ldaps://directory.example.com",
    base: "ou=people,dc=example,dc=com",
    bindDn: "cn=interpres,dc=example,dc=com",
  });
}

async function partners({ road: { node, zone } }: ConsoleBed): Promise<void> {
  const host = "imp1.example.com";
  zone.host(host, "127.0.0.1").service("_sipfederationtls._tcp.example.com", host, node.ports.sipTls);
  for (const [domain, description] of [
    ["aol.com", "America Online"],
    ["hosteddomain.com", "Hosted Domain Ltd."],
  ])
    await node.admin.ask("POST", "/sip-federated-domains", { domain, description, integrationType: "aol" });
  await node.admin.ask("POST", "/static-routes", {
    destinationPattern: "partner.example",
    nextHop: "edge.partner.example",
    description: "Not in DNS",
  });
  await node.admin.ask("POST", "/tls-peer-subjects", { name: "edge.partner.example", description: "Partner's edge" });
  await node.admin.ask("POST", "/incoming-acl", { pattern: "Allow from 192.0.2.0/24", description: "Test network" });
}

/** Presence both ways, and words. */
async function conversation({ road }: ConsoleBed): Promise<{ readonly alice: XmppClient }> {
  const { edge } = road;
  const alice = await road.arrive("alice");
  await edge.setState("bob", "available");
  alice.send("<presence type='subscribe' to='bob@contoso.example'/>");
  await alice.waitFor((stanza) => isPresence(stanza, undefined, "bob@contoso.example"));
  await edge.say("bob", "alice@example.com", "Good morning, Alice");
  for (const words of ["Good morning, Bob", "Did you get the figures?", "They are due today."])
    alice.send(`<message type='chat' to='bob@contoso.example'><body>${words}</body></message>`);
  await edge.watch("bob", "alice@example.com");
  return { alice };
}
