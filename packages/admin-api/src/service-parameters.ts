import Type from "typebox";
import { closed, oneOf } from "./closed.ts";

const scalar = Type.Union([Type.String(), Type.Boolean(), Type.Number()]);

/** One parameter of a service; `restart` names the services that must restart where changes are not live. */
export const ServiceParameter = Type.Object(
  {
    value: scalar,
    default: scalar,
    scope: oneOf(["cluster", "node"]),
    restart: Type.Array(Type.String()),
    description: Type.String(),
    warning: Type.Optional(
      Type.String({ description: "What the administrator ought to know of the value just saved" }),
    ),
  },
  closed,
);
export type ServiceParameter = Readonly<Type.Static<typeof ServiceParameter>>;

/** The parameters of one service, by name. */
export const ServiceParameters = Type.Record(Type.String(), ServiceParameter);
export type ServiceParameters = Readonly<Type.Static<typeof ServiceParameters>>;

/** Some new values by name; what is not named stays. */
export const ServiceParametersPatch = Type.Record(Type.String({ maxLength: 64 }), scalar);
export type ServiceParametersPatch = Readonly<Type.Static<typeof ServiceParametersPatch>>;

export const serviceParametersPath = "/service-parameters";
