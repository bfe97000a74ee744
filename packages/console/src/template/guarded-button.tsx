import { Button, type ButtonProps, Tooltip } from "@mantine/core";
import type { ReactNode } from "react";
import type { May } from "../session/may.ts";

interface Props extends ButtonProps {
  readonly may: May;
  readonly onClick?: () => void;
  readonly type?: "button" | "submit";
  readonly children: ReactNode;
}

/** A button that stays where it is for who may not press it, and says why. */
export function GuardedButton({ may, onClick, type = "button", children, ...look }: Props): ReactNode {
  if (may.kind === "yes")
    return (
      <Button {...look} type={type} {...(onClick === undefined ? {} : { onClick })}>
        {children}
      </Button>
    );
  return (
    <Tooltip label={may.reason} events={{ hover: true, focus: true, touch: true }}>
      <Button
        {...look}
        type="button"
        data-disabled
        aria-disabled
        aria-description={may.reason}
        onClick={(event) => event.preventDefault()}
      >
        {children}
      </Button>
    </Tooltip>
  );
}
