import { COLON, decimal, endOfToken, SLASH, skipBlanks, trimEnd } from "./character-classes.ts";
import { unfold } from "./header-text.ts";
import { endOfHost } from "./host.ts";
import { type OctetText, parseWhole } from "./octet-text.ts";
import { type Parameters, parseParametersAt } from "./parameters.ts";
import { problem, SyntaxProblem } from "./syntax-problem.ts";

interface ViaParts {
  readonly from: number;
  readonly transport: string;
  readonly host: string;
  readonly port: number | undefined;
  readonly parameters: Parameters;
}

/** One Via value (RFC 3261 §20.42). A Via without branch is of RFC 2543 and valid. */
export class Via {
  /** In upper case: "UDP", "TCP", "TLS", "SCTP", … */
  readonly transport: string;
  /** Host of sent-by as written; an IPv6 reference keeps its brackets. */
  readonly host: string;
  readonly port: number | undefined;
  readonly parameters: Parameters;
  private readonly source: OctetText;
  private readonly from: number;

  constructor(source: OctetText, parts: ViaParts) {
    this.transport = parts.transport;
    this.host = parts.host;
    this.port = parts.port;
    this.parameters = parts.parameters;
    this.source = source;
    this.from = parts.from;
  }

  get branch(): string | undefined {
    return this.parameters.raw("branch");
  }

  /** The whole value as received, only unfolded. */
  get text(): string {
    return unfold(this.source.text.slice(this.from, trimEnd(this.source.octets, this.from, this.end)));
  }

  /** Where the value ends in the text it was parsed from: a comma, or the end. */
  get end(): number {
    return this.parameters.end;
  }
}

/** Parses one Via value; a list is refused. */
export function parseVia(text: string): Via | SyntaxProblem {
  return parseWhole(text, parseViaAt);
}

/** Parses the value at a place; ends at a comma or at `end`. */
export function parseViaAt(source: OctetText, start: number, end: number): Via | SyntaxProblem {
  const { octets, text } = source;
  const from = skipBlanks(octets, start, end);
  const transportFrom = afterVersion(source, from, end);
  if (transportFrom < 0) return problem("sent-protocol expected", from);
  const transportEnd = endOfToken(octets, transportFrom, end);
  const hostFrom = skipBlanks(octets, transportEnd, end);
  if (transportEnd === transportFrom || hostFrom === transportEnd) return problem("transport expected", transportFrom);
  const hostEnd = endOfHost(octets, hostFrom, end);
  if (hostEnd === hostFrom) return problem("host expected", hostFrom);
  // sent-by allows blanks around its colon (RFC 3261 §25.1 COLON).
  const colon = skipBlanks(octets, hostEnd, end);
  let port: number | undefined;
  let after = colon;
  if (colon < end && octets[colon] === COLON) {
    const portFrom = skipBlanks(octets, colon + 1, end);
    after = endOfToken(octets, portFrom, end);
    port = decimal(octets, portFrom, after);
    if (port === undefined || port > 65535) return problem("port expected", portFrom);
  }
  const parameters = parseParametersAt(source, after, end);
  if (parameters instanceof SyntaxProblem) return parameters;
  const transport = transportName(text.slice(transportFrom, transportEnd));
  return new Via(source, { from, transport, host: text.slice(hostFrom, hostEnd), port, parameters });
}

function transportName(written: string): string {
  return written === "TLS" || written === "TCP" || written === "UDP" ? written : written.toUpperCase();
}

/** Where the transport begins: `SIP / 2.0 /` with blanks anywhere. The version is a matter of the start line only. */
function afterVersion({ octets, text }: OctetText, from: number, end: number): number {
  if (text.startsWith("SIP/2.0/", from)) return from + 8;
  const version = afterSlash(octets, endOfToken(octets, from, end), end);
  return version < 0 ? -1 : afterSlash(octets, endOfToken(octets, version, end), end);
}

function afterSlash(octets: Uint8Array, from: number, end: number): number {
  const slash = skipBlanks(octets, from, end);
  return slash < end && octets[slash] === SLASH ? skipBlanks(octets, slash + 1, end) : -1;
}
