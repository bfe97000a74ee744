import {
  type AdmissionExplanation,
  type InboundQuery,
  type OutboundExplanation,
  type PolicyExplainInput,
  type PolicyExplanation,
  policyExplainPath,
  printable,
} from "@interpres/admin-api";
import { type Command, Option } from "commander";
import { addressLine } from "../address-line.ts";
import { DRAFT_HELP, draftIn } from "../draft-file.ts";
import type { Io } from "../io.ts";
import { CommandSession } from "../session.ts";
import { warningsOf } from "../warnings.ts";

const SIGNS = { same: " ", different: "*" } as const;

interface ExplainOptions {
  readonly draft?: string;
  readonly fromIp?: string;
  readonly commonName?: string;
  readonly dnsName?: readonly string[];
  readonly protocol?: "tls" | "tcp" | "udp";
  readonly method?: string;
}

/** `explain`: what is decided about an address, now and with a draft. */
export function addExplainCommand(program: Command, io: Io): void {
  program
    .command("explain")
    .description(
      "the way to an address, or with --from-ip whether requests from there are taken; with a draft beside it",
    )
    .argument("<address>", "like bob@contoso.example")
    .option("--draft <file>", "changes that are not saved")
    .option("--from-ip <address>", "a request comes in from this IP address")
    .option("--common-name <name>", "of the certificate it shows")
    .option("--dns-name <names...>", "its alternative names")
    .addOption(new Option("--protocol <protocol>").choices(["tls", "tcp", "udp"]))
    .option("--method <method>", "MESSAGE by default")
    .addHelpText("after", DRAFT_HELP)
    .action((address: string, options: ExplainOptions, command: Command) =>
      explain(address, options, new CommandSession(command, io)),
    );
}

async function explain(address: string, options: ExplainOptions, session: CommandSession): Promise<void> {
  const { draft, fromIp } = options;
  const asked: PolicyExplainInput =
    fromIp === undefined ? { uri: address } : { inbound: inboundOf(address, fromIp, options) };
  const given = draft === undefined ? {} : { draft: await draftIn(draft, session.io) };
  const answer = (await session.client.ask("POST", policyExplainPath, { ...asked, ...given })) as PolicyExplanation;
  const { outbound, inbound } = answer;
  const parts = outbound !== null ? told(outbound, outboundLines) : inbound !== null ? told(inbound, inboundLines) : [];
  session.say(answer, [...answer.addresses.map(addressLine), ...parts, ...warningsOf(answer)].join("\n"));
}

function inboundOf(address: string, fromIp: string, options: ExplainOptions): InboundQuery {
  const { commonName, dnsName, protocol, method } = options;
  const showsNone = commonName === undefined && dnsName === undefined;
  const names = {
    ...(commonName === undefined ? {} : { commonName }),
    ...(dnsName === undefined ? {} : { dnsNames: [...dnsName] }),
  };
  return {
    address: fromIp,
    domain: address.replace(/^(?:sips?:)?(?:[^@]*@)?/i, ""),
    ...(protocol === undefined ? {} : { protocol }),
    ...(method === undefined ? {} : { method }),
    ...(showsNone ? {} : { certificate: names }),
  };
}

/** The present answer; beneath it that of the draft, with a star where a line is another. */
function told<Answer>(
  { now, draft }: { readonly now: Answer; readonly draft: Answer | null },
  linesOf: (answer: Answer) => readonly string[],
): readonly string[] {
  const present = linesOf(now).map(printable);
  if (draft === null) return present;
  const drafted = linesOf(draft).map(printable);
  const marked = (lines: readonly string[], others: readonly string[]) =>
    lines.map((line) => `${SIGNS[others.includes(line) ? "same" : "different"]} ${line}`);
  return ["now:", ...marked(present, drafted), "", "with the draft:", ...marked(drafted, present)];
}

function outboundLines({ route, identity, tls }: OutboundExplanation): readonly string[] {
  const { domain, integrationType, verdict, steps, nextHops } = route;
  return [
    `${domain} (${integrationType ?? "not federated"}): ${verdict}`,
    ...steps.map(({ step, rule, name, outcome, detail }) => `${step}. ${rule} ${name}: ${outcome}, ${detail}`),
    ...nextHops.map(
      ({ host, port, protocol, addresses, from }) =>
        `to ${host}:${port} ${protocol} (${addresses.join(" ") || "no address"}), from ${from}`,
    ),
    ...(identity === null ? [] : [`as ${identity}`]),
    ...(tls === null ? [] : [`by ${tls.context}: a certificate of ${tls.certificateNames.join(", ")}`]),
    ...(tls === null || tls.peerSubjects.length === 0 ? [] : [`matching one of ${tls.peerSubjects.join(", ")}`]),
  ];
}

function inboundLines({ verdict, rule, steps }: AdmissionExplanation): readonly string[] {
  return [
    rule === null ? verdict : `${verdict} by ${rule}`,
    ...steps.map(
      ({ step, name, outcome, detail }) => `${step}. ${name}: ${outcome}${detail === "" ? "" : `, ${detail}`}`,
    ),
  ];
}
