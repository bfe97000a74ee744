import { Fieldset } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./template.module.css";

/** Fields that belong together, under one legend. */
export function FieldGroup({ legend, children }: { readonly legend: string; readonly children: ReactNode }): ReactNode {
  return (
    <Fieldset legend={legend}>
      <div className={classes.fields}>{children}</div>
    </Fieldset>
  );
}
