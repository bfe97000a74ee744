import { type StaticRoute, staticRoutes } from "@interpres/admin-api";
import type { ReactNode } from "react";
import { EditForm } from "../../template/edit-form.tsx";
import { FindList } from "../../template/find-list.tsx";
import { useShown } from "../../template/item-path.ts";
import { texts } from "../../texts/texts.ts";
import { BLANK_ROUTE, RouteFields } from "./static-routes-fields.tsx";

const PATH = "/administration/presence/routing/static-routes";
const own = texts.staticRoutes;
const keyOf = ({ id }: StaticRoute): string => id;
const nameOf = ({ destinationPattern }: StaticRoute): string => destinationPattern;

/** Presence > Routing > Static Routes. */
export default function StaticRoutes(): ReactNode {
  const shown = useShown(PATH);
  if (shown.kind === "list") return <RouteList />;
  return (
    <EditForm
      title={own.formTitle}
      resource={staticRoutes}
      path={PATH}
      shown={shown}
      keyOf={keyOf}
      nameOf={nameOf}
      blank={BLANK_ROUTE}
      fields={(form) => <RouteFields form={form} />}
    />
  );
}

function RouteList(): ReactNode {
  return (
    <FindList
      title={own.title}
      findWhat={own.findWhat}
      resource={staticRoutes}
      path={PATH}
      keyOf={keyOf}
      nameOf={nameOf}
      fields={(["destinationPattern", "description", "nextHop", "priority", "weight"] as const).map((name) => ({
        name,
        label: own[name],
      }))}
      columns={[
        { label: own.destinationPattern, cell: nameOf },
        { label: own.description, cell: ({ description }) => description },
        { label: own.nextHop, cell: ({ nextHop }) => nextHop },
        { label: own.nextHopPort, cell: ({ nextHopPort }) => nextHopPort },
        { label: own.protocol, cell: ({ protocol }) => own.protocols[protocol] },
        { label: own.priority, cell: ({ priority }) => priority },
        { label: own.weight, cell: ({ weight }) => weight },
        { label: own.state, cell: stateOf },
      ]}
    />
  );
}

function stateOf({ blocked, inService }: StaticRoute): string {
  if (blocked) return own.states.blocked;
  return inService ? own.states.inService : own.states.outOfService;
}
