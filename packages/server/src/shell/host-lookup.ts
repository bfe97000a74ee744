import { type DnsAnswer, type RecordTypes, type Resolver, reverseNameOf } from "@interpres/runtime";

/** What the node finds for one name: on this machine, and by asking DNS. */
export interface HostLookup {
  readonly local: readonly string[];
  readonly external: readonly string[];
  readonly outcome: "found" | "none" | "failed";
}

interface Ports {
  readonly resolver: Resolver;
  /** Text of the system's host file. */
  readonly hostFile: () => string;
}

type Line<Type extends keyof RecordTypes> = (record: RecordTypes[Type]) => string;

/** Addresses of a name. */
export async function lookUpAddresses(name: string, { resolver, hostFile }: Ports): Promise<HostLookup> {
  const local = addressesIn(hostFile(), name).map((address) => `${name} resolves locally to ${address}`);
  const answers = await Promise.all([
    answerLines(resolver.resolve(name, "A"), name, ({ address }) => `${name} has address ${address}`),
    answerLines(resolver.resolve(name, "AAAA"), name, ({ address }) => `${name} has IPv6 address ${address}`),
  ]);
  return joined(local, answers);
}

/** The names of an address (facts B13): `192.0.2.10 domain name pointer edge.contoso.example.` */
export async function lookUpNames(address: string, { resolver, hostFile }: Ports): Promise<HostLookup> {
  const local = namesIn(hostFile(), address).map((name) => `${address} resolves locally to ${name}`);
  const answer = await answerLines(resolver.resolve(reverseNameOf(address), "PTR"), address, ({ name }) => {
    return `${address} domain name pointer ${name}.`;
  });
  return joined(local, [answer]);
}

/** Service records of a name, as priority, weight, port and target (RFC 2782). */
export async function lookUpServices(name: string, { resolver }: Ports): Promise<HostLookup> {
  const answer = await answerLines(resolver.resolve(name, "SRV"), name, ({ priority, weight, port, target }) => {
    return `${name} has SRV record ${priority} ${weight} ${port} ${target}.`;
  });
  return joined([], [answer]);
}

/** The two parts of facts B5. */
export function showLookup({ local, external }: HostLookup): readonly string[] {
  const part = (heading: string, lines: readonly string[]) => [
    heading,
    ...(lines.length > 0 ? lines : ["Nothing found"]),
  ];
  return [...part("Local Resolution:", local), "", ...part("External Resolution:", external)];
}

/** The addresses of a name in the text of a host file (hosts(5)). */
function addressesIn(hostFile: string, name: string): readonly string[] {
  const found = rowsOf(hostFile).filter(([, ...names]) => names.includes(name.toLowerCase()));
  return [...new Set(found.map(([address = ""]) => address))];
}

function namesIn(hostFile: string, wanted: string): readonly string[] {
  return rowsOf(hostFile).flatMap(([address, ...names]) => (address === wanted.toLowerCase() ? names : []));
}

function rowsOf(hostFile: string): readonly (readonly string[])[] {
  return hostFile.split("\n").map((line) => line.replace(/#.*/, "").trim().toLowerCase().split(/\s+/));
}

interface Lines {
  readonly lines: readonly string[];
  readonly kind: DnsAnswer<"A">["kind"];
}

async function answerLines<Type extends keyof RecordTypes>(
  asked: Promise<DnsAnswer<Type>>,
  name: string,
  line: Line<Type>,
): Promise<Lines> {
  const answer = await asked;
  switch (answer.kind) {
    case "records":
      return { kind: answer.kind, lines: answer.records.map(line) };
    case "none":
      return { kind: answer.kind, lines: [] };
    case "failed":
      return { kind: answer.kind, lines: [`${name} could not be looked up: ${answer.reason}`] };
  }
}

function joined(local: readonly string[], answers: readonly Lines[]): HostLookup {
  const has = (kind: Lines["kind"]): boolean => answers.some((answer) => answer.kind === kind);
  const isFound = local.length > 0 || has("records");
  return {
    local,
    external: [...new Set(answers.flatMap(({ lines }) => lines))],
    outcome: isFound ? "found" : has("failed") ? "failed" : "none",
  };
}
