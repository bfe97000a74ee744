import {
  ConfidentialityRequiredError,
  InappropriateAuthError,
  InsufficientAccessError,
  InvalidCredentialsError,
  InvalidDNSyntaxError,
  NoSuchObjectError,
  ResultCodeError,
  StrongAuthRequiredError,
} from "ldapts";
import { DirectoryError } from "./directory-source.ts";

/** Result codes (RFC 4511 §4.1.9) that point at one setting. */
const CODES = [
  { type: NoSuchObjectError, path: "base", message: "there is nothing of this name in the directory" },
  { type: InvalidDNSyntaxError, path: "base", message: "is no distinguished name" },
  { type: InvalidCredentialsError, path: "bindDn", message: "the directory does not accept this name and password" },
  { type: InappropriateAuthError, path: "bindDn", message: "the directory wants a name and a password" },
  { type: InsufficientAccessError, path: "bindDn", message: "may not read there" },
  { type: ConfidentialityRequiredError, path: "startTls", message: "the directory wants a secured connection" },
  { type: StrongAuthRequiredError, path: "startTls", message: "the directory wants a secured connection" },
] as const;

/** What OpenSSL and Node say of certificates they do not accept. */
const CERTIFICATE = /^(ERR_TLS_CERT|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|INVALID_CA|HOSTNAME_MISMATCH)/;

/** An error of the LDAP library, the network or TLS with the setting to look at first. */
export function directoryErrorOf(error: unknown): DirectoryError {
  if (error instanceof DirectoryError) return error;
  const known = CODES.find(({ type }) => error instanceof type);
  if (known !== undefined) return new DirectoryError(known.path, known.message, { cause: error });
  const text = messageOf(error);
  if (error instanceof ResultCodeError)
    return new DirectoryError("filter", `the directory refuses the search: ${text}`, { cause: error });
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (CERTIFICATE.test(code))
    return new DirectoryError("authorityPem", `the directory's certificate is not accepted: ${text}`, { cause: error });
  return new DirectoryError("url", `the directory does not answer: ${text}`, { cause: error });
}

/** Several addresses that all refuse come as one error without a message of its own. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}
