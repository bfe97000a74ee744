import type { ReactNode } from "react";
import type { May } from "../session/may.ts";

interface Props {
  /** Whether it may be sent: Enter in a field sends a form whose button is disabled. */
  readonly may: May;
  readonly onSubmit: () => void;
  readonly children: ReactNode;
}

/** A form whose fields the node checks, not the browser. Its button is a `GuardedButton`. */
export function GuardedForm({ may, onSubmit, children }: Props): ReactNode {
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (may.kind === "yes") onSubmit();
      }}
    >
      {children}
    </form>
  );
}
