import type { FirstStart } from "./first-start.ts";

/** What a person who has just started a node needs to know next. */
export interface Greeting {
  readonly version: string;
  readonly adminUrl: string;
  /** Undefined where it has not been built. */
  readonly consoleUrl: string | undefined;
  /** Undefined while the service does not run. */
  readonly webChatUrl: string | undefined;
  readonly localDomain: string;
  readonly ports: Readonly<Record<string, number>>;
  readonly hasUsers: "yes" | "no";
  readonly hasDomains: "yes" | "no";
  readonly firstStart: FirstStart | undefined;
}

/** Plain text for a terminal; says only what the node really offers. */
export function greetingText(greeting: Greeting): string {
  const { version, adminUrl, consoleUrl, webChatUrl, localDomain, ports, firstStart } = greeting;
  const lines = [
    `Interpres ${version} is ready.`,
    "",
    ...(consoleUrl === undefined ? [] : [`  Console          ${consoleUrl}`]),
    `  XMPP clients     ${localDomain}, port ${ports.xmppClient ?? "-"} (STARTTLS)`,
    ...(webChatUrl === undefined ? [] : [`  Web chat         ${webChatUrl}`]),
    `  SIP federation   port ${ports.sipTls ?? "-"} (mutual TLS)`,
    `  API              ${adminUrl}/api/v1 (OpenAPI at ${adminUrl}/api/v1/openapi.json)`,
    `  Shell            port ${ports.shell ?? "-"} (SSH)`,
  ];
  if (firstStart?.printedPassword !== undefined) {
    const { administrator, printedPassword } = firstStart;
    lines.push("", `  Administrator ${administrator}, password ${printedPassword} (shown this once)`);
  }
  return [...lines, ...nextSteps(greeting), ""].join("\n");
}

function nextSteps(greeting: Greeting): readonly string[] {
  if (greeting.hasUsers === "yes" && greeting.hasDomains === "yes") return [];
  const steps = ["", "Next, in another terminal:", ""];
  if (greeting.hasUsers === "no")
    steps.push(`  add a user           npx interpres user add alice@${greeting.localDomain}`);
  if (greeting.hasDomains === "no") {
    steps.push("  add a SIP domain     npx interpres domain add contoso.example --type microsoft");
    steps.push("  see how it is routed npx interpres route explain sip:bob@contoso.example");
  }
  return [...steps, "  watch an exchange    npm run demo"];
}
