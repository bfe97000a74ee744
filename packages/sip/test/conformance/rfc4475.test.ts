import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import {
  buildResponse,
  checkMandatory,
  decodeUtf8,
  MessageProblem,
  type NameAddr,
  type Parameters,
  parseMessage,
  parseSipUri,
  type SipMessage,
  SipUri,
  schemeOf,
  serialize,
  unescapeOctets,
  unescapeUri,
} from "../../src/index.ts";

interface Case {
  readonly id: string;
  readonly file: string;
  readonly section: string;
  readonly kind: "request" | "response";
  readonly parser: "must-accept" | "should-accept" | "may-reject" | "should-reject" | "must-reject";
  readonly expect: { readonly endpoint?: { readonly action: string; readonly statuses?: readonly number[] } };
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly stream?: { readonly action: string };
  readonly terminated: boolean;
}

const folder = join(import.meta.dirname, "../wire/rfc4475");
const { cases } = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as {
  readonly cases: readonly Case[];
};

/** The archive's copy of baddn lacks its empty line. */
function octetsOf(one: Case): Buffer {
  const octets = readFileSync(join(folder, one.file));
  return one.terminated ? octets : Buffer.concat([octets, Buffer.from("\r\n")]);
}

function verdictOf(one: Case): SipMessage | MessageProblem {
  const message = parseMessage(octetsOf(one), "datagram");
  return message instanceof MessageProblem ? message : (checkMandatory(message) ?? message);
}

function acceptedOf(one: Case): SipMessage {
  const message = verdictOf(one);
  if (message instanceof MessageProblem) assert.fail(`refused: ${message.reason}`);
  return message;
}

/** Refused although the RFC lets an element accept it; 400 is one of the answers it names for each. */
const refusedByChoice = ["ltgtruri", "lwsstart", "trws", "escruri", "regbadct", "badaspec", "baddn", "badbranch"];

describe("RFC 4475 torture messages: accepted or refused", () => {
  for (const one of cases) {
    test(`${one.section} ${one.id}: ${one.parser}`, () => {
      const verdict = verdictOf(one);
      const mayRefuse = one.parser === "may-reject" && refusedByChoice.includes(one.id);
      const isAccepted = one.parser.endsWith("accept") || (one.parser === "may-reject" && !mayRefuse);
      assert.equal(
        verdict instanceof MessageProblem,
        !isAccepted,
        verdict instanceof MessageProblem ? verdict.reason : "",
      );
    });
  }
});

describe("RFC 4475 torture messages: how the refused are answered", () => {
  for (const one of cases) {
    const verdict = verdictOf(one);
    if (!(verdict instanceof MessageProblem)) continue;
    if (one.kind === "response") {
      test(`${one.id}: a response is not answered`, () => assert.equal(verdict.message, undefined));
      continue;
    }
    test(`${one.id}: an answer can be built and read again`, () => {
      assert.ok(one.expect.endpoint === undefined || one.expect.endpoint.statuses?.includes(verdict.status));
      assert.ok(verdict.message);
      const answer = parseMessage(serialize(buildResponse(verdict.message, verdict.status)), "stream");
      assert.equal(answer.kind, "response");
    });
  }
});

type Reader = (one: Case) => unknown;

