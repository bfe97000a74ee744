import assert from "node:assert/strict";
import { Agent, request } from "node:https";
import { after, before, describe, test } from "node:test";
import { FakeZone } from "@interpres/testkit";
import { NodeProcess } from "../harness/node-process.ts";
import { buildConsole } from "./console-bed.ts";

/** Ways in which a path has been written past the check of who may use it, each with a name for the report. */
const DISGUISES: readonly (readonly [string, (path: string) => string])[] = [
  ["below an asset", (path) => `/assets/..${path}`],
  ["below the web chat", (path) => `/chat/../..${path}`],
  ["below a public route", (path) => `/healthz/..${path}`],
  ["below the description", (path) => `/api/v1/openapi.json/../../..${path}`],
  ["encoded dots", (path) => `/assets/%2e%2e${path}`],
  ["encoded dots and slash", (path) => `/assets/%2e%2e%2f${path.slice(1)}`],
  ["doubly encoded dots", (path) => `/assets/%252e%252e${path}`],
  ["UTF-16 dots", (path) => `/assets/%u002e%u002e${path}`],
  ["a parameter in the segment", (path) => `${path};x`],
  ["a parameter in a dot segment", (path) => `/assets/..;${path}`],
  ["two slashes", (path) => `/${path}`],
  ["two slashes within", (path) => path.replace("/v1/", "/v1//")],
  ["backslashes", (path) => `/${path.slice(1).replaceAll("/", "\\")}`],
  ["encoded backslash", (path) => `/assets/..%5c${path.slice(1)}`],
  ["an end within", (path) => `${path}%00`],
  ["an encoded slash at the end", (path) => `${path}%2f`],
  ["upper case", (path) => path.toUpperCase()],
  ["a dot segment", (path) => `/.${path}`],
  ["an encoded letter", (path) => path.replace("/api", "/%61pi")],
];

const FILES = ["/package.json", "/interpres.yaml", "/data/interpres.db", "/data/local-token", "/etc/passwd"];

/** Attack classes, row 1: what is asked for without a session, however it is written, is refused or not there. */
describe("paths of the node's HTTPS, without a session", { timeout: 120_000 }, () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 4, rejectUnauthorized: false });
  let node: NodeProcess;
  let closeZone: () => Promise<void> | void;

  before(async () => {
    buildConsole();
    const dns = await new FakeZone().listen();
    closeZone = () => dns.close();
    node = new NodeProcess({ dnsServer: dns.address });
    await node.start();
  });
  after(async () => {
    agent.destroy();
    await node?.remove();
    await closeZone?.();
  });

  /** As a browser asks that a person has told the address. */
  function open(path: string): Promise<{ readonly status: number; readonly text: string }> {
    const headers = { accept: "text/html", "sec-fetch-mode": "navigate" };
    return new Promise((resolve, reject) => {
      const options = { host: "localhost", port: node.ports.admin, path, headers, agent };
      request(options, (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("end", () =>
          resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString("latin1") }),
        );
      })
        .on("error", reject)
        .end();
    });
  }

  async function routes(): Promise<readonly string[]> {
    const { paths } = JSON.parse((await open("/api/v1/openapi.json")).text) as { readonly paths: object };
    return Object.keys(paths)
      .filter((path) => path.startsWith("/api/v1/"))
      .map((path) => path.replaceAll(/\{\w+\}/g, "x"));
  }

  test("every resource asks who it is", async () => {
    const all = await routes();
    assert.ok(all.length > 40, `${all.length} routes`);
    for (const path of all) assert.ok([401, 404].includes((await open(path)).status), path);
  });

  for (const [name, disguise] of DISGUISES)
    test(`a resource is not reached by ${name}`, async () => {
      for (const path of await routes()) {
        const { status } = await open(disguise(path));
        assert.ok([400, 401, 403, 404].includes(status), `${disguise(path)}: ${status}`);
      }
    });

  for (const up of [
    "../../../..",
    "%2e%2e/%2e%2e/%2e%2e/%2e%2e",
    "..%2f..%2f..%2f..",
    "..%5c..%5c..%5c..",
    "%252e%252e/..",
  ])
    for (const door of ["/assets/", "/chat/", "/chat/dist/", "/"])
      test(`no file is reached by ${door}${up}`, async () => {
        for (const file of FILES) {
          const { status } = await open(`${door}${up}${file}`);
          assert.ok([400, 403, 404].includes(status), `${door}${up}${file}: ${status}`);
        }
      });

  test("what is opened by a person is the console all the same", async () => {
    const { status, text } = await open("/administration/presence/settings");
    assert.deepEqual([status, text.includes("<title>Interpres</title>")], [200, true]);
  });
});
