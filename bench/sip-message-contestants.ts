import { createRequire } from "node:module";
import { parseMessage, type SipRequest, serialize } from "../packages/sip/src/index.ts";

/** One parser under measurement. */
export interface Contestant {
  readonly name: string;
  /** Parses and reads the fourteen fields; the sum keeps the engine from skipping any. */
  readonly read: (octets: Buffer) => number;
  /** Parses, adds a Via, counts Max-Forwards down, serializes. Absent where the library cannot write what it read. */
  readonly relay?: (octets: Buffer) => number;
}

const require = createRequire(import.meta.url);
const newVia = "SIP/2.0/TLS sip.example.com:5061;branch=z9hG4bKn8s7d6f5g4";

const ours: Contestant = { name: "interpres", read: readOurs, relay: relayOurs };

export const contestants: readonly Contestant[] = [ours, sipPackage(), drachtio(), jssip(), await sipJs()];

function request(octets: Buffer): SipRequest {
  const message = parseMessage(octets, "stream");
  if (message.kind !== "request") throw new Error("sample is no request");
  return message;
}

function readOurs(octets: Buffer): number {
  const message = request(octets);
  const via = message.topVia;
  const { from, to, cseq } = message;
  return (
    message.method.length +
    message.requestUri.length +
    (via.branch?.length ?? 0) +
    via.host.length +
    from.uri.length +
    (from.tag?.length ?? 0) +
    to.uri.length +
    (to.tag?.length ?? 0) +
    message.callId.length +
    cseq.number +
    cseq.method.length +
    (message.maxForwards ?? 0) +
    (message.contacts[0]?.uri.length ?? 0) +
    (message.contentType?.type.length ?? 0) +
    message.body.length +
    (message.event?.type.length ?? 0)
  );
}

function relayOurs(octets: Buffer): number {
  const message = request(octets);
  const maxForwards = String((message.maxForwards ?? 70) - 1);
  return serialize(message.with({ prepend: [["Via", newVia]], replace: [["Max-Forwards", maxForwards]] })).length;
}

interface Address {
  readonly uri: string;
  readonly params: Readonly<Record<string, string | undefined>>;
}

interface SipVia {
  readonly host: string;
  readonly params: Readonly<Record<string, string | undefined>>;
}

/** npm `sip`: everything is parsed at once. */
function sipPackage(): Contestant {
  interface Parsed {
    readonly method: string;
    readonly uri: string;
    readonly headers: {
      readonly via: (SipVia & object)[];
      readonly from: Address;
      readonly to: Address;
      readonly "call-id": string;
      readonly cseq: { readonly seq: number; readonly method: string };
      "max-forwards": string | number;
      readonly contact: readonly Address[];
      readonly "content-type"?: string;
      readonly "content-length": number;
      readonly event?: string;
    };
  }
  const sip = require("sip") as { parse(text: string): Parsed; stringify(message: Parsed): string };
  const read = (octets: Buffer): number => {
    const { method, uri, headers } = sip.parse(octets.toString("latin1"));
    return (
      method.length +
      uri.length +
      (headers.via[0]?.params.branch?.length ?? 0) +
      (headers.via[0]?.host.length ?? 0) +
      headers.from.uri.length +
      (headers.from.params.tag?.length ?? 0) +
      headers.to.uri.length +
      (headers.to.params.tag?.length ?? 0) +
      headers["call-id"].length +
      headers.cseq.seq +
      headers.cseq.method.length +
      Number(headers["max-forwards"]) +
      (headers.contact[0]?.uri.length ?? 0) +
      (headers["content-type"]?.split(";")[0]?.length ?? 0) +
      headers["content-length"] +
      (headers.event?.length ?? 0)
    );
  };
  const relay = (octets: Buffer): number => {
    const message = sip.parse(octets.toString("latin1"));
    const via = { version: "2.0", protocol: "TLS", host: "sip.example.com", port: 5061 };
    message.headers.via.unshift({ ...via, params: { branch: "z9hG4bKn8s7d6f5g4" } });
    message.headers["max-forwards"] = Number(message.headers["max-forwards"]) - 1;
    return Buffer.from(sip.stringify(message), "latin1").length;
  };
  return { name: "sip", read, relay };
}

