import { isServiceName, type ServiceName, serviceTable } from "@interpres/admin-api";
import type { Clock, Logger, Service } from "@interpres/runtime";
import type { SettingsStore } from "@interpres/store";
import type { ClusterSettings } from "./admin/node/cluster-settings.ts";
import { isActivated } from "./admin/node/service-activation.ts";
import type { ServiceControl } from "./admin/node/service-control.ts";
import type { RunningSettings } from "./services/running-settings.ts";
import { Supervisor } from "./supervisor.ts";

interface Parts {
  readonly clock: Clock;
  readonly log: Logger;
  /** This node's name. */
  readonly node: string;
  readonly store: { readonly settings: Pick<SettingsStore<ClusterSettings>, "current"> };
  readonly running: RunningSettings;
}

/**
 * Supervises `services`, in the order they start, by the table of what needs what; what the table does not know always
 * starts. Whoever switches one, by the API or by an import, sees it start or stop.
 */
export function supervisorOf({ clock, log, node, store, running }: Parts, services: readonly Service[]): Supervisor {
  const supervisor = new Supervisor({
    clock,
    log,
    units: services.map((service) => ({ service, ...(isServiceName(service.name) ? serviceTable[service.name] : {}) })),
    isActivated: (name) =>
      !isServiceName(name) || isActivated(store.settings.current().document.serviceActivation, node, name),
    starting: (names) => running.starting(names.filter(isServiceName)),
  });
  running.onChange(({ serviceActivation: next }, { serviceActivation: previous }) => {
    for (const name of services.map((service) => service.name).filter(isServiceName)) {
      const isWanted = isActivated(next, node, name);
      if (isWanted === isActivated(previous, node, name)) continue;
      void (isWanted ? supervisor.startUnit(name) : supervisor.stopUnit(name));
    }
  });
  return supervisor;
}

/** What the administrator may order of this node's supervisor: the services of the table, not the API itself. */
export function nodeServices(supervisor: () => Supervisor, running: RunningSettings): ServiceControl {
  const standings = () =>
    supervisor()
      .states()
      .flatMap(({ name, ...standing }) => (isServiceName(name) ? [{ name, ...standing }] : []));
  return {
    standings,
    waitingFor: (name) => running.waitingFor(name),
    start: (name) => supervisor().startUnit(name),
    stop: async (name) =>
      (await supervisor().stopUnit(name)).filter((each): each is ServiceName => isServiceName(each)),
    restart: (name) => supervisor().restartUnit(name),
    onChange: (listener) => supervisor().onChange(listener),
    restartAll: () => supervisor().restartAll(standings().map(({ name }) => name)),
  };
}
