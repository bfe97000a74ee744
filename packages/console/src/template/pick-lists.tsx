import { Button } from "@mantine/core";
import { type ReactNode, useId, useState } from "react";
import { texts } from "../texts/texts.ts";
import { moved } from "./moved.ts";
import classes from "./template.module.css";

interface Props {
  readonly availableLabel: string;
  readonly selectedLabel: string;
  /** Everything there is, selected or not. */
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly selected: readonly string[];
  readonly onChange: (selected: readonly string[]) => void;
  /** Where the order counts, the selected can be moved up and down. */
  readonly order: "counts" | "none";
}

/** The book's two lists with arrows between them. */
export function PickLists({ availableLabel, selectedLabel, options, selected, onChange, order }: Props): ReactNode {
  const [marked, mark] = useState<{ readonly available: readonly string[]; readonly selected: readonly string[] }>({
    available: [],
    selected: [],
  });
  const labels = new Map(options.map(({ value, label }) => [value, label]));
  const available = options.map(({ value }) => value).filter((value) => !selected.includes(value));
  const change = (next: readonly string[]) => {
    mark({ available: [], selected: [] });
    onChange(next);
  };
  const { arrows, up, down } = texts.template;
  return (
    <div className={classes.lists}>
      <ListBox
        label={availableLabel}
        values={available}
        labels={labels}
        marked={marked.available}
        onMark={(values) => mark({ ...marked, available: values })}
      />
      <div className={classes.arrows}>
        <Arrow label={arrows.addAll} sign="»" onClick={() => change([...selected, ...available])} />
        <Arrow label={arrows.add} sign="›" onClick={() => change([...selected, ...marked.available])} />
        <Arrow
          label={arrows.remove}
          sign="‹"
          onClick={() => change(selected.filter((value) => !marked.selected.includes(value)))}
        />
        <Arrow label={arrows.removeAll} sign="«" onClick={() => change([])} />
        {order === "counts" && (
          <>
            <Arrow label={up} sign="↑" onClick={() => onChange(moved(selected, marked.selected, -1))} />
            <Arrow label={down} sign="↓" onClick={() => onChange(moved(selected, marked.selected, 1))} />
          </>
        )}
      </div>
      <ListBox
        label={selectedLabel}
        values={selected}
        labels={labels}
        marked={marked.selected}
        onMark={(values) => mark({ ...marked, selected: values })}
      />
    </div>
  );
}

interface ListBoxProps {
  readonly label: string;
  readonly values: readonly string[];
  readonly labels: ReadonlyMap<string, string>;
  readonly marked: readonly string[];
  readonly onMark: (values: readonly string[]) => void;
}

function ListBox({ label, values, labels, marked, onMark }: ListBoxProps): ReactNode {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className={classes.listLabel}>
        {label}
      </label>
      <select
        id={id}
        multiple
        className={classes.listBox}
        value={[...marked]}
        onChange={({ currentTarget }) => onMark([...currentTarget.selectedOptions].map(({ value }) => value))}
      >
        {values.map((value) => (
          <option key={value} value={value}>
            {labels.get(value) ?? value}
          </option>
        ))}
      </select>
    </div>
  );
}

function Arrow({
  label,
  sign,
  onClick,
}: {
  readonly label: string;
  readonly sign: string;
  readonly onClick: () => void;
}): ReactNode {
  return (
    <Button variant="default" size="compact-md" aria-label={label} title={label} onClick={onClick}>
      {sign}
    </Button>
  );
}
