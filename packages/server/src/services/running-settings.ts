import { isDeepStrictEqual } from "node:util";
import { type ServiceName, serviceNames } from "@interpres/admin-api";
import type { CertificatePurpose, CertificateStore, OwnCertificate } from "@interpres/federation";
import type { Service } from "@interpres/runtime";
import type { CertificateTable, SettingsStore } from "@interpres/store";
import type { ClusterSettings } from "../admin/node/cluster-settings.ts";
import { type Configuration, certificatePurposes } from "../admin/node/configuration.ts";
import { configurationInForce, type Taken } from "../admin/node/in-force.ts";
import { changesFor, type ObjectChange } from "../admin/node/restart-areas.ts";

export type RunningSettingsListener = (next: ClusterSettings, previous: ClusterSettings) => void;

interface Sources {
  readonly settings: Pick<SettingsStore<ClusterSettings>, "current" | "onChange">;
  readonly certificates: Pick<CertificateTable, "own" | "trusted" | "onChange">;
}

/**
 * What is in force on this node. With `changeControl: live` that is what is saved; with `on-restart` each part waits for
 * the start of the services it belongs to (contract §6).
 */
export class RunningSettings {
  /** The certificates in force; each purpose has one after the first start. */
  readonly certificates: CertificateStore;
  readonly #sources: Sources;
  readonly #listeners: RunningSettingsListener[] = [];
  readonly #certificateListeners: (() => void)[] = [];
  readonly #taken = new Map<ServiceName, Taken>();
  #unfollow: (() => void) | undefined;
  #saved: Taken;
  #inForce: Configuration;

  constructor(sources: Sources) {
    this.#sources = sources;
    this.#inForce = configurationOf(sources);
    this.#saved = { at: 0, configuration: this.#inForce };
    this.#takeUp(serviceNames);
    this.certificates = {
      own: (purpose) => present(purpose, this.#inForce.ownCertificates[purpose]),
      trusted: () => this.#inForce.trusted,
      onChange: (listener) => {
        this.#certificateListeners.push(listener);
      },
    };
  }

  current(): ClusterSettings {
    return this.#inForce.settings;
  }

  /** Told, in the order of these calls, when `current` answers with the next. */
  onChange(listener: RunningSettingsListener): void {
    this.#listeners.push(listener);
  }

  /** Hears of what was saved meanwhile, and from now on of every change. */
  follow(): void {
    if (this.#unfollow !== undefined) return;
    const { settings, certificates } = this.#sources;
    const ends = [settings.onChange(() => this.#hear()), certificates.onChange(() => this.#hear())];
    this.#unfollow = () => {
      for (const end of ends) end();
    };
    this.#hear();
  }

  unfollow(): void {
    this.#unfollow?.();
    this.#unfollow = undefined;
  }

  /** These services are about to start: for them what is saved counts from now on. */
  starting(services: readonly ServiceName[]): void {
    this.#takeUp(services);
    this.#bringIntoForce();
  }

  /** What was saved and waits for the service to restart. */
  waitingFor(service: ServiceName): readonly ObjectChange[] {
    return changesFor(service, this.#takenBy(service).configuration, this.#saved.configuration);
  }

  #hear(): void {
    this.#saved = { at: this.#saved.at + 1, configuration: configurationOf(this.#sources) };
    if (this.#saved.configuration.settings.cluster.changeControl === "live") this.#takeUp(serviceNames);
    this.#bringIntoForce();
  }

  #takeUp(services: readonly ServiceName[]): void {
    for (const service of services) this.#taken.set(service, this.#saved);
  }

  #takenBy(service: ServiceName): Taken {
    return this.#taken.get(service) ?? this.#saved;
  }

  #bringIntoForce(): void {
    const previous = this.#inForce;
    const next = configurationInForce(this.#saved.configuration, (service) => this.#takenBy(service));
    this.#inForce = next;
    if (!isDeepStrictEqual(next.settings, previous.settings))
      for (const listener of this.#listeners) listener(next.settings, previous.settings);
    if (next.trusted === previous.trusted && hasSameCertificates(next, previous)) return;
    for (const listener of this.#certificateListeners) listener();
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

function configurationOf({ settings, certificates }: Sources): Configuration {
  return {
    settings: settings.current().document,
    ownCertificates: {
      sip: certificates.own("sip"),
      xmpp: certificates.own("xmpp"),
      "xmpp-s2s": certificates.own("xmpp-s2s"),
      admin: certificates.own("admin"),
    },
    trusted: certificates.trusted(),
  };
}

function hasSameCertificates({ ownCertificates: one }: Configuration, { ownCertificates: other }: Configuration) {
  return certificatePurposes.every((purpose) => one[purpose] === other[purpose]);
}

function present(purpose: CertificatePurpose, own: OwnCertificate | undefined): OwnCertificate {
  if (own === undefined) throw new Error(`there is no certificate for ${purpose}`);
  return own;
}
