import { printable } from "@interpres/admin-api";

/** What the node wants read after a write, as lines. */
export function warningsOf(written: object): readonly string[] {
  const warnings = "warnings" in written && Array.isArray(written.warnings) ? (written.warnings as unknown[]) : [];
  return warnings.flatMap((warning) =>
    typeof warning === "object" && warning !== null && "message" in warning && "path" in warning
      ? [printable(["warning", warning.path, warning.message].filter((part) => part !== "").join(": "))]
      : [],
  );
}
