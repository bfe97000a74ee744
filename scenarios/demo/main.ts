import { setTimeout as pause } from "node:timers/promises";
import { XmppClient } from "@interpres/testkit";
import { attribute, child } from "@interpres/xmpp/xml";
import { isPresence } from "../harness/stanzas.ts";
import { answerAll } from "./answering.ts";
import { type DemoBed, FOREIGN, LOCAL, PASSWORD, startDemo } from "./demo-bed.ts";

const ALICE = `alice@${LOCAL}`;
const BOB = `bob@${FOREIGN}`;
const CARL = "carl@hosteddomain.com";
const CHAT_STATES = "http://jabber.org/protocol/chatstates";

const [word] = process.argv.slice(process.argv[2] === "demo" ? 3 : 2);
if (word !== undefined) {
  const isHelp = word === "--help" || word === "-h";
  console[isHelp ? "log" : "error"](
    "Usage: interpres demo\n\nRuns a node with simulated peers, and shows what passes. It takes no words.",
  );
  process.exit(isHelp ? 0 : 2);
}
console.log(
  `Starting a node for ${LOCAL}, a simulated Microsoft edge for ${FOREIGN}, a simulated clearing house, and DNS …`,
);
const bed = await startDemo();
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void bed.end().then(() => process.exit(0)));
await exchange(bed).catch(async (error: unknown) => {
  await bed.end();
  throw error;
});
console.log(closing(bed));
await answerAll(bed.edge);

/** Presence both ways, a message both ways, typing; each part with the ladder of what really crossed the node's edge. */
async function exchange({ edge, house, flow, node }: DemoBed): Promise<void> {
  const at = { port: node.ports.xmppClient ?? 0, domain: LOCAL };
  const alice = await XmppClient.login(at, { user: "alice", password: PASSWORD, resource: "desk" });
  alice.send("<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq><presence/>");
  await alice.waitFor((stanza) => attribute(stanza, "id") === "roster");
  await edge.setState("bob", "available");
  flow.clear();

  alice.send(`<presence type='subscribe' to='${BOB}'/>`);
  await alice.waitFor((stanza) => isPresence(stanza, undefined, BOB));
  await settle(bed, `1. Alice adds ${BOB}: found by DNS SRV, reached over mutual TLS, and seen`);

  await edge.watch("bob", ALICE);
  await alice.waitFor((stanza) => stanza.name === "presence" && attribute(stanza, "type") === "subscribe");
  alice.send(`<presence type='subscribed' to='${BOB}'/>`);
  alice.send("<presence><show>dnd</show></presence>");
  await settle(bed, "2. Bob adds Alice: she is asked, agrees, and is busy");

  await edge.say("bob", ALICE, "Good morning, Alice");
  await edge.type("bob", ALICE, "type");
  await alice.waitFor((stanza) => child(stanza, "composing", CHAT_STATES) !== undefined);
  await settle(bed, "3. Bob opens a conversation and goes on typing");

  alice.send(`<message to='${BOB}' type='chat'><composing xmlns='${CHAT_STATES}'/></message>`);
  alice.send(`<message to='${BOB}' type='chat'><body>Good morning, Bob</body></message>`);
  await settle(bed, "4. Alice types and answers on the same session");

  await house.setState(CARL, "available");
  alice.send(`<presence type='subscribe' to='${CARL}'/>`);
  await alice.waitFor((stanza) => isPresence(stanza, undefined, CARL));
  await settle(bed, `5. Alice adds ${CARL}: no SRV of its own, so the clearing house is asked`);
  await alice.close();
}

/** Lets the last answers come in, then prints what crossed. */
async function settle({ flow }: DemoBed, title: string): Promise<void> {
  await pause(300);
  console.log(`\n${title}\n\n${flow.draw()}`);
  flow.clear();
}

function closing({ node, edge }: DemoBed): string {
  const deviations = edge.deviations.length === 0 ? "nothing to object to" : edge.deviations.join("; ");
  return [
    "",
    `The simulated edge found ${deviations}.`,
    "",
    ...(node.consoleUrl === undefined
      ? []
      : [`  Console          ${node.consoleUrl} (name admin, password ${PASSWORD})`]),
    `  Web chat         ${node.adminUrl}/chat (alice or carol, password ${PASSWORD}; ${BOB} answers)`,
    `  XMPP client      ${ALICE} or carol@${LOCAL}, password ${PASSWORD}, server 127.0.0.1 port ${node.ports.xmppClient}`,
    `  API              ${node.adminUrl}/api/v1 (name admin, password ${PASSWORD})`,
    `  What was decided curl -k -H 'Authorization: Bearer demo' ${node.adminUrl}/api/v1/decisions`,
    "",
    "The browser does not know the demo's certificate authority: let it pass. It stays up until you press Ctrl-C.",
  ].join("\n");
}
