import { COLON, endOfToken, SLASH, skipBlanks, trimEnd } from "./character-classes.ts";
import { unfold } from "./header-text.ts";
import { type Parameters, parseParametersAt } from "./parameters.ts";
import { type HostPort, parseHostPort } from "./sip-uri.ts";
import { problem, SyntaxProblem } from "./syntax-problem.ts";

/** One Via value (RFC 3261 §20.42). A Via without branch is of RFC 2543 and valid. */
export class Via {
  /** In upper case: "UDP", "TCP", "TLS", "SCTP", … */
  readonly transport: string;
  /** Host of sent-by as written; an IPv6 reference keeps its brackets. */
  readonly host: string;
  readonly port: number | undefined;
  readonly parameters: Parameters;
  private readonly source: string;
  private readonly from: number;
  private readonly end: number;

  constructor(init: {
    readonly source: string;
    readonly from: number;
    readonly end: number;
    readonly transport: string;
    readonly host: string;
    readonly port: number | undefined;
    readonly parameters: Parameters;
  }) {
    this.transport = init.transport;
    this.host = init.host;
    this.port = init.port;
    this.parameters = init.parameters;
    this.source = init.source;
    this.from = init.from;
    this.end = init.end;
  }

  get branch(): string | undefined {
    return this.parameters.raw("branch");
  }

  /** The whole value as received, only unfolded. */
  get text(): string {
    return unfold(this.source.slice(this.from, this.end));
  }
}

/** Parses one Via value; a list is refused. */
export function parseVia(text: string): Via | SyntaxProblem {
  return parseViaAt(text, 0, text.length);
}

/** As `parseVia`, for a part of a longer text. */
export function parseViaAt(source: string, start: number, stop: number): Via | SyntaxProblem {
  const from = skipBlanks(source, start, stop);
  const end = trimEnd(source, from, stop);
  const transportFrom = afterVersion(source, from, end);
  if (transportFrom < 0) return problem("sent-protocol expected", from);
  const transportEnd = endOfToken(source, transportFrom, end);
  const sentBy = skipBlanks(source, transportEnd, end);
  if (transportEnd === transportFrom || sentBy === transportEnd) return problem("transport expected", transportFrom);
  const hostPort = parseSentBy(source, sentBy, end);
  if (hostPort instanceof SyntaxProblem) return hostPort;
  const parameters = parseParametersAt(source, hostPort.end, end);
  if (parameters instanceof SyntaxProblem) return parameters;
  const transport = source.slice(transportFrom, transportEnd).toUpperCase();
  return new Via({ source, from, end, transport, host: hostPort.host, port: hostPort.port, parameters });
}

/** Where the transport begins: `SIP / 2.0 /` with blanks anywhere; versions are checked in the start line only. */
function afterVersion(source: string, from: number, end: number): number {
  if (source.startsWith("SIP/2.0/", from)) return from + 8;
  const version = afterSlash(source, endOfToken(source, from, end), end);
  if (version < 0) return -1;
  return afterSlash(source, endOfToken(source, version, end), end);
}

function afterSlash(source: string, from: number, end: number): number {
  const slash = skipBlanks(source, from, end);
  return slash < end && source.charCodeAt(slash) === SLASH ? skipBlanks(source, slash + 1, end) : -1;
}

/** sent-by allows blanks around its colon (RFC 3261 §25.1 COLON). */
function parseSentBy(source: string, from: number, end: number): HostPort | SyntaxProblem {
  const plain = parseHostPort(source, from, end);
  if (plain instanceof SyntaxProblem || plain.port !== undefined) return plain;
  const colon = skipBlanks(source, plain.end, end);
  if (colon >= end || source.charCodeAt(colon) !== COLON) return plain;
  const digits = skipBlanks(source, colon + 1, end);
  const port = parseHostPort(`x:${source.slice(digits, end)}`, 0, end - digits + 2);
  if (port instanceof SyntaxProblem) return problem("port expected", digits);
  return { host: plain.host, port: port.port, end: digits + port.end - 2 };
}