/** Facts by name; a name nobody reads fails the file. */
const readers: Readonly<Record<string, Reader>> = {
  method: (one) => requestOf(one).method,
  version: (one) => /SIP\/\d\.\d/.exec(octetsOf(one).toString("latin1"))?.[0],
  status: (one) => responseOf(one).status,
  reason: (one) => responseOf(one).reason,
  reasonPrefix: (one) => responseOf(one).reason.slice(0, 14),
  reasonIsUtf8: (one) => !decodeUtf8(responseOf(one).reason).includes("\ufffd"),
  "requestUri.user": (one) => requestUriOf(one).user,
  "requestUri.userDecoded": (one) => unescapeUri(requestUriOf(one).user ?? ""),
  "requestUri.host": (one) => requestUriOf(one).host,
  "requestUri.params": (one) => recordOf(requestUriOf(one).parameters),
  "requestUri.scheme": (one) => schemeOf(requestOf(one).requestUri),
  "to.uri": (one) => acceptedOf(one).to.uri,
  "to.tag": (one) => acceptedOf(one).to.tag,
  "to.host": (one) => sipUri(acceptedOf(one).to.uri).host,
  "to.uri.host": (one) => sipUri(acceptedOf(one).to.uri).host,
  "to.uri.port": (one) => sipUri(acceptedOf(one).to.uri).port,
  "to.scheme": (one) => schemeOf(acceptedOf(one).to.uri),
  "to.displayName": (one) => acceptedOf(one).to.displayName,
  "to.displayNameBytesHex": (one) => Buffer.from(acceptedOf(one).to.displayName ?? "").toString("hex"),
  "to.userDecoded": (one) => unescapeUri(sipUri(acceptedOf(one).to.uri).user ?? ""),
  "to.userDecodedHex": (one) => hexOfUser(acceptedOf(one).to),
  "from.uri": (one) => acceptedOf(one).from.uri,
  "from.tag": (one) => acceptedOf(one).from.tag ?? null,
  "from.tagLength": (one) => acceptedOf(one).from.tag?.length,
  "from.scheme": (one) => schemeOf(acceptedOf(one).from.uri),
  "from.displayName": (one) => acceptedOf(one).from.displayName,
  "from.userDecoded": (one) => unescapeUri(sipUri(acceptedOf(one).from.uri).user ?? ""),
  "from.params.fromParam": (one) => {
    const [name = "", value = ""] = acceptedOf(one).from.parameters.entries()[0] ?? [];
    return { name, valueUtf8: decodeUtf8(value.slice(1, -1)) };
  },
  maxForwards: (one) => acceptedOf(one).maxForwards ?? null,
  callId: (one) => acceptedOf(one).callId,
  "cseq.number": (one) => acceptedOf(one).cseq.number,
  "cseq.method": (one) => acceptedOf(one).cseq.method,
  contentLength: (one) => {
    const written = /^(?:content-length|l) *: *(\d+)/im.exec(octetsOf(one).toString("latin1"))?.[1];
    return written === undefined ? null : Number(written);
  },
  bodyLength: (one) => (one.id === "clerr" ? octetsAfterHeader(one) : acceptedOf(one).body.length),
  trailingOctets: (one) => octetsAfterHeader(one) - acceptedOf(one).body.length,
  "via.count": (one) => acceptedOf(one).vias.length,
  via: (one) => acceptedOf(one).vias.map(({ transport, host, branch }) => ({ transport, host, branch })),
  "via.0.branch": (one) => acceptedOf(one).topVia.branch ?? null,
  "via.transports": (one) => acceptedOf(one).vias.map((via) => via.transport),
  subject: (one) => acceptedOf(one).first("Subject"),
  "header.NewFangledHeader": (one) => acceptedOf(one).first("newfangledheader"),
  "header.UnknownHeaderWithUnusualValue": (one) => acceptedOf(one).first("UnknownHeaderWithUnusualValue"),
  unknownHeader: (one) =>
    acceptedOf(one)
      .headers.entries()
      .find(([name]) => name.includes("%"))?.[0],
  "extensionHeader.name": (one) => extensionOf(one)[0],
  "extensionHeader.valueHex": (one) => Buffer.from(extensionOf(one)[1], "latin1").toString("hex"),
  "route.0.uriParams": (one) => recordOf(sipUri(acceptedOf(one).routes[0]?.uri).parameters),
  "contact.count": (one) => acceptedOf(one).contacts.length,
  "bindings.count": (one) => acceptedOf(one).contacts.length,
  "contact.0.displayName": (one) => contactOf(one).displayName,
  "contact.0.uri": (one) => contactOf(one).uri,
  "contact.0.scheme": (one) => schemeOf(contactOf(one).uri),
  "contact.0.params": (one) => recordOf(contactOf(one).parameters),
  "contact.0.headerParams": (one) => recordOf(contactOf(one).parameters),
  "contact.0.uriParams": (one) => recordOf(sipUri(contactOf(one).uri).parameters),
  "contact.0.uriParamsDecoded": (one) => recordOf(sipUri(contactOf(one).uri).parameters, unescapeUri),
  "contact.0.userDecoded": (one) => unescapeUri(sipUri(contactOf(one).uri).user ?? ""),
  "contact.0.uriHeadersDecoded": (one) =>
    Object.fromEntries(sipUri(contactOf(one).uri).headers.map(([name, value]) => [name, unescapeUri(value)])),
  "contacts.userDecodedHex": (one) => acceptedOf(one).contacts.map(hexOfUser),
  "accept.count": (one) => acceptedOf(one).values("Accept").length,
  contentType: (one) => acceptedOf(one).contentType?.type,
  boundary: (one) => acceptedOf(one).contentType?.parameters.get("boundary"),
  "parts.count": (one) => partsOf(one).length,
  "parts.0.type": (one) => /Content-Type: (\S+)/.exec(partsOf(one)[0] ?? "")?.[1],
  "parts.0.text": (one) => partsOf(one)[0]?.split("\r\n\r\n")[1]?.trim(),
  "parts.1.type": (one) => /Content-Type: ([^\s;]+)/.exec(partsOf(one)[1] ?? "")?.[1],
  "parts.1.containsNul": (one) => partsOf(one)[1]?.includes("\0"),
  contentLengthRaw: (one) => partialOf(one).first("Content-Length"),
  "cseq.raw": (one) => partialOf(one).first("CSeq")?.split(" ")[0],
  "maxForwards.raw": (one) => partialOf(one).first("Max-Forwards"),
  "contact.0.expiresRaw": (one) => partialOf(one).contacts[0]?.parameters.get("expires"),
  missing: (one) => ["Call-ID", "From", "To"].filter((name) => partialOf(one).first(name) === undefined),
};

