import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { NodeService, Role, ServiceName } from "@interpres/admin-api";
import { initialFederationSettings } from "@interpres/federation";
import { silentLogger } from "@interpres/runtime";
import { planDomain } from "../admin/node/domain-plan.ts";
import type { ServiceOrder, ShellNode } from "./shell-node.ts";
import { ShellSession } from "./shell-session.ts";
import type { Terminal } from "./terminal.ts";

/** A terminal whose person types these lines, and a node that only notes what it is told to do. */
class Scene {
  readonly out: string[] = [];
  readonly complaints: string[] = [];
  readonly orders: ServiceOrder[] = [];
  readonly domains: string[] = [];
  restarts = 0;
  role: Role | undefined = "administrator";
  readonly #lines: string[];

  constructor(...lines: readonly string[]) {
    this.#lines = [...lines];
  }

  get session(): ShellSession {
    return new ShellSession({
      node: this.#node(),
      terminal: this.#terminal(),
      actor: "admin",
      role: async () => this.role,
      log: silentLogger,
    });
  }

  #terminal(): Terminal {
    return {
      say: (line) => this.out.push(line),
      complain: (line) => this.complaints.push(line),
      ask: async (prompt, lines) => {
        if (lines === "answers") this.out.push(prompt);
        return this.#lines.shift();
      },
      interruption: () => new Promise(() => undefined),
    };
  }

  #node(): ShellNode {
    return {
      name: "imp1",
      version: "1.2.3",
      network: () => {
        throw new Error("the network is on fire");
      },
      status: () => Promise.reject(new Error("not asked here")),
      certificates: () => [],
      lookUp: async () => ({ local: [], external: ["a has address 192.0.2.1"], outcome: "found" }),
      services: {
        list: () => [service("sip-proxy", "running"), service("xmpp-federation", "stopped")],
        control: async (order) => {
          this.orders.push(order);
          return order.service === "config" ? { kind: "refused", reason: "not now" } : { kind: "done", notes: [] };
        },
      },
      domain: {
        plan: (name) =>
          planDomain(name, {
            node: "imp1",
            fqdn: "imp1.example.com",
            sipProxyDomain: "example.com",
            federation: initialFederationSettings(["example.com"]),
            sipTlsPort: 5061,
            dhcpDomain: undefined,
            foreignIssuers: new Map(),
          }),
        apply: async (plan, { tell }) => {
          tell("at work");
          this.domains.push(plan.domain);
        },
      },
      restart: async () => {
        this.restarts += 1;
      },
    };
  }
}

