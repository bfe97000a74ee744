/** Lets tasks run one after the other: what the next one reads is what the one before has written. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Settles as the task does; a task that fails holds nobody up. */
  take<Result>(task: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(task);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
