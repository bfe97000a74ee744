import Type from "typebox";
import { closed, Instant, nullable, oneOf } from "./closed.ts";
import { resource } from "./resource.ts";

const fields = {
  name: Type.String({ minLength: 1, maxLength: 64, description: "What the server is called here" }),
  host: Type.String({ minLength: 1, maxLength: 255, description: "Where it takes components" }),
  localDomains: Type.Array(Type.String(), { description: "Domains whose users it serves" }),
  components: Type.Array(Type.String(), { description: "SIP federated domains that its users reach through us" }),
};
const description = Type.String({ maxLength: 255, default: "" });
const port = Type.Integer({ minimum: 1, maximum: 65_535, default: 5347 });

/** One component's connection to the server. */
export const AttachmentLink = Type.Object(
  {
    component: Type.String(),
    state: oneOf(["connecting", "up", "down"]),
    since: nullable(Instant),
    reason: nullable(
      Type.String({ description: "Why the last attempt failed, in the server's own words if it had any" }),
    ),
  },
  closed,
);
export type AttachmentLink = Readonly<Type.Static<typeof AttachmentLink>>;

/** An XMPP server that we are attached to as its external components (XEP-0114). */
export const Attachment = Type.Object(
  {
    ...fields,
    description,
    port,
    secretSetAt: nullable(Type.String({ description: "When the secret was set; it is never shown" })),
    links: Type.Array(AttachmentLink),
  },
  closed,
);
export type Attachment = Readonly<Type.Static<typeof Attachment>>;

/** Without a secret the one kept stays, as long as host and port do. */
export const AttachmentInput = Type.Object(
  {
    ...fields,
    description: Type.Optional(description),
    port: Type.Optional(port),
    secret: Type.Optional(Type.String({ minLength: 1, maxLength: 1024, description: "Write only" })),
    secretSetAt: Type.Optional(Type.Unknown({ description: "What a reader was shown; not written" })),
    links: Type.Optional(Type.Unknown({ description: "What a reader was shown; not written" })),
  },
  closed,
);
export type AttachmentInput = Readonly<Type.Static<typeof AttachmentInput>>;

export const attachments = resource<Attachment, AttachmentInput>("/attachments");