/** npm `drachtio-sip`: values are parsed when asked for. */
function drachtio(): Contestant {
  interface Message {
    readonly method: string;
    readonly uri: string;
    readonly headers: Record<string, string | undefined>;
    get(name: string): string | undefined;
    getParsedHeader(name: string): unknown;
    toString(): string;
  }
  const SipMessage = require("drachtio-sip").SipMessage as new (text: string) => Message;
  const read = (octets: Buffer): number => {
    const message = new SipMessage(octets.toString("latin1"));
    const via = (message.getParsedHeader("via") as readonly SipVia[])[0];
    const from = message.getParsedHeader("from") as Address;
    const to = message.getParsedHeader("to") as Address;
    const cseq = message.getParsedHeader("cseq") as { readonly seq: number; readonly method: string };
    const contact = (message.getParsedHeader("contact") as readonly Address[])[0];
    return (
      message.method.length +
      message.uri.length +
      (via?.params.branch?.length ?? 0) +
      (via?.host.length ?? 0) +
      from.uri.length +
      (from.params.tag?.length ?? 0) +
      to.uri.length +
      (to.params.tag?.length ?? 0) +
      (message.get("call-id")?.length ?? 0) +
      cseq.seq +
      cseq.method.length +
      Number(message.get("max-forwards")) +
      (contact?.uri.length ?? 0) +
      (message.get("content-type")?.split(";")[0]?.length ?? 0) +
      Number(message.get("content-length")) +
      (message.get("event")?.length ?? 0)
    );
  };
  const relay = (octets: Buffer): number => {
    const message = new SipMessage(octets.toString("latin1"));
    message.headers.via = `${newVia},${message.headers.via}`;
    message.headers["max-forwards"] = String(Number(message.headers["max-forwards"]) - 1);
    return Buffer.from(message.toString(), "latin1").length;
  };
  return { name: "drachtio-sip", read, relay };
}

/** What jssip and sip.js, of one family, give for a request. */
interface IncomingRequest {
  readonly method: string;
  readonly ruri: object;
  readonly via_branch?: string;
  readonly viaBranch?: string;
  readonly via: { readonly host: string };
  readonly from: { readonly uri: object };
  readonly from_tag?: string;
  readonly fromTag?: string;
  readonly to: { readonly uri: object };
  readonly to_tag?: string;
  readonly toTag?: string;
  readonly call_id?: string;
  readonly callId?: string;
  readonly cseq: number | { readonly value: number };
  readonly body: string;
  getHeader(name: string): string | undefined;
  parseHeader(name: string): { readonly uri: object };
}

function readIncoming(message: IncomingRequest): number {
  const { cseq } = message;
  return (
    message.method.length +
    sizeOf(message.ruri) +
    ((message.via_branch ?? message.viaBranch)?.length ?? 0) +
    message.via.host.length +
    sizeOf(message.from.uri) +
    ((message.from_tag ?? message.fromTag)?.length ?? 0) +
    sizeOf(message.to.uri) +
    ((message.to_tag ?? message.toTag)?.length ?? 0) +
    ((message.call_id ?? message.callId)?.length ?? 0) +
    (typeof cseq === "number" ? cseq : cseq.value) +
    message.method.length +
    Number(message.getHeader("max-forwards")) +
    sizeOf(message.parseHeader("contact").uri) +
    (message.getHeader("content-type")?.split(";")[0]?.length ?? 0) +
    Number(message.getHeader("content-length")) +
    (message.getHeader("event")?.length ?? 0)
  );
}

/** They hand out objects for URIs; making text of them is not asked for. */
function sizeOf(uri: object): number {
  return "host" in uri && typeof uri.host === "string" ? uri.host.length : 0;
}

function jssip(): Contestant {
  const parser = require("jssip/lib/Parser.js") as { parseMessage(text: string, agent: object): IncomingRequest };
  return { name: "jssip", read: (octets) => readIncoming(parser.parseMessage(octets.toString("utf8"), {})) };
}

async function sipJs(): Promise<Contestant> {
  const path = "sip.js/lib/core/messages/parser.js";
  const { Parser } = (await import(path)) as {
    Parser: { parseMessage(text: string, logger: object): IncomingRequest };
  };
  const silent = { warn: () => undefined };
  return { name: "sip.js", read: (octets) => readIncoming(Parser.parseMessage(octets.toString("utf8"), silent)) };
}
