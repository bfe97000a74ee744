import type { Service } from "@interpres/runtime";
import type { SettingsStore } from "@interpres/store";
import type { ClusterSettings } from "../admin/cluster-settings.ts";

export type RunningSettingsListener = (next: ClusterSettings, previous: ClusterSettings) => void;

/** The settings in force on this node: what is saved, as far as it was brought here. */
export class RunningSettings {
  readonly #store: SettingsStore<ClusterSettings>;
  readonly #listeners: RunningSettingsListener[] = [];
  #current: ClusterSettings;
  #unfollow: (() => void) | undefined;

  constructor(store: SettingsStore<ClusterSettings>) {
    this.#store = store;
    this.#current = store.current().document;
  }

  current(): ClusterSettings {
    return this.#current;
  }

  /** Told, in the order of these calls, when `current` answers with the next. */
  onChange(listener: RunningSettingsListener): void {
    this.#listeners.push(listener);
  }

  /** Takes what was saved meanwhile, and from now on every change. */
  follow(): void {
    this.#unfollow ??= this.#store.onChange(({ document }) => this.#take(document));
    this.#take(this.#store.current().document);
  }

  unfollow(): void {
    this.#unfollow?.();
    this.#unfollow = undefined;
  }

  #take(next: ClusterSettings): void {
    const previous = this.#current;
    if (next === previous) return;
    this.#current = next;
    for (const listener of this.#listeners) listener(next, previous);
  }
}

/** Brings saved changes to what runs; while it is stopped they wait. */
export function configService({ running }: { readonly running: RunningSettings }): Service {
  return {
    name: "config",
    start: async () => running.follow(),
    stop: async () => running.unfollow(),
  };
}
