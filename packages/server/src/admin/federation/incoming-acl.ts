import { AclEntry, AclEntryInput, ListQuery, pageOf } from "@interpres/admin-api";
import { addAclEntry, deleteAclEntry, updateAclEntry } from "@interpres/federation";
import Type from "typebox";
import type { AdminContext } from "../admin-context.ts";
import type { AdminApp } from "../http/authenticate.ts";
import { type Listing, numericKey, pageOfItems } from "../http/listing.ts";
import { notFound } from "../http/problem-error.ts";
import { checkedByEdit } from "../http/validation.ts";
import { editFederation, withWarnings } from "./edit-federation.ts";

const Key = Type.Object({ id: Type.String() });
const tags = ["incoming-acl"];
const listing: Listing<AclEntry> = {
  fields: { pattern: (entry) => entry.pattern, description: (entry) => entry.description },
  key: (entry) => numericKey(entry.id),
};

/** `/incoming-acl`: from where requests are taken. */
export function registerIncomingAcl(app: AdminApp, context: AdminContext): void {
  const stored = () => context.settings.current().document.federation.incomingAcl;
  const at = (id: string) => `incoming-acl/${id}`;

  app.get(
    "/incoming-acl",
    { config: { access: "auditor" }, schema: { querystring: ListQuery, response: { 200: pageOf(AclEntry) }, tags } },
    async (request) => pageOfItems(stored(), request.query, listing),
  );

  app.get(
    "/incoming-acl/:id",
    { config: { access: "auditor" }, schema: { params: Key, response: { 200: AclEntry }, tags } },
    async ({ params }) => {
      const entry = stored().find((each) => each.id === params.id);
      if (entry === undefined) throw notFound(`access-list entry ${params.id}`);
      return entry;
    },
  );

  app.post(
    "/incoming-acl",
    {
      config: { access: "administrator" },
      schema: { body: AclEntryInput, response: { 201: AclEntry }, tags },
      validatorCompiler: checkedByEdit,
    },
    async (request, reply) => {
      const { resource, warnings } = await editFederation(context, request, {
        action: "create",
        edit: (settings) => addAclEntry(settings, request.body),
        resource: (after) => at(after.id),
      });
      reply.code(201).header("location", `/api/v1/${at(resource.id)}`);
      return withWarnings(resource, warnings);
    },
  );

  app.put(
    "/incoming-acl/:id",
    {
      config: { access: "administrator" },
      schema: { params: Key, body: AclEntryInput, response: { 200: AclEntry }, tags },
      validatorCompiler: checkedByEdit,
    },
    async (request) => {
      const { id } = request.params;
      const { resource, warnings } = await editFederation(context, request, {
        action: "update",
        edit: (settings) => updateAclEntry(settings, id, request.body),
        resource: (after) => at(after.id),
        before: (settings) => settings.incomingAcl.find((each) => each.id === id),
      });
      return withWarnings(resource, warnings);
    },
  );

  app.delete(
    "/incoming-acl/:id",
    { config: { access: "administrator" }, schema: { params: Key, response: { 204: Type.Null() }, tags } },
    async (request, reply) => {
      await editFederation(context, request, {
        action: "delete",
        edit: (settings) => deleteAclEntry(settings, request.params.id),
        resource: (after) => at(after.id),
      });
      reply.code(204);
      return null;
    },
  );
}
