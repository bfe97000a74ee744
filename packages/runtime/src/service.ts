/** Says that something which ran is broken, and why. */
export type Broke = (error: Error) => void;

/** What follows a stop: the service starts again at once, or rests until it is ordered to start. */
export type AfterStop = "restart" | "rest";

/** A supervised unit of the process. `start` and `stop` settle when done; `stop` never rejects. */
export interface Service {
  readonly name: string;
  /** What breaks later, while the service runs, it tells `broke`: it is then stopped and started again. */
  start(broke: Broke): Promise<void>;
  stop(next: AfterStop): Promise<void>;
}
