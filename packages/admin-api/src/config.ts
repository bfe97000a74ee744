import Type from "typebox";
import { closed, oneOf } from "./closed.ts";
import { FieldProblem } from "./problem.ts";

/** Newest form of the document that this release writes and reads. */
export const CONFIG_FORMAT = 1;

/**
 * The whole configuration: sections as the settings have them, and the trusted certificates. Neither users nor
 * administrators, nor anything secret. A section that is left away stays as it is.
 */
export const ConfigDocument = Type.Record(Type.String(), Type.Unknown(), {
  description: "format, the sections of the settings, trustCertificates",
});
export type ConfigDocument = Readonly<Record<string, unknown>>;

export const ConfigImportQuery = Type.Object(
  {
    dryRun: Type.Optional(Type.Boolean({ description: "Tells the differences and writes nothing" })),
    version: Type.Optional(
      Type.Integer({ minimum: 1, description: "Refused when the settings are not of this version any more" }),
    ),
    acknowledgeWarning: Type.Optional(
      Type.Boolean({ description: "Whoever switches mail addresses on has read what that does" }),
    ),
  },
  closed,
);
export type ConfigImportQuery = Readonly<Type.Static<typeof ConfigImportQuery>>;

/** One thing that is different: `federation.sipFederatedDomains[contoso.example].description`. */
export const ConfigDifference = Type.Object(
  {
    kind: oneOf(["added", "changed", "removed"]),
    path: Type.String({ description: "Entries of lists stand in brackets, by what names them" }),
    before: Type.Optional(Type.Unknown()),
    after: Type.Optional(Type.Unknown()),
  },
  closed,
);
export type ConfigDifference = Readonly<Type.Static<typeof ConfigDifference>>;

export const ConfigImported = Type.Object(
  {
    applied: Type.Boolean({ description: "False for a dry run, and where nothing is different" }),
    version: Type.Integer({ description: "Of the settings that the differences are counted from, or that now hold" }),
    differences: Type.Array(ConfigDifference),
    warnings: Type.Optional(Type.Array(FieldProblem)),
  },
  closed,
);
export type ConfigImported = Readonly<Type.Static<typeof ConfigImported>>;

export const configPath = "/config";
