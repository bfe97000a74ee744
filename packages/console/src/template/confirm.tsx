import { Button, Group, Modal, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { texts } from "../texts/texts.ts";

interface Props {
  /** Undefined: nothing is asked. */
  readonly question: string | undefined;
  readonly title: string;
  readonly onConfirm: () => void;
  readonly onCancel: () => void;
  readonly children?: ReactNode;
}

/** Asks before what cannot be taken back. OK is not where the cursor begins. */
export function Confirm({ question, title, onConfirm, onCancel, children }: Props): ReactNode {
  return (
    <Modal opened={question !== undefined} onClose={onCancel} title={title} centered>
      <Text>{question}</Text>
      {children}
      <Group justify="flex-end" mt="lg">
        <Button variant="default" data-autofocus onClick={onCancel}>
          {texts.template.cancel}
        </Button>
        <Button color="red" onClick={onConfirm}>
          {texts.template.ok}
        </Button>
      </Group>
    </Modal>
  );
}
