import Type from "typebox";
import { closed, oneOf } from "./closed.ts";

/** `/healthz`: the process answers. */
export const Liveness = Type.Object({ status: Type.Literal("ok") }, closed);
export type Liveness = Readonly<Type.Static<typeof Liveness>>;

/** `/readyz`: 200 when all activated services run and the disk takes writes, 503 otherwise. */
export const Readiness = Type.Object(
  {
    status: oneOf(["ready", "not-ready"]),
    store: oneOf(["writing", "stalled"], { description: "stalled: the disk does not take what is to be kept" }),
    services: Type.Array(Type.Object({ name: Type.String(), state: Type.String() }, closed)),
  },
  closed,
);
export type Readiness = Readonly<Type.Static<typeof Readiness>>;
