import { type ConfigDocument, RefusedError } from "@interpres/admin-api";
import { parseDocument } from "yaml";

/** The document of a YAML or JSON text. Throws `RefusedError`, with the line, for what is neither. */
export function readConfig(text: string): ConfigDocument {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw refused(error.message);
  const value: unknown = document.toJS();
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw refused("holds no configuration");
  return value as ConfigDocument;
}

function refused(message: string): RefusedError {
  const errors = [{ path: "", message }];
  return new RefusedError({ type: "invalid-input", title: "Bad Request", status: 400, errors });
}
