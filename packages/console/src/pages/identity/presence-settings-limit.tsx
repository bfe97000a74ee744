import { Checkbox, Group, NumberInput } from "@mantine/core";
import { type ReactNode, useId } from "react";
import { fill, texts } from "../../texts/texts.ts";

interface Props {
  readonly label: string;
  /** Null: no limit. */
  readonly value?: number | null;
  readonly onChange?: (value: number | null) => void;
  readonly error?: ReactNode;
}

/** What limit comes back where somebody takes "No Limit" away again: the one a new node has. */
const USUAL = 200;

/** A number, or "No Limit". */
export function LimitField({ label, value = null, onChange, error }: Props): ReactNode {
  const id = useId();
  return (
    <Group align="flex-end" gap="sm">
      <NumberInput
        id={id}
        label={label}
        w="20rem"
        maw="100%"
        min={1}
        allowDecimal={false}
        value={value ?? ""}
        disabled={value === null}
        error={error}
        onChange={(given) => onChange?.(Number(given))}
      />
      <Checkbox
        mb="xs"
        label={texts.presenceSettings.noLimit}
        aria-label={fill(texts.presenceSettings.noLimitOf, { label })}
        checked={value === null}
        onChange={({ currentTarget }) => onChange?.(currentTarget.checked ? null : USUAL)}
      />
    </Group>
  );
}
