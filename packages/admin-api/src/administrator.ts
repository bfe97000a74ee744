import Type from "typebox";
import { closed, Instant } from "./closed.ts";
import { resource } from "./resource.ts";
import { Role } from "./session.ts";

const name = Type.String({ minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9][A-Za-z0-9._@-]*$" });
const password = Type.String({ minLength: 8, maxLength: 1024, description: "Write only" });

/** Somebody who may sign in here. */
export const Administrator = Type.Object({ name, role: Role, createdAt: Instant }, closed);
export type Administrator = Readonly<Type.Static<typeof Administrator>>;

export const AdministratorInput = Type.Object({ name, role: Role, password }, closed);
export type AdministratorInput = Readonly<Type.Static<typeof AdministratorInput>>;

export const AdministratorReplacement = Type.Object(
  {
    name: Type.Optional(name),
    role: Role,
    password: Type.Optional(password),
    createdAt: Type.Optional(Instant),
  },
  closed,
);
export type AdministratorReplacement = Readonly<Type.Static<typeof AdministratorReplacement>>;

export const administrators = resource<Administrator, AdministratorInput>("/administrators");

/** A secret for programs; the secret itself is shown once, when it is made. It ends with the administrator who made it. */
export const ApiToken = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    role: Role,
    createdBy: Type.String({ description: "The administrator, also where a token of hers was used to make it" }),
    createdAt: Instant,
  },
  closed,
);
export type ApiToken = Readonly<Type.Static<typeof ApiToken>>;

export const ApiTokenInput = Type.Object({ name: Type.String({ minLength: 1, maxLength: 64 }), role: Role }, closed);
export type ApiTokenInput = Readonly<Type.Static<typeof ApiTokenInput>>;

export const NewApiToken = Type.Object({ ...ApiToken.properties, token: Type.String() }, closed);
export type NewApiToken = Readonly<Type.Static<typeof NewApiToken>>;

export const apiTokens = resource<ApiToken, ApiTokenInput>("/tokens");
