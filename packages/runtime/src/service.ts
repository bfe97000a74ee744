/** A supervised unit of the process. `start` and `stop` settle when done; `stop` never rejects. */
export interface Service {
  readonly name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}
