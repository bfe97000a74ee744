import { TypeBoxValidatorCompiler } from "@fastify/type-provider-typebox";
import type { FastifySchemaCompiler } from "fastify";
import type { TSchema } from "typebox";

/** Checks what a route declares: bodies as they are, query and path after reading numbers from their text. */
export const checkSchemas: FastifySchemaCompiler<TSchema> = TypeBoxValidatorCompiler;

/** For routes whose input is checked by a pure edit of another package; the schema then only documents. */
export const checkedByEdit: FastifySchemaCompiler<TSchema> = () => (value: unknown) => ({ value });
