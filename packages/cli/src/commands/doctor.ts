import {
  type Diagnosis,
  type DiagnosisOutcome,
  type DiagnosisStep,
  diagnosisPath,
  printable,
} from "@interpres/admin-api";
import type { Command } from "commander";
import { CommandError, type Io } from "../io.ts";
import { CommandSession } from "../session.ts";

const MARKS: Readonly<Record<DiagnosisOutcome, string>> = {
  passed: "ok     ",
  warned: "warning",
  failed: "FAILED ",
  skipped: "-      ",
};

interface Options {
  readonly to?: string;
  readonly from?: string;
}

/** `doctor DOMAIN`: every check from name to SUBSCRIBE. */
export function addDoctorCommand(program: Command, io: Io): void {
  program
    .command("doctor")
    .description("examine the federation with a domain, from its name to a SUBSCRIBE")
    .argument("<domain>", "like contoso.example")
    .option("--to <address>", "a user there to ask for; a name nobody has by default")
    .option("--from <address>", "the local user to ask as; likewise")
    .addHelpText("after", "\nWhat failed says what was expected, why, and what to do; the exit code is 1 then.")
    .action((domain: string, options: Options, command: Command) =>
      examine(domain, options, new CommandSession(command, io)),
    );
}

async function examine(domain: string, { to, from }: Options, session: CommandSession): Promise<void> {
  const asked = { ...(to === undefined ? {} : { to }), ...(from === undefined ? {} : { from }) };
  session.progress(`Examining ${domain} …`);
  const diagnosis = (await session.client.ask("POST", diagnosisPath(domain), asked)) as Diagnosis;
  session.say(diagnosis, [...diagnosis.steps.flatMap(linesOf), "", verdict(diagnosis)].join("\n"));
  if (!diagnosis.healthy) throw new CommandError("");
}

function linesOf({ outcome, title, seen, expected, why, remedy }: DiagnosisStep): readonly string[] {
  const head = `${MARKS[outcome]}  ${title}`;
  if (outcome === "skipped") return [head];
  const what = `           seen      ${printable(seen)}`;
  if (outcome === "passed") return [head, what];
  const reasons = outcome === "failed" ? [`           expected  ${expected}`, `           because   ${why}`] : [];
  return [head, what, ...reasons, ...(remedy === null ? [] : [`           remedy    ${printable(remedy)}`])];
}

function verdict({ domain, healthy, steps }: Diagnosis): string {
  const count = (outcome: DiagnosisOutcome): number => steps.filter((step) => step.outcome === outcome).length;
  if (!healthy) return `${domain}: ${count("failed")} failed, ${count("skipped")} could not be looked at`;
  const warnings = count("warned");
  return warnings === 0
    ? `${domain}: no fault found`
    : `${domain}: works, with ${warnings} ${warnings === 1 ? "warning" : "warnings"}`;
}