function readerOf(key: string): Reader {
  const read = readers[key];
  if (read === undefined) throw new Error(`no reader for the fact ${key}`);
  return read;
}

function requestOf(one: Case) {
  const message = acceptedOf(one);
  assert.ok(message.kind === "request");
  return message;
}

function responseOf(one: Case) {
  const message = acceptedOf(one);
  assert.ok(message.kind === "response");
  return message;
}

function partialOf(one: Case) {
  const verdict = verdictOf(one);
  assert.ok(verdict instanceof MessageProblem && verdict.message !== undefined);
  return verdict.message;
}

function requestUriOf(one: Case): SipUri {
  return sipUri(requestOf(one).requestUri);
}

function sipUri(text: string | undefined): SipUri {
  const uri = parseSipUri(text ?? "");
  assert.ok(uri instanceof SipUri);
  return uri;
}

function contactOf(one: Case): NameAddr {
  const [contact] = acceptedOf(one).contacts;
  assert.ok(contact);
  return contact;
}

function hexOfUser({ uri }: NameAddr): string {
  return Buffer.from(unescapeOctets(sipUri(uri).user ?? ""), "latin1").toString("hex");
}

function recordOf(parameters: Parameters, decode = (text: string) => text): Record<string, string | null> {
  return Object.fromEntries(
    parameters.entries().map(([name, value]) => [decode(name), value === undefined ? null : decode(value)]),
  );
}

function extensionOf(one: Case): readonly [string, string] {
  return (
    acceptedOf(one)
      .headers.entries()
      .find(([name]) => name.startsWith("extensionHeader")) ?? ["", ""]
  );
}

function octetsAfterHeader(one: Case): number {
  const octets = octetsOf(one);
  return octets.length - octets.indexOf("\r\n\r\n") - 4;
}

function partsOf(one: Case): readonly string[] {
  const message = acceptedOf(one);
  const boundary = message.contentType?.parameters.get("boundary") ?? "";
  return Buffer.from(message.body).toString("latin1").split(`--${boundary}`).slice(1, -1);
}

describe("RFC 4475 torture messages: what is read", () => {
  for (const one of cases) {
    for (const [key, value] of Object.entries(one.facts ?? {})) {
      const read = readerOf(key);
      test(`${one.id}: ${key}`, () => assert.deepEqual(read(one), value));
    }
  }
});

describe("RFC 4475 torture messages over a stream", () => {
  const byId = (id: string): Case => cases.find((one) => one.id === id) ?? assert.fail(id);

  for (const id of ["ncl", "mcl01", "inv2543"]) {
    test(`${id}: the stream cannot go on`, () => {
      const verdict = parseMessage(octetsOf(byId(id)), "stream");
      assert.ok(verdict instanceof MessageProblem);
      assert.equal(verdict.status, 400);
    });
  }
});

test("test.dat, in the archive but not in the RFC: refused with 400", () => {
  const verdict = parseMessage(readFileSync(join(folder, "test.dat")), "datagram");
  assert.ok(verdict instanceof MessageProblem);
  assert.equal(verdict.status, 400);
});
