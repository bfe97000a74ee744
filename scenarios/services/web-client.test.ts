import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { WebSocket } from "ws";
import { eventually } from "../harness/eventually.ts";
import { LOCAL, RoadBed } from "../harness/road-bed.ts";
import { isListening, order, shown } from "./services-bed.ts";

const OPEN = `<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='${LOCAL}' version='1.0'/>`;
const CLOSE = "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>";

/** XMPP over WebSocket and the web chat on the listener of the administration. */
describe("the service web-client", { timeout: 120_000 }, () => {
  let bed: RoadBed;
  before(async () => {
    bed = await RoadBed.start();
  });
  after(() => bed?.end());

  const page = () => bed.node.admin.try("GET", "/chat");

  /** A stream that was opened, and what came on it; rejects with the status of a handshake that was refused. */
  function stream(origin?: string, path = "/xmpp"): Promise<{ readonly socket: WebSocket; readonly frames: string[] }> {
    const url = `wss://localhost:${bed.node.ports.admin}${path}`;
    const socket = new WebSocket(url, "xmpp", {
      ca: bed.node.authorityPem,
      ...(origin === undefined ? {} : { origin }),
    });
    const frames: string[] = [];
    socket.on("message", (data) => frames.push(String(data)));
    socket.on("error", () => undefined);
    return new Promise((resolve, reject) => {
      socket.once("unexpected-response", (_request, { statusCode }) => reject(new Error(`refused: ${statusCode}`)));
      socket.once("open", () => {
        socket.send(OPEN);
        resolve({ socket, frames });
      });
    });
  }

  test("runs on a fresh node: the page is there, and a stream opens without STARTTLS", async () => {
    assert.equal((await shown(bed, "web-client")).state, "running");
    assert.equal((await page()).status, 200);
    const { socket, frames } = await stream();
    await eventually(() => assert.equal(frames.length, 2));
    assert.match(frames[1] ?? "", /^<stream:features .*SCRAM-SHA-256.*PLAIN/);
    assert.doesNotMatch(frames[1] ?? "", /starttls/);
    socket.terminate();
  });

  test("stopped it tells its clients, lets nobody in, and leaves the clients of TCP and the API alone", async () => {
    const desk = await bed.signIn("alice");
    const { socket, frames } = await stream();
    await eventually(() => assert.equal(frames.length, 2));
    const stopped = order(bed, "web-client", "stop");
    await eventually(() => assert.match(frames[2] ?? "", /system-shutdown/));
    assert.equal(frames[3], CLOSE);
    socket.send(CLOSE);
    await stopped;
    await eventually(() => assert.equal(socket.readyState, WebSocket.CLOSED));
    await assert.rejects(stream(), /refused: 503/);
    const { status, body } = await page();
    assert.equal(status, 503);
    assert.match(String(body), /The web chat is stopped/);
    assert.equal((await bed.node.admin.try("GET", "/readyz")).status, 503);
    assert.ok(await isListening(bed.node.ports.admin));
    desk.send("<iq type='get' id='still' to='example.com'><ping xmlns='urn:xmpp:ping'/></iq>");
    await desk.waitFor((stanza) => stanza.attributes.get("id") === "still");
  });

  test("started again it serves again", async () => {
    await order(bed, "web-client", "start");
    assert.equal((await page()).status, 200);
    const { socket } = await stream();
    socket.terminate();
  });

  test("stops with the router and comes back with its restart", async () => {
    const { socket, frames } = await stream();
    const restarted = order(bed, "xmpp-router", "restart");
    await eventually(() => assert.ok(frames.includes(CLOSE)));
    socket.send(CLOSE);
    await restarted;
    (await stream()).socket.terminate();
  });

  test("pages of other sites stay out until the administrator allows them, at once and without a restart", async () => {
    const origin = "https://intranet.example.net";
    await assert.rejects(stream(origin), /refused: 403/);
    await bed.node.admin.ask("PATCH", "/service-parameters/web-client", { allowedOrigins: origin });
    (await stream(origin)).socket.terminate();
    await assert.rejects(stream("https://other.example.net"), /refused: 403/);
    await bed.node.admin.ask("PATCH", "/service-parameters/web-client", { allowedOrigins: "" });
    await assert.rejects(stream(origin), /refused: 403/);
    (await stream(`https://localhost:${bed.node.ports.admin}`)).socket.terminate();
  });

  test("no other path is a door", async () => {
    for (const path of ["/", "/xmpp/", "/xmpp/../xmpp2", "/%78mpp", "/chat", "/api/v1/users"])
      await assert.rejects(stream(undefined, path), /refused: 404/);
  });

  test("a node that is told to end says so to a WebSocket too, and ends", async () => {
    const { socket, frames } = await stream();
    await eventually(() => assert.equal(frames.length, 2));
    const ended = bed.node.stop();
    await eventually(() => assert.match(frames[2] ?? "", /system-shutdown/));
    socket.send(CLOSE);
    assert.equal(await ended, 0);
  });
});
