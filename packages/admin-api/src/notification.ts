import Type from "typebox";
import { closed, nullable, oneOf } from "./closed.ts";
import { resource } from "./resource.ts";

/** Something that waits for the administrator. It stands as long as its cause does and cannot be dismissed. */
export const Notification = Type.Object(
  {
    id: Type.String({ description: "Stable while the cause lasts: what kind of notice, and of what" }),
    severity: oneOf(["info", "warning", "error"]),
    node: nullable(Type.String()),
    service: nullable(Type.String({ description: "The service to restart, or the one concerned" })),
    text: Type.String({ description: "What is wrong or waiting, and what to do" }),
    link: nullable(Type.String({ description: "Path of the resource below /api/v1 where it is put right" })),
  },
  closed,
);
export type Notification = Readonly<Type.Static<typeof Notification>>;

export const notifications = resource<Notification>("/notifications");