describe("a session of the shell", () => {
  test("goes on until quit, and ends with the status of the last command", async () => {
    const scene = new Scene("", "show version active", "frobnicate", "quit", "show status");
    assert.equal(await scene.session.run(), 2);
    assert.match(scene.out[0] ?? "", /^Active Version +: 1\.2\.3$/);
    assert.match(scene.complaints.join("\n"), /frobnicate is not known here; it could be show, set, utils, help, quit/);
  });

  test("ends where there is no more input", async () => {
    assert.equal(await new Scene("show cert list own").session.run(), 0);
  });

  const words = [
    { line: "utils s", says: /s is ambiguous; it could be service, system/ },
    { line: "show network", says: /not complete; it could be eth0/ },
    { line: "quit at once", says: /at is not known here; nothing may follow/ },
  ];
  for (const { line, says } of words)
    test(`${line}: says what it could be`, async () => {
      const scene = new Scene();
      assert.equal(await scene.session.execute(line), 2);
      assert.match(scene.complaints.join("\n"), says);
    });

  for (const answer of ["n", "", "Y", "yes", "quit", undefined])
    test(`set network domain answered with ${JSON.stringify(answer)} changes nothing`, async () => {
      const scene = new Scene(...(answer === undefined ? [] : [answer]));
      assert.equal(await scene.session.execute("set network domain example.org"), 1);
      assert.deepEqual(scene.domains, []);
      assert.equal(scene.out.at(-1), "Continue (y/n)? ");
    });

  test("set network domain answered with y changes the domain, and tells what it means before and after", async () => {
    const scene = new Scene("y");
    assert.equal(await scene.session.execute("set network domain example.org"), 0);
    assert.deepEqual(scene.domains, ["example.org"]);
    const [before, after] = scene.out.join("\n").split("Continue (y/n)? ");
    assert.match(before ?? "", /Node FQDN +: imp1\.example\.com -> imp1\.example\.org/);
    assert.match(before ?? "", /WARNING: example\.org is not the SIP proxy domain example\.com/);
    assert.match(after ?? "", /at work\n\nThis node is now imp1\.example\.org\./);
  });

  test("set network domain refuses what is no domain, without asking", async () => {
    const scene = new Scene("y");
    assert.equal(await scene.session.execute("set network domain -a.example"), 1);
    assert.deepEqual([scene.out, scene.domains], [[], []]);
  });

  test("utils system restart wants the whole word", async () => {
    const refused = new Scene("y");
    assert.equal(await refused.session.execute("utils system restart"), 1);
    const done = new Scene("yes");
    assert.equal(await done.session.execute("utils system restart"), 0);
    assert.deepEqual([refused.restarts, done.restarts], [0, 1]);
  });

  test("services answer to every name they have", async () => {
    const scene = new Scene();
    for (const name of ["sip-proxy", "Cisco SIP Proxy", "sip-p"])
      await scene.session.execute(`utils service restart ${name}`);
    assert.deepEqual(
      scene.orders.map(({ action, service, actor }) => `${action} ${service} ${actor}`),
      Array.from({ length: 3 }, () => "restart sip-proxy admin"),
    );
    assert.equal(scene.out.at(-1), "sip-proxy[STARTED]");
  });

  test("a service nobody knows, one that could be several, and one that is refused, are failures", async () => {
    const scene = new Scene();
    for (const name of ["tomcat", "sip-", "config"])
      assert.equal(await scene.session.execute(`utils service stop ${name}`), 1);
    assert.deepEqual(scene.complaints, [
      "there is no service tomcat; `utils service list` shows them",
      "sip- is ambiguous: sip-federation, sip-proxy",
      "not now",
    ]);
  });

  test("the list says what is not activated", async () => {
    const scene = new Scene();
    await scene.session.execute("utils service list");
    assert.deepEqual(scene.out, ["sip-proxy[STARTED]", "xmpp-federation[STOPPED]  Service Not Activated"]);
  });

  const roles = [
    { role: "auditor", line: "show cert list own", status: 0 },
    { role: "auditor", line: "utils service stop sip-proxy", status: 1 },
    { role: "operator", line: "utils service stop sip-proxy", status: 0 },
    { role: "operator", line: "set network domain example.org", status: 1 },
    { role: "operator", line: "utils system restart", status: 1 },
    { role: undefined, line: "show version active", status: 1 },
  ] as const;
  for (const { role, line, status } of roles)
    test(`${line} by ${role ?? "one who was removed"} ends with ${status}`, async () => {
      const scene = new Scene("y", "yes");
      scene.role = role;
      assert.equal(await scene.session.execute(line), status);
      assert.deepEqual([scene.domains, scene.restarts], [[], 0]);
      if (status === 1) assert.match(scene.complaints.join(), /this needs the role/);
    });

  test("an account that is removed meanwhile has no session any more", async () => {
    const scene = new Scene("show version active", "show version active");
    scene.role = undefined;
    await scene.session.run();
    assert.deepEqual(scene.out, []);
  });

  test("a command that fails says why, and the session goes on", async () => {
    const scene = new Scene("show network eth0", "show version active");
    assert.equal(await scene.session.run(), 0);
    assert.deepEqual(scene.complaints, ["the network is on fire"]);
  });

  test("help lists the commands that begin so, with who may give them", async () => {
    const scene = new Scene();
    await scene.session.execute("help utils sys");
    assert.match(scene.out[0] ?? "", /^utils system restart +stop this node.*\(administrator\)$/);
    assert.equal(await scene.session.execute("help nothing"), 1);
  });
});

function service(name: ServiceName, state: NodeService["state"]): NodeService {
  return {
    name,
    kind: "feature",
    description: "",
    available: true,
    activated: state === "running",
    state,
    startedAt: null,
    uptimeSeconds: null,
    dependsOn: [],
    pendingRestart: false,
  };
}
