import { isToken } from "./character-classes.ts";
import { type HeaderField, writeFields } from "./header-edit.ts";
import { isSendable } from "./header-text.ts";
import { Headers } from "./headers.ts";
import { SipRequest } from "./message.ts";
import { OctetText } from "./octet-text.ts";

/** What a new request is made of. */
export interface RequestParts {
  readonly method: string;
  readonly requestUri: string;
  /** In the order they are sent; values in octets (`encodeUtf8`). Content-Length is added here. */
  readonly headers: readonly HeaderField[];
  readonly body?: Uint8Array | string;
}

/** Makes a request of given lines (RFC 3261 §8.1.1 says which). Throws a RangeError on what cannot be sent. */
export function buildRequest(parts: RequestParts): SipRequest {
  const { method, requestUri } = parts;
  if (!isToken(method)) throw new RangeError("method is no token");
  if (requestUri.includes(" ") || !isSendable(requestUri)) throw new RangeError("Request-URI cannot be sent");
  const body = bodyOctets(parts.body);
  const startLine = `${method} ${requestUri} SIP/2.0\r\n`;
  const text = `${startLine}${writeFields(parts.headers)}Content-Length: ${body.length}\r\n\r\n`;
  const headers = new Headers({ source: new OctetText(text), first: startLine.length });
  return new SipRequest({ method, requestUri, headers, body });
}

const noBody = new Uint8Array(0);

/** The octets of a body; text is sent as UTF-8. */
export function bodyOctets(body: Uint8Array | string | undefined): Uint8Array {
  if (body === undefined || body.length === 0) return noBody;
  return typeof body === "string" ? Buffer.from(body, "utf8") : body;
}
