/** Whether someone is writing. `refreshSeconds`: how long "active" holds when nothing follows. */
export type Composing = { readonly state: "active"; readonly refreshSeconds: number } | { readonly state: "idle" };

/** RFC 3994 §3.3: without a refresh interval "active" ends after 120 seconds. */
export const ACTIVE_WITHOUT_REFRESH_SECONDS = 120;
