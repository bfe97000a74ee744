import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePorts, PeerProcess, peerFolder } from "../../harness/peers.ts";

export const SECRET = "component-secret";
export const PASSWORD = "host-password";

/** What a host is to have. */
export interface HostSetup {
  /** Whose users it serves. */
  readonly domain: string;
  /** What it takes as components. */
  readonly components: readonly string[];
  readonly users: readonly string[];
}

interface HostProgram {
  /** Writes the configuration below `folder`. */
  readonly configure: (folder: string, setup: HostSetup & Ports) => void;
  readonly command: (folder: string) => readonly string[];
  readonly env?: (folder: string) => NodeJS.ProcessEnv;
  readonly ready: RegExp;
}

interface Ports {
  readonly clientPort: number;
  readonly componentPort: number;
}

/** Somebody's XMPP server on loopback, in the foreground, with a folder and ports of its own. */
export class XmppHost {
  readonly clientPort: number;
  readonly componentPort: number;
  readonly domain: string;
  readonly #program: HostProgram;
  readonly #folder: ReturnType<typeof peerFolder>;
  #process: PeerProcess | undefined;
  #runs = 0;

  private constructor(program: HostProgram, setup: HostSetup, ports: Ports) {
    this.#program = program;
    this.#folder = peerFolder();
    this.domain = setup.domain;
    this.clientPort = ports.clientPort;
    this.componentPort = ports.componentPort;
    program.configure(this.#folder.path, { ...setup, ...ports });
  }

  static async start(program: HostProgram, setup: HostSetup): Promise<XmppHost> {
    const [clientPort = 0, componentPort = 0] = await freePorts(2);
    const host = new XmppHost(program, setup, { clientPort, componentPort });
    await host.start();
    return host;
  }

  /** Again, with what it kept. */
  async start(): Promise<void> {
    const { path } = this.#folder;
    this.#runs += 1;
    const env = { ...process.env, ...this.#program.env?.(path) };
    this.#process = new PeerProcess(this.#program.command(path), { log: join(path, `out-${this.#runs}.log`), env });
    await this.#process.printed(this.#program.ready, 20_000);
  }

  async stop(): Promise<void> {
    await this.#process?.stop();
    this.#process = undefined;
  }

  async close(): Promise<void> {
    await this.stop();
    this.#folder.remove();
  }
}

/** Prosody; its accounts are files. */
export const prosody: HostProgram = {
  configure: (folder, { domain, components, users, clientPort, componentPort }) => {
    const accounts = join(folder, "data", encodeName(domain), "accounts");
    mkdirSync(accounts, { recursive: true });
    for (const user of users)
      writeFileSync(join(accounts, `${user}.dat`), `return { ["password"] = "${PASSWORD}" };\n`);
    const lines = [
      "run_as_root = true",
      `data_path = "${join(folder, "data")}"`,
      'interfaces = { "127.0.0.1" }',
      'component_interfaces = { "127.0.0.1" }',
      `c2s_ports = { ${clientPort} }`,
      `component_ports = { ${componentPort} }`,
      'modules_enabled = { "roster"; "saslauth"; "disco"; "ping"; "offline" }',
      'modules_disabled = { "s2s"; "tls" }',
      'authentication = "internal_plain"',
      "c2s_require_encryption = false",
      'log = { { levels = { min = "info" }, to = "console" } }',
      `VirtualHost "${domain}"`,
      ...components.flatMap((component) => [`Component "${component}"`, `  component_secret = "${SECRET}"`]),
    ];
    writeFileSync(join(folder, "prosody.cfg.lua"), `${lines.join("\n")}\n`);
  },
  command: (folder) => ["/usr/bin/prosody", "-F", "--config", join(folder, "prosody.cfg.lua")],
  ready: /Activated service 'component'/,
};

const EJABBERD_CODE = "/usr/lib/x86_64-linux-gnu";

/** ejabberd without a node name; `erl` itself, because its control script would listen everywhere. */
export const ejabberd: HostProgram = {
  configure: (folder, { domain, components, users, clientPort, componentPort }) => {
    const secrets = components.map((component) => `${component}: { password: "${SECRET}" }`).join(", ");
    const lines = [
      `hosts: [${domain}]`,
      "loglevel: info",
      "listen:",
      `  - { port: ${clientPort}, ip: "127.0.0.1", module: ejabberd_c2s, starttls: false }`,
      `  - { port: ${componentPort}, ip: "127.0.0.1", module: ejabberd_service, hosts: { ${secrets} } }`,
      "auth_method: internal",
      "modules: { mod_disco: {}, mod_ping: {}, mod_roster: {}, mod_offline: {} }",
    ];
    writeFileSync(join(folder, "ejabberd.yml"), `${lines.join("\n")}\n`);
    const register = users.map((user) => `ejabberd_auth:try_register(<<"${user}">>,<<"${domain}">>,<<"${PASSWORD}">>)`);
    writeFileSync(
      join(folder, "register"),
      `ejabberd:start_app(ejabberd), ${register.join(", ")}, io:format("ready~n").`,
    );
  },
  command: (folder) => ["/usr/bin/sh", "-c", EJABBERD_START, "sh", folder, EJABBERD_CODE],
  env: (folder) => ({ HOME: folder }),
  ready: /^ready$/m,
};

const EJABBERD_START = [
  'exec erl -noinput -pa "$2"/ejabberd-*/ebin -mnesia dir "\\"$1/mnesia\\""',
  '-ejabberd config "\\"$1/ejabberd.yml\\"" log_path "\\"$1/ejabberd.log\\"" -s ejabberd -eval "$(cat "$1/register")"',
].join(" ");

/** As Prosody names the folder of a host. */
function encodeName(domain: string): string {
  return domain.replaceAll(/[^A-Za-z0-9]/g, (character) => `%${character.charCodeAt(0).toString(16)}`);
}
