import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, test } from "node:test";
import { dialects, type Peer } from "@interpres/federation";
import { systemClock } from "@interpres/runtime";
import { buildResponse, MessageProblem, type NextHop, StreamFramer, serialize } from "@interpres/sip";
import { FakeZone, SeededRandom } from "@interpres/testkit";
import { Doctor, type DoctorPorts } from "../../src/diagnosis/doctor.ts";

const DOMAIN = "plain.example";

/** A peer without TLS that answers everything with 200, and the doctor beside it. */
describe("the doctor's requests", () => {
  let server: Server;
  const methods: string[] = [];
  const sockets = new Set<Socket>();
  beforeEach(async () => {
    methods.length = 0;
    server = createServer((socket) => {
      sockets.add(socket);
      const framer = new StreamFramer({
        message: (message) => {
          if (message instanceof MessageProblem || message.kind !== "request") return;
          methods.push(message.method);
          socket.write(serialize(buildResponse(message, 200, { toTag: "peer" })));
        },
        ping: () => undefined,
        fatal: () => socket.destroy(),
      });
      socket.on("data", (chunk: Buffer) => framer.push(chunk));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((done) => server.close(done));
  });

  const doctor = (inTurn: DoctorPorts["inTurn"]): Doctor => {
    const { port } = server.address() as AddressInfo;
    const hop: NextHop = { host: "127.0.0.1", port, protocol: "tcp", domain: DOMAIN, from: "static-route 1" };
    const type = { integrationType: "standard", directFederation: false, dialect: dialects.standard } as const;
    const peer: Peer = { domain: DOMAIN, description: "", aliases: [], ...type };
    const local = { host: "imp1.example.com", port: 5060, transport: "tcp" } as const;
    return new Doctor({
      clock: systemClock,
      random: new SeededRandom(3),
      resolver: new FakeZone(),
      certificates: { trusted: () => [] },
      federation: {
        peerOf: () => peer,
        explain: async () => undefined,
        nextHopSelector: { select: () => ({ kind: "hops", hops: [hop], decisions: [] }) },
        review: () => [],
        tlsContextSource: {
          stamp: { context: "none", generation: 1 },
          serverOptions: () => ({}),
          clientOptions: () => ({}),
          onChange: () => undefined,
        },
      } as unknown as DoctorPorts["federation"],
      identity: { towards: () => local },
      localDomains: () => ["example.com"],
      ownRecords: async () => ({ fqdn: "", port: 5061, zone: "", findings: [] }),
      mayConnect: () => true,
      inTurn,
      decisions: { query: async () => [] },
    });
  };

  test("each waits for its turn in the peer's line", async () => {
    const turns: string[] = [];
    const { healthy } = await doctor((domain, run) => {
      turns.push(domain);
      setImmediate(run);
      return true;
    }).examine(DOMAIN, {}).result;
    assert.equal(healthy, true);
    assert.deepEqual(turns, [DOMAIN, DOMAIN]);
    assert.deepEqual(methods, ["OPTIONS", "SUBSCRIBE"]);
  });

  test("do not leave where too many wait, and the report says so", async () => {
    const { steps } = await doctor(() => false).examine(DOMAIN, {}).result;
    assert.deepEqual(methods, []);
    const options = steps.find(({ step }) => step === "options");
    assert.match(options?.seen ?? "", /too many requests wait/);
  });
});
