import { printable, RefusedError } from "@interpres/admin-api";
import { Command, CommanderError } from "commander";
import { addCertificateCommands } from "./commands/certificate.ts";
import { addConfigCommands } from "./commands/config.ts";
import { addAttachmentCommands } from "./commands/attachment.ts";
import { addDirectoryCommands } from "./commands/directory.ts";
import { addDnsCommands } from "./commands/dns.ts";
import { addDoctorCommand } from "./commands/doctor.ts";
import { addDomainCommands } from "./commands/domain.ts";
import { addExplainCommand } from "./commands/explain.ts";
import { addPolicyCommands } from "./commands/policy.ts";
import { addPresenceCommands } from "./commands/presence.ts";
import { addRouteCommands } from "./commands/route.ts";
import { addServiceCommands } from "./commands/service.ts";
import { addShellCommand } from "./commands/shell.ts";
import { addTlsCommands } from "./commands/tls.ts";
import { addTraceCommand } from "./commands/trace.ts";
import { addUserCommands } from "./commands/user.ts";
import { CommandError, type Io } from "./io.ts";

export type ExitCode = 0 | 1 | 2;

/** Runs one command line and says how it went: 0 done, 1 refused or failed, 2 wrong usage. Reasons go to standard error. */
export async function runCommand(words: readonly string[], version: string, io: Io): Promise<ExitCode> {
  const program = createProgram(version, io);
  try {
    if (words.length === 0) program.help({ error: true });
    await program.parseAsync([...words], { from: "user" });
    return 0;
  } catch (error) {
    return exitCodeOf(error, io);
  }
}

function createProgram(version: string, io: Io): Command {
  const program = new Command("interpres")
    .description("command line of an Interpres node")
    .version(version)
    .option("--json", "answer in JSON")
    .option("--url <url>", "node to talk to, https://HOST:8443 (INTERPRES_URL)")
    .option("--token <token>", "token for it (INTERPRES_TOKEN)")
    .option("--ca <file>", "PEM file of the authority that signed its certificate (INTERPRES_CA)")
    .option("--data <dir>", "data directory of a node on this machine")
    .addHelpText("after", AFTERWORD)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => io.out(text.trimEnd()),
      writeErr: (text) => io.err(text.trimEnd()),
    });
  // They take over what was said above of exit and output.
  addServerCommands(program);
  addUserCommands(program, io);
  addDirectoryCommands(program, io);
  addConfigCommands(program, io);
  addDomainCommands(program, io);
  addAttachmentCommands(program, io);
  addRouteCommands(program, io);
  addExplainCommand(program, io);
  addPolicyCommands(program, io);
  addCertificateCommands(program, io);
  addTlsCommands(program, io);
  addDnsCommands(program, io);
  addServiceCommands(program, io);
  addPresenceCommands(program, io);
  addDoctorCommand(program, io);
  addTraceCommand(program, io);
  addShellCommand(program, io);
  return program;
}

const AFTERWORD = `
The node is found by --url and --token, by INTERPRES_URL and INTERPRES_TOKEN, or
by the data directory of one that runs on this machine.

Exit codes: 0 done; 1 refused or failed, with the reason on standard error;
2 wrong usage.

Examples:
  interpres user add alice@example.com --display-name Alice
  interpres domain add contoso.example --type microsoft
  interpres route explain sip:bob@contoso.example
  interpres dns check contoso.example
  interpres doctor contoso.example
  interpres trace --peer contoso.example --follow
  interpres shell show network eth0`;

/** The launcher runs these itself; here they only stand in the help. */
function addServerCommands(program: Command): void {
  program.command("serve").description("run a node: [--config FILE] [--data DIR]").allowUnknownOption();
  program.command("demo").description("run a node with simulated peers");
}

function exitCodeOf(error: unknown, io: Io): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof RefusedError) {
    io.err(refusal(error));
    return 1;
  }
  if (!(error instanceof CommandError)) throw error;
  // Without a message the reason has been told already.
  if (error.message !== "") io.err(error.message);
  return error.exitCode;
}

function refusal({ problem }: RefusedError): string {
  const errors = problem.errors ?? [];
  const lines = errors.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  return printable(lines.length > 0 ? lines.join("; ") : (problem.detail ?? problem.title));
}
