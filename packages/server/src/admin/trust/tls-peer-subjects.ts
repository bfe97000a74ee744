import { ListQuery, pageOf, TlsPeerSubject, TlsPeerSubjectInput } from "@interpres/admin-api";
import * as federation from "@interpres/federation";
import Type from "typebox";
import type { AdminContext } from "../admin-context.ts";
import { editFederation, withWarnings } from "../federation/edit-federation.ts";
import type { AdminApp } from "../http/authenticate.ts";
import { type Listing, pageOfItems } from "../http/listing.ts";
import { notFound } from "../http/problem-error.ts";
import { checkedByEdit } from "../http/validation.ts";

const Key = Type.Object({ name: Type.String() });
const tags = ["tls-peer-subjects"];
const listing: Listing<TlsPeerSubject> = {
  fields: { name: (subject) => subject.name, description: (subject) => subject.description },
  key: (subject) => subject.name.toLowerCase(),
};

/** `/tls-peer-subjects`: the names peers' certificates may show. */
export function registerTlsPeerSubjects(app: AdminApp, context: AdminContext): void {
  const settings = () => context.settings.current().document.federation;
  const at = (name: string) => `tls-peer-subjects/${name}`;
  const shown = (subject: federation.TlsPeerSubject): TlsPeerSubject => ({
    ...subject,
    matchAlternativeNames: subject.matchAlternativeNames ?? false,
    selectedIn: [...federation.contextsSelecting(settings(), subject.name)],
  });

  app.get(
    "/tls-peer-subjects",
    {
      config: { access: "auditor" },
      schema: { querystring: ListQuery, response: { 200: pageOf(TlsPeerSubject) }, tags },
    },
    async (request) => pageOfItems(settings().tlsPeerSubjects.map(shown), request.query, listing),
  );

  app.get(
    "/tls-peer-subjects/:name",
    { config: { access: "auditor" }, schema: { params: Key, response: { 200: TlsPeerSubject }, tags } },
    async ({ params }) => {
      const subject = find(settings(), params.name);
      if (subject === undefined) throw notFound(`TLS peer subject ${params.name}`);
      return shown(subject);
    },
  );

  app.post(
    "/tls-peer-subjects",
    {
      config: { access: "administrator" },
      schema: { body: TlsPeerSubjectInput, response: { 201: TlsPeerSubject }, tags },
      validatorCompiler: checkedByEdit,
    },
    async (request, reply) => {
      const { resource, warnings } = await editFederation(context, request, {
        action: "create",
        edit: (now) => federation.addTlsPeerSubject(now, request.body),
        resource: (after) => at(after.name),
      });
      reply.code(201).header("location", `/api/v1/${at(encodeURIComponent(resource.name))}`);
      return withWarnings(shown(resource), warnings);
    },
  );

  app.put(
    "/tls-peer-subjects/:name",
    {
      config: { access: "administrator" },
      schema: { params: Key, body: TlsPeerSubjectInput, response: { 200: TlsPeerSubject }, tags },
      validatorCompiler: checkedByEdit,
    },
    async (request) => {
      const { name } = request.params;
      const { resource, warnings } = await editFederation(context, request, {
        action: "update",
        edit: (now) => federation.updateTlsPeerSubject(now, name, request.body),
        resource: (after) => at(after.name),
        before: (now) => find(now, name),
      });
      return withWarnings(shown(resource), warnings);
    },
  );

  app.delete(
    "/tls-peer-subjects/:name",
    { config: { access: "administrator" }, schema: { params: Key, response: { 204: Type.Null() }, tags } },
    async (request, reply) => {
      await editFederation(context, request, {
        action: "delete",
        edit: (now) => federation.deleteTlsPeerSubject(now, request.params.name),
        resource: (after) => at(after.name),
      });
      reply.code(204);
      return null;
    },
  );
}

function find(settings: federation.FederationSettings, name: string): federation.TlsPeerSubject | undefined {
  return settings.tlsPeerSubjects.find((subject) => federation.isSameSubject(subject.name, name));
}
