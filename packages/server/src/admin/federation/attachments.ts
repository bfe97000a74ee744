import { Attachment, AttachmentInput, type AttachmentLink, ListQuery, pageOf } from "@interpres/admin-api";
import {
  type AttachmentSettings,
  addAttachment,
  deleteAttachment,
  type Edit,
  updateAttachment,
} from "@interpres/federation";
import type { FastifyRequest } from "fastify";
import Type from "typebox";
import { boundSecret, secretFor, secretName } from "../../attachments/attachment-secret.ts";
import type { AdminContext } from "../admin-context.ts";
import type { AdminApp } from "../http/authenticate.ts";
import { instantText } from "../http/instant.ts";
import { type Listing, pageOfItems } from "../http/listing.ts";
import { invalidInput, notFound } from "../http/problem-error.ts";
import { checkedByEdit } from "../http/validation.ts";
import { editFederation } from "./edit-federation.ts";

const Key = Type.Object({ name: Type.String() });
const tags = ["attachments"];
const MAX_SECRET = 1024;
const listing: Listing<Attachment> = {
  fields: {
    name: (entry) => entry.name,
    description: (entry) => entry.description,
    host: (entry) => entry.host,
    localDomains: (entry) => entry.localDomains.join(" "),
    components: (entry) => entry.components.join(" "),
  },
  key: (entry) => entry.name,
};

/** `/attachments`: the XMPP servers whose users we federate for, as their external components. */
export function registerAttachments(app: AdminApp, context: AdminContext): void {
  app.get(
    "/attachments",
    { config: { access: "auditor" }, schema: { querystring: ListQuery, response: { 200: pageOf(Attachment) }, tags } },
    async ({ query }) => pageOfItems(attachmentsShown(context), query, listing),
  );

  app.get(
    "/attachments/:name",
    { config: { access: "auditor" }, schema: { params: Key, response: { 200: Attachment }, tags } },
    async ({ params }) => {
      const found = attachmentsShown(context).find(({ name }) => name === params.name);
      if (found === undefined) throw notFound(`attachment ${params.name}`);
      return found;
    },
  );

  app.post(
    "/attachments",
    {
      config: { access: "administrator" },
      schema: { body: AttachmentInput, response: { 201: Attachment }, tags },
      validatorCompiler: checkedByEdit,
    },
    async (request, reply) => {
      const secret = secretIn(request.body);
      if (secret === undefined) throw invalidInput([{ path: "secret", message: "is required" }]);
      const written = await write(context, request, {
        action: "create",
        secret,
        edit: (settings) => addAttachment(settings, request.body, context.clock.now()),
      });
      reply.code(201).header("location", `/api/v1/attachments/${written.name}`);
      return shown(written, context);
    },
  );

  app.put(
    "/attachments/:name",
    {
      config: { access: "administrator" },
      schema: { params: Key, body: AttachmentInput, response: { 200: Attachment }, tags },
      validatorCompiler: checkedByEdit,
    },
    async (request) => {
      const { name } = request.params;
      const secret = secretIn(request.body);
      const kept = await context.secrets.find(secretName(name));
      const secretSetAt = secret === undefined ? undefined : context.clock.now();
      const written = await write(context, request, {
        action: "update",
        secret,
        edit: (settings) => {
          const edit = updateAttachment(settings, name, { input: request.body, secretSetAt });
          if (edit.kind === "changed" && secret === undefined) refuseMoved(edit.resource, kept);
          return edit;
        },
      });
      return shown(written, context);
    },
  );

  app.delete(
    "/attachments/:name",
    { config: { access: "administrator" }, schema: { params: Key, response: { 204: Type.Null() }, tags } },
    async (request, reply) => {
      const { name } = request.params;
      await editFederation(context, request, {
        action: "delete",
        edit: (settings) => deleteAttachment(settings, name),
        resource: () => `attachments/${name}`,
        along: () => context.secrets.change(secretName(name), undefined),
      });
      reply.code(204);
      return null;
    },
  );
}

/** As they stand now. */
export function attachmentsShown(context: AdminContext): readonly Attachment[] {
  return (context.settings.current().document.federation.attachments ?? []).map((each) => shown(each, context));
}

interface Write {
  readonly action: "create" | "update";
  readonly secret: string | undefined;
  readonly edit: (settings: Parameters<typeof addAttachment>[0]) => Edit<AttachmentSettings>;
}

async function write(context: AdminContext, request: FastifyRequest, { action, secret, edit }: Write) {
  const { resource } = await editFederation(context, request, {
    action,
    edit,
    resource: ({ name }) => `attachments/${name}`,
    before: ({ attachments = [] }) =>
      action === "create"
        ? undefined
        : attachments.find(({ name }) => name === (request.params as { name: string }).name),
    along: (after) =>
      secret === undefined ? undefined : context.secrets.change(secretName(after.name), boundSecret(after, secret)),
  });
  return resource;
}

function secretIn(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null || !("secret" in body)) return undefined;
  const { secret } = body;
  if (typeof secret === "string" && secret !== "" && secret.length <= MAX_SECRET) return secret;
  throw invalidInput([{ path: "secret", message: `must be text of 1 to ${MAX_SECRET} characters` }]);
}

/** A secret kept for one server is not shown to another that the settings point to now. */
function refuseMoved(next: AttachmentSettings, kept: string | undefined): void {
  if (secretFor(next, kept) !== undefined) return;
  throw invalidInput([{ path: "secret", message: "is needed: none is kept for this host and port" }]);
}

function shown(settings: AttachmentSettings, context: AdminContext): Attachment {
  const { secretSetAt, localDomains, components, ...rest } = settings;
  return {
    ...rest,
    localDomains: [...localDomains],
    components: [...components],
    secretSetAt: secretSetAt === undefined ? null : instantText(secretSetAt),
    links: components.map((component) => linkOf(settings.name, component, context)),
  };
}

function linkOf(name: string, component: string, { attachmentLinks }: AdminContext): AttachmentLink {
  const link = attachmentLinks().find((each) => each.attachment === name && each.component === component);
  if (link === undefined)
    return { component, state: "down", since: null, reason: "no secret is kept for this host and port" };
  const { standing } = link;
  const reason = standing.name === "down" ? standing.reason : null;
  return { component, state: standing.name, since: instantText(standing.since), reason };
}
