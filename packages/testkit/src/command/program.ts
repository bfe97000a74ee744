import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "@interpres/runtime";
import { Command, CommanderError } from "commander";
import { EdgeStyle } from "../edge/edge-style.ts";
import { DISCOVERED_PARTNER, EdgeThrottle } from "../edge/edge-throttle.ts";
import { HouseDomains } from "../house/house-rules.ts";
import { HouseStyle } from "../house/house-style.ts";
import type { ObservingPeer } from "../observer/rule.ts";
import type { FaultSet } from "../simulator/fault-set.ts";
import { CommandError, type Io } from "./io.ts";
import { authorityIn } from "./key-ring.ts";
import { addCommonOptions, type CommonOptions, endpointOf } from "./options.ts";
import { run } from "./run.ts";
import { type Entry, faultEntries, listed, probeEntries, ruleEntries, stepEntries } from "./tables.ts";

export type ExitCode = 0 | 1 | 2;

interface EdgeOptions extends CommonOptions {
  readonly user: readonly string[];
  readonly partner: string;
}

interface HouseOptions extends CommonOptions {
  readonly alias: readonly string[];
  readonly hosted: readonly string[];
}

const several = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** Runs one command line: 0 done, or every expectation held; 1 failed; 2 wrong usage. Reasons go to standard error. */
export async function runSimulator(words: readonly string[], version: string, io: Io): Promise<ExitCode> {
  const state: { code: ExitCode } = { code: 0 };
  const program = createProgram(version, io, (code) => {
    state.code = code;
  });
  try {
    if (words.length === 0) program.help({ error: true });
    await program.parseAsync([...words], { from: "user" });
    return state.code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof CommandError)) throw error;
    io.err(error.message);
    return error.exitCode;
  }
}

function createProgram(version: string, io: Io, ended: (code: ExitCode) => void): Command {
  const program = new Command("interpres-sim")
    .description("simulated SIP federation peers, as strict as the real ones")
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text.trimEnd()), writeErr: (text) => io.err(text.trimEnd()) });
  const edge = program
    .command("edge")
    .description("a Microsoft Access Edge (OCS, Lync, Skype for Business) with its users");
  withLists(edge, "edge", io)
    .requiredOption("--domain <domain>", "its SIP domain")
    .option("--user <name>", "a user of it, repeatable; by default everybody exists", several, [])
    .option("--partner <how>", "discovered: throttled as such; allow-listed: not", "discovered")
    .action(async (options: EdgeOptions) => ended(await runEdge(options, io)));
  const house = program
    .command("clearing-house")
    .description("an AOL-style clearing house for its own and other domains");
  withLists(house, "clearing-house", io)
    .requiredOption("--domain <domain>", "its own domain")
    .option("--alias <domain>", "a domain whose users are addressed under its own, repeatable", several, [])
    .option("--hosted <domain>", "another domain it answers for, repeatable", several, [])
    .action(async (options: HouseOptions) => ended(await runHouse(options, io)));
  program
    .command("certificate")
    .description("issue a certificate of the simulators' authority, for a server under test that has none")
    .argument("<name>", "its host name")
    .option("--ca-dir <dir>", "the authority; NAME.pem and NAME-key.pem are written there", "interpres-sim")
    .action((name: string, options: { readonly caDir: string }) => issue(name, options.caDir, io));
  return program;
}

/** The lists are asked for before anything that is required is missed. */
function withLists(command: Command, peer: ObservingPeer, io: Io): Command {
  const lists: readonly (readonly [string, string, () => readonly Entry[]])[] = [
    ["--list-faults", "list what it can do wrong", () => faultEntries(peer)],
    ["--list-rules", "list what its observer insists on", () => ruleEntries(peer)],
    ["--list-probes", "list requests with known answers", probeEntries],
    ["--list-steps", "list steps of scripts, which can also be typed", stepEntries],
  ];
  addCommonOptions(command);
  for (const [flag, does, entries] of lists) {
    command.option(flag, does);
    command.on(`option:${flag.slice(2)}`, () => {
      io.out(listed(entries()));
      throw new CommanderError(0, "listed", "");
    });
  }
  return command;
}

async function runEdge(options: EdgeOptions, io: Io): Promise<0 | 1> {
  const { domain, user, partner, peerDomain } = options;
  if (partner !== "discovered" && partner !== "allow-listed")
    throw new CommandError(`--partner: ${partner} is neither discovered nor allow-listed`, 2);
  const fqdn = options.fqdn ?? `sip.${domain}`;
  const users = user.length === 0 ? {} : { users: new Set(user.map((name) => name.toLowerCase())) };
  const partners = peerDomain.length === 0 ? {} : { partnerDomains: peerDomain };
  return await run(
    options,
    {
      kind: "edge",
      fqdn,
      style: (faults, port) =>
        new EdgeStyle({ domain, fqdn, port, faults, ...users, ...partners, pageMode: "refused" }),
      ...(partner === "discovered"
        ? { limit: new EdgeThrottle({ clock: systemClock, limits: DISCOVERED_PARTNER, excess: "refused" }) }
        : {}),
    },
    io,
  );
}

async function runHouse(options: HouseOptions, io: Io): Promise<0 | 1> {
  const { domain, alias, hosted, peer, peerName, peerDomain } = options;
  if (peerName === undefined || peerDomain.length === 0)
    throw new CommandError("a clearing house knows its customer: --peer-name and --peer-domain", 2);
  const fqdn = options.fqdn ?? `sip.${domain}`;
  const customerPort = (): number => (peer === undefined ? 0 : endpointOf(peer, "--peer").port);
  const customer = { fqdn: peerName, domains: peerDomain, port: customerPort };
  const domains = new HouseDomains(domain, alias, hosted);
  const style = (faults: FaultSet, port: () => number): HouseStyle =>
    new HouseStyle({ fqdn, port, domains, customer, faults });
  return await run(options, { kind: "clearing-house", fqdn, style }, io);
}

async function issue(name: string, directory: string, io: Io): Promise<void> {
  if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(name)) throw new CommandError(`${name} is no host name`, 2);
  const authority = await authorityIn(directory);
  const { certPem, keyPem } = await authority.issue({ cn: name, dnsNames: [name], key: "rsa" });
  writeFileSync(join(directory, `${name}.pem`), certPem);
  writeFileSync(join(directory, `${name}-key.pem`), keyPem, { mode: 0o600 });
  io.out(`${join(directory, `${name}.pem`)} and ${join(directory, `${name}-key.pem`)}`);
}
