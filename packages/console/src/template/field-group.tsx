import { Fieldset } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./template.module.css";

interface Props {
  readonly legend: string;
  readonly children: ReactNode;
  /** Lines of text are read and typed more easily when they are short. */
  readonly width?: "narrow" | "full";
}

/** Fields that belong together, under one legend. */
export function FieldGroup({ legend, children, width = "narrow" }: Props): ReactNode {
  return (
    <Fieldset legend={legend} miw={0}>
      <div className={width === "narrow" ? classes.fields : undefined}>{children}</div>
    </Fieldset>
  );
}
