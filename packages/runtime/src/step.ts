/** What a pure state machine returns: the next state and what the owning layer must now do, in order. */
export interface Step<State, Effect> {
  readonly state: State;
  readonly effects: readonly Effect[];
}
