import { PasswordInput, type PasswordInputProps } from "@mantine/core";
import type { ReactNode } from "react";
import { texts } from "../texts/texts.ts";

/** A field for a password, which may be looked at. The library does not tell screen readers that what is in it was refused. */
export function PasswordField(props: PasswordInputProps): ReactNode {
  const isRefused = props.error !== undefined && props.error !== null;
  return (
    <PasswordInput
      aria-invalid={isRefused || undefined}
      visibilityToggleButtonProps={{ "aria-label": texts.template.showPassword }}
      {...props}
    />
  );
}
